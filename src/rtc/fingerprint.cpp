// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/fingerprint.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

struct Hash {
  const char* name;
  const EVP_MD* (*digest)();
};

constexpr std::array<Hash, 3> kHashes{
    {{"sha-256", EVP_sha256}, {"sha-384", EVP_sha384}, {"sha-512", EVP_sha512}}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_tolower(c);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_toupper(c);
  return result;
}

const Hash* find_hash(std::string_view name) {
  const auto* found = std::find_if(kHashes.begin(), kHashes.end(),
                                   [&](const Hash& hash) { return name == hash.name; });
  return found == kHashes.end() ? nullptr : found;
}

std::optional<Fingerprint> parse_fingerprint(std::string_view value) {
  const auto space = value.find(' ');
  if (space == std::string_view::npos) return {};
  Fingerprint fingerprint{lower(value.substr(0, space)), upper(value.substr(space + 1))};
  const Hash* hash = find_hash(fingerprint.algorithm);
  if (!hash) return {};
  const std::size_t length = static_cast<std::size_t>(EVP_MD_size(hash->digest())) * 3 - 1;
  if (fingerprint.digest.size() != length) return {};
  for (std::size_t i = 0; i < length; ++i) {
    const char c = fingerprint.digest[i];
    if (i % 3 == 2 ? c != ':' : !g_ascii_isxdigit(c)) return {};
  }
  return fingerprint;
}

template <typename Get>
std::vector<Fingerprint> collect(guint count, Get get, bool& seen) {
  std::vector<Fingerprint> fingerprints;
  for (guint i = 0; i < count; ++i) {
    const GstSDPAttribute* attribute = get(i);
    if (std::strcmp(attribute->key, "fingerprint") != 0 || !attribute->value) continue;
    seen = true;
    if (auto fingerprint = parse_fingerprint(attribute->value))
      fingerprints.push_back(std::move(*fingerprint));
  }
  return fingerprints;
}

std::string digest_of(X509* certificate, const EVP_MD* hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (X509_digest(certificate, hash, bytes.data(), &length) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    constexpr char kHex[] = "0123456789ABCDEF";
    if (i > 0) text += ':';
    text += kHex[bytes[i] >> 4U];
    text += kHex[bytes[i] & 15U];
  }
  return text;
}

}  // namespace

std::vector<Fingerprint> read_fingerprints(const GstSDPMessage* message, const GstSDPMedia* media) {
  bool seen = false;
  auto fingerprints = collect(
      gst_sdp_media_attributes_len(media),
      [&](guint i) { return gst_sdp_media_get_attribute(media, i); }, seen);
  if (!seen) {
    fingerprints = collect(
        gst_sdp_message_attributes_len(message),
        [&](guint i) { return gst_sdp_message_get_attribute(message, i); }, seen);
  }
  if (fingerprints.empty()) {
    throw Error(ErrorCode::kProtocol,
                seen ? "The SDP has no a=fingerprint of SHA-256, SHA-384 or SHA-512."
                     : "The SDP has no a=fingerprint.");
  }
  return fingerprints;
}

bool matches(const std::string& certificate, const std::vector<Fingerprint>& fingerprints) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  if (!x509) return false;
  return std::any_of(fingerprints.begin(), fingerprints.end(), [&](const Fingerprint& fingerprint) {
    const Hash* hash = find_hash(fingerprint.algorithm);
    if (!hash) return false;
    const std::string digest = digest_of(x509.get(), hash->digest());
    return digest.size() == fingerprint.digest.size() &&
           CRYPTO_memcmp(digest.data(), fingerprint.digest.data(), digest.size()) == 0;
  });
}

}  // namespace webrtcserver
