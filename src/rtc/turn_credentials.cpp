// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/turn_credentials.hpp"

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

TurnCredentials mint_turn_credentials(std::string_view secret, std::string_view session,
                                      std::chrono::system_clock::time_point now) {
  using std::chrono::seconds;
  const auto end =
      std::chrono::duration_cast<seconds>((now + kTurnCredentialsLifetime).time_since_epoch());
  TurnCredentials credentials;
  credentials.username = std::to_string(end.count()) + ":" + std::string(session);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (!HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(credentials.username.data()),
            credentials.username.size(), digest.data(), &length)) {
    throw Error(ErrorCode::kFailed, "OpenSSL cannot make TURN credentials: HMAC-SHA1 failed.");
  }
  credentials.password = take_string(g_base64_encode(digest.data(), length));
  return credentials;
}

}  // namespace webrtcserver
