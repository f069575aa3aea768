// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/input_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/serial_queue.hpp"
#include "fake_channel.hpp"
#include "server/publisher.hpp"
#include "server/server.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

using test::FakeChannel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using Record = FakeChannel::Record;

class CountingObserver : public InputStream::Observer {
 public:
  void on_session_created(const std::string&, GstElement*) override {}
  void on_session_closing(const std::string&, GstElement*) override {}
  void on_message(const std::string&, const std::string&) override {}
  void on_sessions_changed(unsigned now) override { publishers = now; }
  void on_slot_wanted(unsigned slot) override { wanted = static_cast<int>(slot); }
  void on_waiting(unsigned seconds) override {
    waited = seconds;
    ++waits;
  }
  void on_idle() override { ++idle; }
  void on_warning(const std::string&) override { ++warnings; }

  std::atomic<unsigned> publishers{0};
  std::atomic<int> wanted{-1};
  std::atomic<unsigned> waited{0};
  std::atomic<unsigned> waits{0};
  std::atomic<unsigned> idle{0};
  std::atomic<unsigned> warnings{0};
};

class InputStreamTest : public ::testing::Test {
 protected:
  template <typename Task>
  static auto call(Task&& task) {
    return server_thread().call(std::forward<Task>(task));
  }

  ~InputStreamTest() override {
    if (stream_) call([&] { stream_->end("closing", ""); });
    SerialQueue::wait_idle(test::kPatience);
  }

  void make(InputStream::Settings settings = {}) {
    settings.name = "input";
    settings.ice.local_addresses = {"127.0.0.1"};
    stream_ = std::make_shared<InputStream>(server_thread(), std::move(settings), observer_, [] {});
    for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
      Decoding::Settings decoding;
      decoding.pad = std::string(to_string(kind)) + "_0";
      decoding.kind = kind;
      decodings_.push_back(Decoding::create(decoding, {}));
    }
  }

  // What the pads of a slot take; empty names leave a pad out.
  void set_inputs(unsigned slot, const char* audio, const char* video) {
    const auto formats = [](const char* name) {
      return *name ? std::vector<Format>{{find_codec(name), ""}} : std::vector<Format>{};
    };
    call([&] {
      stream_->set_inputs(slot, {{decodings_[0], formats(audio)}, {decodings_[1], formats(video)}});
    });
  }

  std::shared_ptr<Record> admit() {
    auto record = std::make_shared<Record>();
    call([&] { stream_->admit(std::make_unique<FakeChannel>(record)); });
    return record;
  }

  static bool wait_offer(const std::shared_ptr<Record>& record) {
    return record->wait([](const auto& seen) { return !seen.offers.empty(); });
  }

  std::string describe() {
    return call([&] {
      JsonWriter json;
      json.begin();
      stream_->describe(json);
      return json.end().text();
    });
  }

  const std::shared_ptr<CountingObserver> observer_ = std::make_shared<CountingObserver>();
  std::shared_ptr<InputStream> stream_;
  std::vector<std::shared_ptr<Decoding>> decodings_;
};

TEST_F(InputStreamTest, OffersToReceiveWhatThePadsTake) {
  make();
  set_inputs(0, "OPUS", "VP8");
  const auto record = admit();
  ASSERT_TRUE(wait_offer(record));
  const auto seen = record->seen();
  EXPECT_EQ(seen.hellos.front().role, "publish");
  EXPECT_THAT(seen.states, ElementsAre(Pair("waiting", "")));
  EXPECT_THAT(seen.offers.front(), HasSubstr("m=audio"));
  EXPECT_THAT(seen.offers.front(), HasSubstr(" VP8/90000"));
  EXPECT_THAT(seen.offers.front(), HasSubstr("a=recvonly"));
}

TEST_F(InputStreamTest, LeavesOutAKindThatNobodyTakes) {
  make();
  set_inputs(0, "", "VP8");
  const auto record = admit();
  ASSERT_TRUE(wait_offer(record));
  EXPECT_THAT(record->seen().offers.front(), Not(HasSubstr("m=audio")));
  EXPECT_THAT(describe(), HasSubstr(R"("flags":["video","recv"],"direction":"in")"));
}

