// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/jwt.hpp"

#include "base/error.hpp"
#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<JwtKey> keys{
      {JwtKey::Algorithm::kHs256, "0123456789abcdef0123456789abcdef"}};
  try {
    const auto grant = read_jwt(keys, std::string(fuzz::text_of(data, size)), kNow);
    fuzz::require(!grant || grant->expires, "every token ends at some time");
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
