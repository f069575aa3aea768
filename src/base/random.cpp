// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/random.hpp"

#include <openssl/rand.h>

#include <array>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

void fill(unsigned char* bytes, int length) {
  if (RAND_bytes(bytes, length) != 1)
    throw Error(ErrorCode::kFailed, "The system's random generator failed.");
}

}  // namespace

std::string random_id() {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr int kCharacters = 22;  // 22 × 6 bits ≥ 128 bits
  std::array<unsigned char, kCharacters> bytes{};
  fill(bytes.data(), kCharacters);
  std::string id;
  for (const unsigned char byte : bytes) id += kAlphabet[byte & 63U];
  return id;
}

std::uint32_t random_u32() {
  std::uint32_t value = 0;
  fill(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

}  // namespace webrtcserver
