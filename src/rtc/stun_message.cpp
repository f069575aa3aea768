// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/stun_message.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

constexpr std::array<std::uint8_t, 4> kCookie{0x21, 0x12, 0xA4, 0x42};
constexpr std::size_t kIntegritySize = 20;
constexpr std::size_t kAttributeHeader = 4;

std::uint16_t read16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

}  // namespace

StunWriter::StunWriter(std::uint16_t type, const stun::Transaction& transaction) {
  bytes_ = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type), 0, 0};
  bytes_.insert(bytes_.end(), kCookie.begin(), kCookie.end());
  bytes_.insert(bytes_.end(), transaction.begin(), transaction.end());
}

void StunWriter::set_length(std::size_t length) {
  bytes_[2] = static_cast<std::uint8_t>(length >> 8);
  bytes_[3] = static_cast<std::uint8_t>(length);
}

StunWriter& StunWriter::add(std::uint16_t attribute, std::string_view value) {
  for (const std::size_t number : {std::size_t{attribute}, value.size()}) {
    bytes_.push_back(static_cast<std::uint8_t>(number >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(number));
  }
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  bytes_.resize(padded(bytes_.size()));
  set_length(bytes_.size() - stun::kHeaderSize);
  return *this;
}

StunWriter& StunWriter::add(std::uint16_t attribute, std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(value >> shift));
  return add(attribute, bytes);
}

StunWriter& StunWriter::sign(const std::string& username, const std::string& password,
                             const std::string& realm, const std::string& nonce) {
  add(stun::kUsername, username).add(stun::kRealm, realm).add(stun::kNonce, nonce);
  std::string secret = username;
  secret += ":" + realm + ":" + password;
  std::array<unsigned char, EVP_MAX_MD_SIZE> key{};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned key_size = 0;
  unsigned digest_size = 0;
  // The length that is signed counts the integrity itself.
  set_length(bytes_.size() - stun::kHeaderSize + kAttributeHeader + kIntegritySize);
  if (!EVP_Digest(secret.data(), secret.size(), key.data(), &key_size, EVP_md5(), nullptr) ||
      !HMAC(EVP_sha1(), key.data(), static_cast<int>(key_size), bytes_.data(), bytes_.size(),
            digest.data(), &digest_size)) {
    throw Error(ErrorCode::kFailed, "OpenSSL cannot sign a STUN message: MD5 or HMAC-SHA1 failed.");
  }
  return add(stun::kMessageIntegrity,
             std::string_view(reinterpret_cast<const char*>(digest.data()), digest_size));
}

std::size_t stun_size(const std::uint8_t* header) {
  if ((header[0] & 0xC0) != 0 || !std::equal(kCookie.begin(), kCookie.end(), header + 4)) return 0;
  const std::size_t length = read16(header + 2);
  return length % 4 == 0 ? stun::kHeaderSize + length : 0;
}

std::optional<StunResponse> read_stun(const std::uint8_t* bytes, std::size_t size,
                                      const stun::Transaction& transaction) {
  if (size < stun::kHeaderSize || stun_size(bytes) != size ||
      !std::equal(transaction.begin(), transaction.end(), bytes + 8)) {
    return std::nullopt;
  }
  StunResponse response{read16(bytes), 0, {}, {}};
  for (std::size_t at = stun::kHeaderSize; at + kAttributeHeader <= size;) {
    const std::uint16_t attribute = read16(bytes + at);
    const std::size_t length = read16(bytes + at + 2);
    at += kAttributeHeader;
    if (length > size - at) return std::nullopt;
    const std::uint8_t* value = bytes + at;
    if (attribute == stun::kErrorCode && length >= 4)
      response.error = (value[2] & 7U) * 100U + value[3];
    if (attribute == stun::kRealm) response.realm.assign(value, value + length);
    if (attribute == stun::kNonce) response.nonce.assign(value, value + length);
    at += padded(length);
  }
  return response;
}

}  // namespace webrtcserver
