// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Tls : public ::testing::Test {
 protected:
  ~Tls() override {
    g_unsetenv("SSL_CERT");
    g_unsetenv("SSL_KEY");
  }

  template <typename Call>
  static std::string failure_of(Call&& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kTls);
      return error.what();
    }
    return "nothing failed";
  }

  const test::TemporaryFolder folder_;
  const test::Key key_ = test::make_key();
  const std::string key_path_ = folder_.write("key.pem", test::key_pem(key_));
  const std::string certificate_path_ =
      folder_.write("certificate.pem", test::certificate_pem(key_));
};

TEST_F(Tls, LoadsACertificateAndItsKey) {
  EXPECT_TRUE(load_tls({certificate_path_, key_path_}));
}

TEST_F(Tls, LoadsAChain) {
  const auto other = test::make_key();
  const std::string chain =
      folder_.write("chain.pem", test::certificate_pem(key_) + test::certificate_pem(other));
  EXPECT_TRUE(load_tls({chain, key_path_}));
}

TEST_F(Tls, TakesTheKeyItWasGivenWhenTheCertificatesFileHasAnother) {
  const auto other = test::make_key();
  const std::string both =
      folder_.write("both.pem", test::certificate_pem(key_) + test::key_pem(other));
  const auto loaded = load_tls({both, key_path_});
  gchar* pem = nullptr;
  g_object_get(loaded.get(), "private-key-pem", &pem, nullptr);
  const auto used = test::parse_key(take_string(pem));
  EXPECT_EQ(EVP_PKEY_eq(used.get(), key_.get()), 1);
}

TEST_F(Tls, NamesAFileThatCannotBeRead) {
  const std::string missing = folder_.path("missing.pem");
  EXPECT_THAT(failure_of([&] {
                load_tls({missing, key_path_});
              }),
              AllOf(HasSubstr("certificate cannot be read"), HasSubstr(missing),
                    HasSubstr("No such file")));
  EXPECT_THAT(
      failure_of([&] {
        load_tls({certificate_path_, missing});
      }),
      AllOf(HasSubstr("key cannot be read"), HasSubstr(missing), HasSubstr("No such file")));
  EXPECT_THAT(failure_of([&] {
                load_tls({folder_.path(""), key_path_});
              }),
              HasSubstr("cannot be read"));
}

TEST_F(Tls, RefusesWhatIsNotPem) {
  const std::string wrong = folder_.write("wrong.pem", "not PEM\n");
  EXPECT_THAT(failure_of([&] {
                load_tls({wrong, key_path_});
              }),
              AllOf(HasSubstr(wrong), HasSubstr("not a certificate in PEM form")));
  EXPECT_THAT(failure_of([&] {
                load_tls({certificate_path_, wrong});
              }),
              AllOf(HasSubstr(wrong), HasSubstr("not a private key in PEM form")));
  EXPECT_THAT(failure_of([&] {
                load_tls({key_path_, certificate_path_});
              }),
              HasSubstr("not a certificate"));
  const std::string empty = folder_.write("empty.pem", "");
  EXPECT_THAT(failure_of([&] { load_tls({empty, key_path_}); }), HasSubstr("not a certificate"));
}

TEST_F(Tls, RefusesTheKeyOfAnotherCertificate) {
  const std::string other = folder_.write("other.pem", test::key_pem(test::make_key()));
  EXPECT_THAT(
      failure_of([&] {
        load_tls({certificate_path_, other});
      }),
      AllOf(HasSubstr(other), HasSubstr("does not belong to"), HasSubstr(certificate_path_)));
}

TEST_F(Tls, RefusesAnEncryptedKeyWithoutAsking) {
  const std::string encrypted =
      folder_.write("encrypted.pem", test::encrypted_key_pem(key_, "secret"));
  EXPECT_THAT(failure_of([&] {
                load_tls({certificate_path_, encrypted});
              }),
              AllOf(HasSubstr(encrypted), HasSubstr("is encrypted")));
}

TEST_F(Tls, LoadsAnExpiredCertificate) {
  const std::string expired =
      folder_.write("expired.pem", test::certificate_pem(key_, -7200, -3600));
  EXPECT_TRUE(load_tls({expired, key_path_}));
}

TEST_F(Tls, PrefersThePropertiesToTheEnvironment) {
  EXPECT_FALSE(tls_files_from(TlsMode::kAuto, "", ""));
  g_setenv("SSL_CERT", "c-env", TRUE);
  g_setenv("SSL_KEY", "k-env", TRUE);
  EXPECT_EQ(tls_files_from(TlsMode::kAuto, "", ""), (TlsFiles{"c-env", "k-env"}));
  EXPECT_EQ(tls_files_from(TlsMode::kAuto, "c", "k"), (TlsFiles{"c", "k"}));
}

TEST_F(Tls, FollowsTheMode) {
  g_setenv("SSL_CERT", "c-env", TRUE);
  g_setenv("SSL_KEY", "k-env", TRUE);
  EXPECT_FALSE(tls_files_from(TlsMode::kOff, "", ""));
  const auto own = tls_files_from(TlsMode::kSelfSigned, "", "");
  ASSERT_TRUE(own);
  EXPECT_TRUE(own->self_signed);
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kOff, "c", "k"); }), HasSubstr("tls=off"));
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kSelfSigned, "c", "k"); }),
              HasSubstr("tls=self-signed"));
}

TEST_F(Tls, WantsBothOrNeither) {
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kAuto, "c", ""); }),
              HasSubstr("tls-key is not set"));
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kAuto, "", "k"); }),
              HasSubstr("tls-certificate is not set"));
  g_setenv("SSL_CERT", "c-env", TRUE);
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kAuto, "", ""); }),
              HasSubstr("SSL_KEY is not set"));
  // Half a pair is not completed from the other source.
  g_setenv("SSL_KEY", "k-env", TRUE);
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kAuto, "c", ""); }),
              HasSubstr("tls-key is not set"));
  g_unsetenv("SSL_CERT");
  EXPECT_THAT(failure_of([] { tls_files_from(TlsMode::kAuto, "", ""); }),
              HasSubstr("SSL_CERT is not set"));
}

}  // namespace
}  // namespace webrtcserver
