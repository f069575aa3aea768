// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/tokens.hpp"

#include <glib.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace webrtcserver::test {

namespace {

std::string base64url(std::string_view bytes) {
  gchar* encoded = g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size());
  std::string text(encoded);
  g_free(encoded);
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

std::string sign(const std::string& text, const Key& key) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1)
    throw std::runtime_error("no signature");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                     text.size()) != 1)
    throw std::runtime_error("no signature");
  signature.resize(size);
  return signature;
}

}  // namespace

std::string sha256_of_token(const std::string& token) {
  gchar* digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, token.c_str(), -1);
  std::string hex(digest);
  g_free(digest);
  return hex;
}

std::string token_entry(const std::string& token, const std::string& streams,
                        const std::string& allow, const std::string& more) {
  return R"({"sha256":")" + sha256_of_token(token) + R"(","streams":)" + streams + R"(,"allow":)" +
         allow + more + "}";
}

std::string write_tokens(const TemporaryFolder& folder, const std::string& json,
                         unsigned permissions) {
  const std::string written = folder.write("tokens.new", json);
  std::filesystem::permissions(written, static_cast<std::filesystem::perms>(permissions));
  std::filesystem::rename(written, folder.path("tokens.json"));
  return folder.path("tokens.json");
}

Key make_rsa_key(unsigned bits) {
  return {EVP_RSA_gen(bits), EVP_PKEY_free};
}

std::string public_pem(const Key& key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PUBKEY(memory.get(), key.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string unsigned_jwt(const std::string& header, const std::string& payload) {
  return base64url(header) + "." + base64url(payload) + ".";
}

std::string hs256_jwt(const std::string& payload, const std::string& secret,
                      const std::string& header) {
  const std::string signed_part = base64url(header) + "." + base64url(payload);
  std::array<unsigned char, 32> mac{};
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(), mac.data(),
       nullptr);
  return signed_part + "." + base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

std::string rs256_jwt(const std::string& payload, const Key& key, const std::string& header) {
  const std::string signed_part = base64url(header) + "." + base64url(payload);
  return signed_part + "." + base64url(sign(signed_part, key));
}

std::string es256_jwt(const std::string& payload, const Key& key, const std::string& header) {
  const std::string signed_part = base64url(header) + "." + base64url(payload);
  const std::string der = sign(signed_part, key);
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::array<unsigned char, 64> raw{};  // RFC 7518, section 3.4
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + 32, 32);
  return signed_part + "." + base64url({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

}  // namespace webrtcserver::test
