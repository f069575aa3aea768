// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/output_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/serial_queue.hpp"
#include "fake_channel.hpp"
#include "media.hpp"
#include "server/server.hpp"
#include "server/viewer.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

using test::caps;
using test::FakeChannel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using Record = FakeChannel::Record;

class CountingObserver : public Stream::Observer {
 public:
  void on_session_created(const std::string&, GstElement*) override { ++created; }
  void on_session_closing(const std::string&, GstElement*) override { ++closing; }
  void on_message(const std::string&, const std::string&) override {}
  void on_sessions_changed(unsigned now) override { viewers = now; }

  std::atomic<unsigned> created{0};
  std::atomic<unsigned> closing{0};
  std::atomic<unsigned> viewers{0};
};

class OutputStreamTest : public ::testing::Test {
 protected:
  template <typename Task>
  static auto call(Task&& task) {
    return server_thread().call(std::forward<Task>(task));
  }

  ~OutputStreamTest() override {
    if (stream_) call([&] { stream_->end("closing", ""); });
    SerialQueue::wait_idle(test::kPatience);
  }

  void make(OutputStream::Settings settings = {}) {
    settings.name = "output";
    settings.ice.local_addresses = {"127.0.0.1"};
    stream_ = std::make_shared<OutputStream>(server_thread(), std::move(settings), observer_,
                                             [this] { ++changes_; });
  }

  void set_media(std::vector<std::shared_ptr<EncodingSet>> media) {
    call([&] { stream_->set_media(std::move(media)); });
  }

  void give_caps(const std::shared_ptr<EncodingSet>& media, const char* text) {
    media->set_caps(caps(text));
    call([&] { stream_->update(); });
  }

  std::shared_ptr<Record> admit() {
    auto record = std::make_shared<Record>();
    call([&] { stream_->admit(std::make_unique<FakeChannel>(record)); });
    return record;
  }

  static bool wait_offer(const std::shared_ptr<Record>& record) {
    return record->wait([](const auto& seen) { return !seen.offers.empty(); });
  }
  static bool wait_bye(const std::shared_ptr<Record>& record) {
    return record->wait([](const auto& seen) { return !seen.byes.empty(); });
  }

  const std::shared_ptr<CountingObserver> observer_ = std::make_shared<CountingObserver>();
  std::shared_ptr<OutputStream> stream_;
  std::atomic<unsigned> changes_{0};
};

// Of media; behind them is the data channel's.
std::size_t lines(const std::string& sdp) {
  std::size_t found = 0;
  for (const char* kind : {"\nm=audio", "\nm=video"}) {
    for (auto at = sdp.find(kind); at != std::string::npos; at = sdp.find(kind, at + 1)) ++found;
  }
  return found;
}

TEST_F(OutputStreamTest, OffersToWhoWaitsOnceThereIsMedia) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  const auto viewer = admit();
  EXPECT_THAT(viewer->seen().states, ElementsAre(Pair("waiting", "")));
  EXPECT_EQ(viewer->seen().hellos.at(0).role, "view");
  EXPECT_EQ(observer_->created, 0U);
  give_caps(video, test::kVideoCaps);
  ASSERT_TRUE(wait_offer(viewer));
  EXPECT_THAT(viewer->seen().states, ElementsAre(Pair("waiting", ""), Pair("live", "")));
  EXPECT_THAT(viewer->seen().offers.at(0), HasSubstr("VP8/90000"));
  EXPECT_EQ(observer_->created, 1U);
  EXPECT_EQ(observer_->viewers, 1U);
}

TEST_F(OutputStreamTest, OffersAtOnceToWhoComesLater) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  const auto viewer = admit();
  ASSERT_TRUE(wait_offer(viewer));
  EXPECT_THAT(viewer->seen().states, ElementsAre(Pair("live", "")));
}

TEST_F(OutputStreamTest, WaitsForTheOtherMediaButNotForEver) {
  OutputStream::Settings settings;
  settings.patience = 100ms;
  make(std::move(settings));
  const auto video = test::make_video("video_0");
  const auto audio = test::make_audio("audio_0");
  set_media({video, audio});
  const auto viewer = admit();
  const auto start = std::chrono::steady_clock::now();
  give_caps(video, test::kVideoCaps);
  EXPECT_EQ(call([&] { return stream_->state(); }), StreamState::kWaiting);
  ASSERT_TRUE(wait_offer(viewer));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 100ms);
  EXPECT_EQ(lines(viewer->seen().offers.at(0)), 1U);
  // The other media comes after all: its viewers come again for it.
  give_caps(audio, test::kAudioCaps);
  ASSERT_TRUE(wait_bye(viewer));
  EXPECT_EQ(viewer->seen().byes.at(0).first, "restart");
  const auto again = admit();
  ASSERT_TRUE(wait_offer(again));
  EXPECT_EQ(lines(again->seen().offers.at(0)), 2U);
}

