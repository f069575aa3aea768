// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/serial_queue.hpp"
#include "fake_channel.hpp"
#include "media.hpp"
#include "server/output_stream.hpp"
#include "server/server.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using test::FakeChannel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Record = FakeChannel::Record;

// An application that writes down what it is told, and may take its time.
class Application : public Stream::Observer {
 public:
  void on_session_created(const std::string& session, GstElement*) override {
    note(session + " added");
  }
  void on_session_closing(const std::string& session, GstElement*) override {
    note(session + " removed");
  }
  void on_message(const std::string& session, const std::string& json) override {
    std::unique_lock lock(mutex_);
    diary_.push_back(session + " says " + json);
    changed_.notify_all();
    changed_.wait_for(lock, test::kPatience, [&] { return !busy_; });
    diary_.push_back(session + " is heard");
    changed_.notify_all();
  }
  void on_sessions_changed(unsigned) override {}

  // While it is busy, a message is not heard to its end.
  void set_busy(bool busy) {
    const std::scoped_lock lock(mutex_);
    busy_ = busy;
    changed_.notify_all();
  }

  std::vector<std::string> diary() const {
    const std::scoped_lock lock(mutex_);
    return diary_;
  }
  bool wait_for(const std::string& entry) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] {
      return std::find(diary_.begin(), diary_.end(), entry) != diary_.end();
    });
  }

 private:
  void note(std::string entry) {
    const std::scoped_lock lock(mutex_);
    diary_.push_back(std::move(entry));
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> diary_;  // guarded by mutex_
  bool busy_ = false;               // guarded by mutex_
};

class SessionTest : public ::testing::Test {
 protected:
  struct Browser {
    std::shared_ptr<Record> record = std::make_shared<Record>();
    FakeChannel* channel = nullptr;  // the session's

    std::string session() const { return record->seen().hellos.at(0).session; }
    bool wait_offer() const {
      return record->wait([](const auto& seen) { return !seen.offers.empty(); });
    }
    // The replies, as soon as there are so many.
    std::vector<std::string> replies(std::size_t count) const {
      record->wait([&](const auto& seen) { return seen.control.size() >= count; });
      return record->seen().control;
    }
    void ask(const std::string& data) const {
      server_thread().call([&] {
        channel->listener()->on_request(R"({"id":1,"request":{"type":"message","data":)" + data +
                                        "}}");
      });
    }
  };

  SessionTest() {
    OutputStream::Settings settings;
    settings.name = "output";
    settings.ice.local_addresses = {"127.0.0.1"};
    stream_ =
        std::make_shared<OutputStream>(server_thread(), std::move(settings), application_, [] {});
    server_thread().call([&] { stream_->set_media({video_}); });
  }
  ~SessionTest() override {
    application_->set_busy(false);
    server_thread().call([&] { stream_->end("closing", ""); });
    SerialQueue::wait_idle(test::kPatience);
  }

  void begin_media() {
    video_->set_caps(test::caps(test::kVideoCaps));
    server_thread().call([&] { stream_->update(); });
  }

  Browser admit() {
    Browser browser;
    auto channel = std::make_unique<FakeChannel>(browser.record);
    browser.channel = channel.get();
    server_thread().call([&] { stream_->admit(std::move(channel)); });
    return browser;
  }

  const std::shared_ptr<Application> application_ = std::make_shared<Application>();
  const std::shared_ptr<EncodingSet> video_ = test::make_video("video_0");
  std::shared_ptr<OutputStream> stream_;
};

const std::string kTaken = R"({"type":"ControlResponseMessage","id":1,"error":null})";

TEST_F(SessionTest, AnApplicationThatTakesItsTimeHoldsUpNoNewcomer) {
  begin_media();
  application_->set_busy(true);
  std::vector<Browser> talkers;
  for (int i = 0; i < 10; ++i) talkers.push_back(admit());  // more than a pool has threads
  for (const Browser& talker : talkers) {
    ASSERT_TRUE(talker.wait_offer());
    talker.ask("1");
  }
  EXPECT_TRUE(admit().wait_offer());
  application_->set_busy(false);
  for (const Browser& talker : talkers) EXPECT_THAT(talker.replies(1), ElementsAre(kTaken));
}

TEST_F(SessionTest, SaysNothingToTheApplicationOfASessionThatItDoesNotKnow) {
  const Browser browser = admit();
  browser.ask("1");
  EXPECT_THAT(browser.replies(1),
              ElementsAre(HasSubstr(R"("id":1,"error":{"code":"unconnected")")));
  EXPECT_THAT(application_->diary(), IsEmpty());
  begin_media();
  ASSERT_TRUE(browser.wait_offer());
  browser.ask("2");
  EXPECT_EQ(browser.replies(2).back(), kTaken);
  const std::string name = browser.session();
  EXPECT_THAT(application_->diary(),
              ElementsAre(name + " added", name + " says 2", name + " is heard"));
}

TEST_F(SessionTest, TellsOfItsEndAfterTheLastMessage) {
  begin_media();
  const Browser talker = admit();
  ASSERT_TRUE(talker.wait_offer());
  const Browser other = admit();
  ASSERT_TRUE(other.wait_offer());
  application_->set_busy(true);
  talker.ask("1");
  talker.ask("2");
  const std::string name = talker.session();
  ASSERT_TRUE(application_->wait_for(name + " says 1"));
  server_thread().call([&] { stream_->end("ended", ""); });
  // Who has said nothing goes without waiting for who has.
  ASSERT_TRUE(application_->wait_for(other.session() + " removed"));
  application_->set_busy(false);
  ASSERT_TRUE(application_->wait_for(name + " removed"));
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_THAT(application_->diary(),
              ElementsAre(name + " added", other.session() + " added", name + " says 1",
                          other.session() + " removed", name + " is heard", name + " removed"));
}

}  // namespace
}  // namespace webrtcserver
