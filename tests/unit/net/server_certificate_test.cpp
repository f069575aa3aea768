// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/server_certificate.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

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
    loop_.call([this] { certificate_->watch(loop_, {milliseconds(5), std::chrono::hours(1)}); });
  }
  bool loop_turns() {
    const auto turned = std::make_shared<std::promise<void>>();
    loop_.post([turned] { turned->set_value(); });
    return turned->get_future().wait_for(test::kPatience) == std::future_status::ready;
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
  // Returns when the watch has looked at the files twice.
  void look() {
    for (int i = 0; i < 3; ++i) {
      wait_for_ticks();
      ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
    }
  }
  // Until timers of the watch's interval have been due.
  void wait_for_ticks() {
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
      changed.wait(lock, [&] { return looks >= 2; });
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

TEST_F(ServerCertificateTest, ADiskThatHangsHoldsUpNobody) {
  watch();
  const std::string before = in_use();
  const std::string pipe = folder_.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::rename(pipe, files_.certificate);
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  int writer = -1;  // can be had once somebody reads
  while ((writer = open(files_.certificate.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  ASSERT_GE(writer, 0);
  EXPECT_TRUE(loop_turns());
  close(writer);
  look();
  EXPECT_EQ(in_use(), before);
}

TEST_F(ServerCertificateTest, ARenewalThatWaitsHoldsUpNobodyAndMayBeLeft) {
  TlsFiles files = files_;
  files.self_signed = true;
  const auto begun = std::make_shared<std::promise<void>>();
  const auto go_on = std::make_shared<std::promise<void>>();
  const auto ended = std::make_shared<std::promise<void>>();
  certificate_ = std::make_unique<ServerCertificate>(files, [=, first = true]() mutable {
    if (!std::exchange(first, false)) return;
    begun->set_value();
    go_on->get_future().wait();
    ended->set_value();
  });
  loop_.call([this] { certificate_->watch(loop_, {milliseconds(5), milliseconds(5)}); });
  ASSERT_EQ(begun->get_future().wait_for(test::kPatience), std::future_status::ready);
  EXPECT_TRUE(loop_turns());
  loop_.post([this] { certificate_.reset(); });
  EXPECT_TRUE(loop_turns());
  go_on->set_value();
  EXPECT_EQ(ended->get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST_F(ServerCertificateTest, TellsItsFingerprintAsBrowsersDo) {
  watch();
  EXPECT_THAT(in_use(), ::testing::MatchesRegex("([0-9A-F][0-9A-F]:)+[0-9A-F][0-9A-F]"));
  EXPECT_EQ(in_use().size(), 32U * 3 - 1);
}

}  // namespace
}  // namespace webrtcserver