TEST_F(OutputStreamTest, WaitsNoLongerThanTheLastMedia) {
  OutputStream::Settings settings;
  settings.patience = 1h;
  make(std::move(settings));
  const auto video = test::make_video("video_0");
  const auto audio = test::make_audio("audio_0");
  set_media({video, audio});
  const auto viewer = admit();
  give_caps(video, test::kVideoCaps);
  give_caps(audio, test::kAudioCaps);
  ASSERT_TRUE(wait_offer(viewer));
  EXPECT_EQ(lines(viewer->seen().offers.at(0)), 2U);
}

TEST_F(OutputStreamTest, KeepsViewersWhenANewMediaHasNoCapsYet) {
  OutputStream::Settings settings;
  settings.patience = 1h;
  make(std::move(settings));
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  const auto viewer = admit();
  ASSERT_TRUE(wait_offer(viewer));
  const auto audio = test::make_audio("audio_0");
  set_media({video, audio});
  EXPECT_THAT(viewer->seen().byes, IsEmpty());
  give_caps(audio, test::kAudioCaps);
  ASSERT_TRUE(wait_bye(viewer));
  EXPECT_EQ(viewer->seen().byes.at(0).first, "restart");
}

TEST_F(OutputStreamTest, LetsViewersGoWithTheLastMedia) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  const auto viewer = admit();
  ASSERT_TRUE(wait_offer(viewer));
  set_media({});
  ASSERT_TRUE(wait_bye(viewer));
  EXPECT_EQ(viewer->seen().byes.at(0).first, "restart");
  EXPECT_THAT(admit()->seen().states, ElementsAre(Pair("waiting", "")));
}

TEST_F(OutputStreamTest, ANewSizeDisturbsNobody) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  const auto viewer = admit();
  ASSERT_TRUE(wait_offer(viewer));
  give_caps(video, "video/x-raw,format=I420,width=640,height=480,framerate=30/1");
  EXPECT_THAT(viewer->seen().byes, IsEmpty());
  EXPECT_THAT(viewer->seen().offers, SizeIs(1));
}

TEST_F(OutputStreamTest, TellsOfAPause) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  const auto viewer = admit();
  call([&] { stream_->set_paused(true); });
  call([&] { stream_->set_paused(true); });
  call([&] { stream_->set_paused(false); });
  EXPECT_THAT(viewer->seen().states,
              ElementsAre(Pair("live", ""), Pair("paused", ""), Pair("live", "")));
}

TEST_F(OutputStreamTest, ASilentViewerIsDroppedAtTheLimit) {
  OutputStream::Settings settings;
  settings.negotiation_limit = 200ms;
  make(std::move(settings));
  const auto video = test::make_video("video_0");
  set_media({video});
  // Who waits for media has no limit; it begins with the offer.
  const auto viewer = admit();
  EXPECT_EQ(observer_->viewers, 1U);
  give_caps(video, test::kVideoCaps);
  ASSERT_TRUE(wait_bye(viewer));
  EXPECT_THAT(viewer->seen().errors,
              ElementsAre(Pair("negotiation-timeout", HasSubstr("connect"))));
  EXPECT_EQ(viewer->seen().byes.at(0).first, "timeout");
  ASSERT_TRUE(viewer->wait([](const auto& seen) { return seen.destroyed; }));
  EXPECT_EQ(observer_->viewers, 0U);
}

TEST_F(OutputStreamTest, EverySessionThatWasCreatedIsClosed) {
  make();
  const auto video = test::make_video("video_0");
  set_media({video});
  give_caps(video, test::kVideoCaps);
  std::vector<std::shared_ptr<Record>> viewers;
  for (int i = 0; i < 10; ++i) viewers.push_back(admit());
  ASSERT_TRUE(wait_offer(viewers.front()));
  call([&] { stream_->end("ended", "The stream ended."); });
  for (const auto& viewer : viewers) {
    EXPECT_THAT(viewer->seen().byes, ElementsAre(Pair("ended", "The stream ended.")));
    EXPECT_TRUE(viewer->wait([](const auto& seen) { return seen.destroyed; }));
  }
  EXPECT_EQ(observer_->viewers, 0U);
  // Those whose webrtcbin was never made have none to close.
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  while (observer_->closing != observer_->created && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(observer_->closing, observer_->created);
}

TEST_F(OutputStreamTest, MoreMediaThanPayloadTypesIsAnErrorInWords) {
  make();
  std::vector<std::shared_ptr<EncodingSet>> media;
  for (int i = 0; i < 40; ++i) {
    media.push_back(test::make_video("video_" + std::to_string(i)));
    media.back()->set_caps(caps(test::kVideoCaps));
  }
  set_media(media);
  const auto viewer = admit();
  ASSERT_TRUE(wait_bye(viewer));
  EXPECT_THAT(viewer->seen().errors, ElementsAre(Pair("internal", HasSubstr("payload types"))));
  EXPECT_EQ(call([&] { return stream_->session_count(); }), 0U);
}

TEST_F(OutputStreamTest, IsFullAtItsLimit) {
  OutputStream::Settings settings;
  settings.max_sessions = 2;
  make(std::move(settings));
  admit();
  EXPECT_FALSE(call([&] { return stream_->turns_away(); }));
  admit();
  EXPECT_TRUE(call([&] { return stream_->turns_away(); }));
}

}  // namespace
}  // namespace webrtcserver
