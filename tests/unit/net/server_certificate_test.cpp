// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/server_certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "support/patience.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;

class ServerCertificateTest : public ::testing::Test {
 protected:
  ~ServerCertificateTest() override {
    loop_.call([this] { certificate_.reset(); });
  }

  void watch() {
    certificate_ = std::make_unique<ServerCertificate>(files_, nullptr);
    loop_.call([this] { certificate_->watch(loop_, milliseconds(5)); });
  }
  std::string in_use() {
    return loop_.call([this] { return sha256_of(certificate_->current().get()); });
  }
  // In one step, as certbot and kubernetes do.
  void replace(const std::string& name, const std::string& content) const {
    std::filesystem::rename(folder_.write("new", content), folder_.path(name));
  }
  bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      look();
    }
    return true;
  }
  // Returns when the watch has looked at the files again.
  void look() {
    std::mutex mutex;
    std::condition_variable changed;
    int looks = 0;
    Timer timer;
    loop_.call([&] {
      timer = loop_.every(milliseconds(5), [&] {
        const std::scoped_lock lock(mutex);
        ++looks;
        changed.notify_all();
        return true;
      });
    });
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return looks >= 4; });
    }
    loop_.call([&] { timer.cancel(); });
  }

  LoopThread loop_{"certificates"};
  const test::TemporaryFolder folder_;
  const test::Key key_ = test::make_key();
  const TlsFiles files_{folder_.write("certificate.pem", test::certificate_pem(key_)),
                        folder_.write("key.pem", test::key_pem(key_)), false};
  std::unique_ptr<ServerCertificate> certificate_;
};

TEST_F(ServerCertificateTest, FollowsItsFiles) {
  watch();
  const std::string before = in_use();
  const auto key = test::make_key();
  replace("certificate.pem", test::certificate_pem(key));
  replace("key.pem", test::key_pem(key));
  EXPECT_TRUE(eventually([&] { return in_use() != before; }));
}

TEST_F(ServerCertificateTest, StaysWhenItsFilesAreOfNoUse) {
  watch();
  const std::string before = in_use();
  replace("certificate.pem", "rubbish");
  look();
  EXPECT_EQ(in_use(), before);
  std::filesystem::remove(files_.key);
  look();
  EXPECT_EQ(in_use(), before);
  const auto key = test::make_key();
  replace("key.pem", test::key_pem(key));
  replace("certificate.pem", test::certificate_pem(key));
  EXPECT_TRUE(eventually([&] { return in_use() != before; })) << "good files are used again";
}

TEST_F(ServerCertificateTest, TellsItsFingerprintAsBrowsersDo) {
  watch();
  EXPECT_THAT(in_use(), ::testing::MatchesRegex("([0-9A-F][0-9A-F]:)+[0-9A-F][0-9A-F]"));
  EXPECT_EQ(in_use().size(), 32U * 3 - 1);
}

}  // namespace
}  // namespace webrtcserver