TEST_F(InputStreamTest, APublisherWaitsUntilItsPadsAreKnown) {
  make();
  const auto record = admit();
  EXPECT_EQ(observer_->wanted, 0);
  EXPECT_THAT(record->seen().offers, IsEmpty());
  set_inputs(0, "OPUS", "VP8");
  EXPECT_TRUE(wait_offer(record));
}

TEST_F(InputStreamTest, APublisherOfWhatIsNotTakenAnyMoreComesAgain) {
  make();
  set_inputs(0, "OPUS", "VP8");
  const auto record = admit();
  ASSERT_TRUE(wait_offer(record));
  set_inputs(0, "OPUS", "VP8");
  EXPECT_THAT(record->seen().byes, IsEmpty());
  set_inputs(0, "", "VP8");
  EXPECT_THAT(record->seen().byes, ElementsAre(Pair("restart", testing::_)));
}

TEST_F(InputStreamTest, TurnsTheSecondAway) {
  make();
  set_inputs(0, "OPUS", "VP8");
  const auto first = admit();
  const auto second = admit();
  EXPECT_THAT(second->seen().hellos, SizeIs(1));
  EXPECT_THAT(second->seen().errors, ElementsAre(Pair("busy", HasSubstr("publishing"))));
  EXPECT_THAT(second->seen().byes, ElementsAre(Pair("busy", testing::_)));
  EXPECT_TRUE(second->wait([](const auto& seen) { return seen.destroyed; }));
  EXPECT_THAT(first->seen().byes, IsEmpty());
  EXPECT_EQ(observer_->publishers, 1U);
}

TEST_F(InputStreamTest, ReplacesTheOldestWhereThatIsSet) {
  InputStream::Settings settings;
  settings.max_sessions = 2;
  settings.on_second = InputStream::SecondPublisher::kReplace;
  make(settings);
  const auto first = admit();
  const auto second = admit();
  const auto third = admit();
  EXPECT_THAT(first->seen().byes, ElementsAre(Pair("replaced", testing::_)));
  EXPECT_THAT(second->seen().byes, IsEmpty());
  EXPECT_THAT(third->seen().byes, IsEmpty());
  // It has the first one's place, and its pads.
  EXPECT_EQ(call([&] { return stream_->publishers().back()->slot(); }), 0U);
  EXPECT_EQ(observer_->publishers, 2U);
}

TEST_F(InputStreamTest, TellsOfItsWaitingUntilItIsPaused) {
  InputStream::Settings settings;
  settings.waiting_interval = 5ms;
  make(settings);
  call([&] { stream_->set_paused(false); });
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  while (observer_->waits < 3 && std::chrono::steady_clock::now() < deadline)
    call([] { std::this_thread::yield(); });
  EXPECT_GE(observer_->waits, 3U);
  call([&] { stream_->set_paused(true); });
  const unsigned now = observer_->waits;
  EXPECT_EQ(call([&] { return observer_->waits.load(); }), now);
}

TEST_F(InputStreamTest, APausedStreamSaysSo) {
  make();
  const auto record = admit();
  call([&] { stream_->set_paused(true); });
  EXPECT_EQ(record->seen().states.back().first, "paused");
  call([&] { stream_->set_paused(false); });
  EXPECT_EQ(record->seen().states.back().first, "waiting");
}

TEST_F(InputStreamTest, BadMediaIsTheBusinessOfWhoSendsIt) {
  make();
  set_inputs(0, "OPUS", "VP8");
  const auto record = admit();
  ASSERT_TRUE(wait_offer(record));
  call([&] { stream_->report_bad_media(decodings_[1].get(), "green"); });
  EXPECT_THAT(record->seen().errors, ElementsAre(Pair("bad-media", "green")));
  const auto other = Decoding::create({}, {});
  call([&] { stream_->report_bad_media(other.get(), "red"); });
  EXPECT_THAT(record->seen().errors, SizeIs(1));
  EXPECT_THAT(record->seen().byes, IsEmpty());
}

}  // namespace
}  // namespace webrtcserver
