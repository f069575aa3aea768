// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/self_signed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "net/local_addresses.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class SelfSignedTest : public ::testing::Test {
 protected:
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  Certificate certificate() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> file(
        BIO_new_file(files_.certificate.c_str(), "r"), BIO_free);
    return Certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  }

  const test::TemporaryFolder folder_;
  const TlsFiles files_{folder_.path("state/gst-webrtc-server/certificate.pem"),
                        folder_.path("state/gst-webrtc-server/key.pem"), true};
  const MachineNames names_{{"robot", "robot.local", "127.0.0.1"}, {"192.168.1.7", "fd00::7"}};
};

TEST_F(SelfSignedTest, CoversTheNames) {
  keep_self_signed(files_, names_);
  EXPECT_TRUE(load_tls(files_));
  const auto made = certificate();
  ASSERT_TRUE(made);
  EXPECT_EQ(X509_check_host(made.get(), "robot", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(made.get(), "robot.local", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "192.168.1.7", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "fd00::7", 0), 1);
  EXPECT_NE(X509_check_host(made.get(), "other", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ca(made.get()), 0);
  EXPECT_EQ(X509_check_purpose(made.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
}

TEST_F(SelfSignedTest, IsNobodyElsesToRead) {
  keep_self_signed(files_, names_);
  struct stat key {};
  ASSERT_EQ(stat(files_.key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777U, 0600U);
}

TEST_F(SelfSignedTest, StaysWhileItIsGood) {
  keep_self_signed(files_, names_);
  const std::string before = read(files_.certificate);
  keep_self_signed(files_, {{"robot"}, {}});
  EXPECT_EQ(read(files_.certificate), before);
}

TEST_F(SelfSignedTest, StaysWhenTheMachineHasOtherAddresses) {
  keep_self_signed(files_, names_);
  const std::string before = read(files_.certificate);
  keep_self_signed(files_, {names_.lasting, {"192.168.1.8", "172.17.0.1", "fd00::7:1"}});
  EXPECT_EQ(read(files_.certificate), before);
}

TEST_F(SelfSignedTest, IsMadeAnewWithTheSameKeyForANewName) {
  keep_self_signed(files_, names_);
  const std::string key = read(files_.key);
  const std::string before = read(files_.certificate);
  keep_self_signed(files_, {{"robot", "10.0.0.1"}, {"192.168.1.8"}});
  EXPECT_NE(read(files_.certificate), before);
  EXPECT_EQ(read(files_.key), key);
  EXPECT_EQ(X509_check_ip_asc(certificate().get(), "10.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate().get(), "192.168.1.8", 0), 1) << "as it is now";
  EXPECT_TRUE(load_tls(files_));
}

TEST_F(SelfSignedTest, IsRenewedBeforeItEnds) {
  keep_self_signed(files_, {{"localhost"}, {}});
  const auto key = test::parse_key(read(files_.key));
  const auto write = [&](std::chrono::seconds left) {
    std::ofstream(files_.certificate) << test::certificate_pem(key, -3600, left.count());
    return read(files_.certificate);
  };
  const std::string fresh = write(kSelfSignedRenewal + std::chrono::hours(1));
  keep_self_signed(files_, {{"localhost"}, {}});
  EXPECT_EQ(read(files_.certificate), fresh);
  const std::string old = write(kSelfSignedRenewal - std::chrono::hours(1));
  keep_self_signed(files_, {{"localhost"}, {}});
  EXPECT_NE(read(files_.certificate), old);
  time_t in_a_year = time(nullptr) + 365 * 24 * 3600;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate().get()), &in_a_year), 0);
}

TEST_F(SelfSignedTest, ADamagedCertificateIsReplaced) {
  keep_self_signed(files_, names_);
  std::ofstream(files_.certificate) << "rubbish";
  keep_self_signed(files_, names_);
  EXPECT_TRUE(load_tls(files_));
}

TEST_F(SelfSignedTest, ProgramsThatStartAtOnceShareOne) {
  std::vector<std::thread> programs;
  for (int i = 0; i < 8; ++i) programs.emplace_back([&] { keep_self_signed(files_, names_); });
  for (auto& program : programs) program.join();
  EXPECT_TRUE(load_tls(files_)) << "key and certificate belong together";
}

TEST_F(SelfSignedTest, SaysWhereItCannotBeKept) {
  const std::string file = folder_.write("file", "");
  const TlsFiles files{file + "/certificate.pem", file + "/key.pem", true};
  try {
    keep_self_signed(files, names_);
    FAIL() << "was written into a file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTls);
    EXPECT_THAT(error.what(), HasSubstr(file));
    EXPECT_THAT(error.what(), HasSubstr("XDG_STATE_HOME"));
  }
}

TEST_F(SelfSignedTest, AnUnusableKeyIsNotThrownAway) {
  keep_self_signed(files_, names_);
  std::ofstream(files_.key) << "rubbish";
  try {
    keep_self_signed(files_, names_);
    FAIL() << "was overwritten";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(files_.key));
  }
  EXPECT_EQ(read(files_.key), "rubbish");
}

TEST(OwnNames, HoldLoopbackAndTheInterfaceThatIsNamed) {
  const auto names = own_names("camera.example.org").lasting;
  for (const char* name : {"localhost", "127.0.0.1", "::1", "camera.example.org"})
    EXPECT_THAT(names, Contains(name));
  EXPECT_THAT(own_names("0.0.0.0").lasting, Not(Contains("0.0.0.0")));
}

TEST(OwnNames, AreLastingWithoutTheAddressesOfToday) {
  for (const LocalAddress& address : local_addresses()) {
    const auto names = own_names("0.0.0.0");
    EXPECT_THAT(names.addresses, Contains(address.text));
    EXPECT_THAT(names.lasting, Not(Contains(address.text)));
  }
  EXPECT_THAT(own_names("192.168.1.7").lasting, Contains("192.168.1.7")) << "it is asked for";
}

}  // namespace
}  // namespace webrtcserver
