// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/fingerprint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// Self-signed, as a browser's.
Certificate make_certificate(const std::string& common_name) {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  // X.520 allows 64 characters; CVE-2026-59692 took more.
  for (std::size_t at = 0; at < common_name.size(); at += 64) {
    const std::string part = common_name.substr(at, 64);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(part.c_str()), -1, -1, 0);
  }
  X509_set_issuer_name(certificate.get(), name);
  EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  return certificate;
}

std::string pem(const Certificate& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(bio.get(), certificate.get());
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// By another road than the code under test: the hash of the DER bytes, by GLib.
std::string digest(const Certificate& certificate, GChecksumType type) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  const std::string hex =
      take_string(g_compute_checksum_for_data(type, der, static_cast<gsize>(size)));
  OPENSSL_free(der);
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) text += (i > 0 ? ":" : "") + hex.substr(i, 2);
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_toupper);
  return text;
}

std::vector<Fingerprint> read(const std::string& session, const std::string& media) {
  const auto message = parse_sdp("v=0\n" + session + "m=video 9 x 96\n" + media);
  return read_fingerprints(message.get(), gst_sdp_message_get_media(message.get(), 0));
}

std::string refusal(const std::string& session, const std::string& media) {
  try {
    read(session, media);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kProtocol);
    return error.what();
  }
  return {};
}

class FingerprintTest : public testing::Test {
 protected:
  std::string line(const char* name, GChecksumType type) const {
    return std::string("a=fingerprint:") + name + " " + digest(certificate_, type) + "\n";
  }
  bool accepts(const std::string& media) const {
    return matches(pem(certificate_), read("", media));
  }

  const Certificate certificate_ = make_certificate("WebRTC");
};

TEST_F(FingerprintTest, EverySafeHashIsKnown) {
  EXPECT_TRUE(accepts(line("sha-256", G_CHECKSUM_SHA256)));
  EXPECT_TRUE(accepts(line("sha-384", G_CHECKSUM_SHA384)));
  EXPECT_TRUE(accepts(line("sha-512", G_CHECKSUM_SHA512)));
}

TEST_F(FingerprintTest, CaseDoesNotMatter) {
  EXPECT_TRUE(
      accepts("a=fingerprint:SHA-256 " + upper(digest(certificate_, G_CHECKSUM_SHA256)) + "\n"));
  EXPECT_EQ(read("", line("Sha-256", G_CHECKSUM_SHA256)),
            read("", line("sha-256", G_CHECKSUM_SHA256)));
}

TEST_F(FingerprintTest, EveryDigitMatters) {
  const std::string good = digest(certificate_, G_CHECKSUM_SHA256);
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (good[i] == ':') continue;
    std::string bad = good;
    bad[i] = bad[i] == '0' ? '1' : '0';
    EXPECT_FALSE(accepts("a=fingerprint:sha-256 " + bad + "\n")) << i;
  }
}

TEST_F(FingerprintTest, AnotherCertificateDoesNotMatch) {
  EXPECT_FALSE(
      matches(pem(make_certificate("WebRTC")), read("", line("sha-256", G_CHECKSUM_SHA256))));
}

TEST_F(FingerprintTest, OneOfSeveralSuffices) {
  const std::string other =
      "a=fingerprint:sha-256 " + digest(make_certificate("other"), G_CHECKSUM_SHA256) + "\n";
  EXPECT_TRUE(accepts(other + line("sha-512", G_CHECKSUM_SHA512)));
  EXPECT_TRUE(accepts(line("sha-256", G_CHECKSUM_SHA256) + other));
  EXPECT_FALSE(accepts(other + other));
}

TEST_F(FingerprintTest, TheHashMustBeTheNamedOne) {
  const std::string swapped =
      "a=fingerprint:sha-512 " + digest(certificate_, G_CHECKSUM_SHA256) + "\n";
  EXPECT_NE(refusal("", swapped), "");
}

TEST_F(FingerprintTest, WeakHashesDoNotCount) {
  EXPECT_THAT(refusal("", line("sha-1", G_CHECKSUM_SHA1)), testing::HasSubstr("SHA-256"));
  EXPECT_THAT(refusal("", line("md5", G_CHECKSUM_MD5)), testing::HasSubstr("SHA-256"));
  // Beside a safe one they are left out, so that they cannot match either.
  const auto both = read("", line("sha-1", G_CHECKSUM_SHA1) + line("sha-256", G_CHECKSUM_SHA256));
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].algorithm, "sha-256");
  EXPECT_FALSE(
      matches(pem(certificate_), {{"sha-1", upper(digest(certificate_, G_CHECKSUM_SHA1))}}));
}

TEST_F(FingerprintTest, MissingOnesAreAnError) {
  EXPECT_EQ(refusal("", ""), "The SDP has no a=fingerprint.");
  EXPECT_FALSE(matches(pem(certificate_), {}));
}

TEST_F(FingerprintTest, MalformedOnesAreAnError) {
  const std::string good = digest(certificate_, G_CHECKSUM_SHA256);
  std::string no_colons = good;
  std::replace(no_colons.begin(), no_colons.end(), ':', '-');
  std::string not_hex = good;
  not_hex[0] = 'g';
  for (const std::string& value :
       {std::string("sha-256"), std::string("sha-256 "), "sha-256 " + good.substr(3),
        "sha-256 " + good + ":00", "sha-256 " + good + " ", "sha-256  " + good,
        "sha-256 " + no_colons, "sha-256 " + not_hex, "sha256 " + good, good}) {
    EXPECT_NE(refusal("", "a=fingerprint:" + value + "\n"), "") << value;
  }
}

TEST_F(FingerprintTest, ThoseOfTheMediaStandForThoseOfTheSession) {
  const std::string good = line("sha-256", G_CHECKSUM_SHA256);
  const std::string other =
      "a=fingerprint:sha-256 " + digest(make_certificate("other"), G_CHECKSUM_SHA256) + "\n";
  EXPECT_TRUE(matches(pem(certificate_), read(good, "")));
  EXPECT_FALSE(matches(pem(certificate_), read(good, other)));
  EXPECT_TRUE(matches(pem(certificate_), read(other, good)));
  // A weak one of its own is no reason to fall back.
  EXPECT_NE(refusal(good, line("sha-1", G_CHECKSUM_SHA1)), "");
}

TEST_F(FingerprintTest, WhatIsNoCertificateHasNone) {
  const auto fingerprints = read("", line("sha-256", G_CHECKSUM_SHA256));
  const std::string good = pem(certificate_);
  EXPECT_TRUE(matches(good, fingerprints));
  EXPECT_FALSE(matches("", fingerprints));
  EXPECT_FALSE(matches("garbage", fingerprints));
  EXPECT_FALSE(matches(good.substr(0, good.size() / 2), fingerprints));
  std::string tampered = good;
  char& byte = tampered[tampered.size() / 2];
  byte = byte == 'A' ? 'B' : 'A';
  EXPECT_FALSE(matches(tampered, fingerprints));
}

TEST_F(FingerprintTest, LongNamesAreNoDifferent) {
  const Certificate certificate = make_certificate(std::string(64 * 400, 'n'));
  const auto fingerprints =
      read("", "a=fingerprint:sha-256 " + digest(certificate, G_CHECKSUM_SHA256) + "\n");
  EXPECT_TRUE(matches(pem(certificate), fingerprints));
}

}  // namespace
}  // namespace webrtcserver
