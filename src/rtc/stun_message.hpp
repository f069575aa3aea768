// SPDX-License-Identifier: LGPL-2.1-or-later
// stun_message.hpp — the little of STUN (RFC 8489) and TURN (RFC 8656) that asking a TURN server
// for a relay takes. Values; usable on any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

namespace stun {

inline constexpr std::uint16_t kAllocate = 0x0003;
inline constexpr std::uint16_t kRefresh = 0x0004;
inline constexpr std::uint16_t kSuccess = 0x0100;  // with a request's type
inline constexpr std::uint16_t kFailure = 0x0110;

inline constexpr std::uint16_t kUsername = 0x0006;
inline constexpr std::uint16_t kMessageIntegrity = 0x0008;
inline constexpr std::uint16_t kErrorCode = 0x0009;
inline constexpr std::uint16_t kLifetime = 0x000D;
inline constexpr std::uint16_t kRealm = 0x0014;
inline constexpr std::uint16_t kNonce = 0x0015;
inline constexpr std::uint16_t kRequestedTransport = 0x0019;

using Transaction = std::array<std::uint8_t, 12>;

inline constexpr std::size_t kHeaderSize = 20;

}  // namespace stun

class StunWriter {
 public:
  StunWriter(std::uint16_t type, const stun::Transaction& transaction);

  StunWriter& add(std::uint16_t attribute, std::string_view value);
  StunWriter& add(std::uint16_t attribute, std::uint32_t value);
  // Long-term credentials, RFC 8489, section 9.2.2: user, realm, nonce and the integrity. The last
  // to be added.
  StunWriter& sign(const std::string& username, const std::string& password,
                   const std::string& realm, const std::string& nonce);

  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  void set_length(std::size_t length);

  std::vector<std::uint8_t> bytes_;
};

struct StunResponse {
  std::uint16_t type;
  unsigned error = 0;  // 401; 0: none
  std::string realm;
  std::string nonce;
};

// How long a message is that begins with these bytes, or 0 for what does not begin one.
std::size_t stun_size(const std::uint8_t* header);

// Null for what is no answer to `transaction`. Its integrity is not looked at: who lies here harms
// a sentence in a log.
std::optional<StunResponse> read_stun(const std::uint8_t* bytes, std::size_t size,
                                      const stun::Transaction& transaction);

}  // namespace webrtcserver
