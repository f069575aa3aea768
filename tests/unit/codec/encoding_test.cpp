// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>
#include <thread>

#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver {
namespace {

using testing::h264_row;
using testing::kFailsAtReady;
using testing::kFailsLater;
using testing::kFailsToStart;
using testing::kFrameTime;
using testing::kStart;
using testing::Media;
using testing::raw_video;
using testing::RecordingSink;

class EncodingListener final : public Encoding::Listener, public testing::Recorder {
 public:
  void on_upstream_key_frame_wanted() override {
    record([&] { ++key_frames_wanted; });
  }
  void on_payload_caps(const Codec& /*codec*/, const Ref<GstCaps>& /*encoded*/,
                       const Ref<GstCaps>& rtp) override {
    record([&] { rtp_caps = rtp; });
  }
  void on_encoder_created(const std::string& session, GstElement* encoder) override {
    record([&] {
      sessions.push_back(session);
      encoders.emplace_back(GST_OBJECT_NAME(gst_element_get_factory(encoder)));
    });
  }
  void on_payloader_created(const std::string& /*session*/, GstElement* /*payloader*/) override {}
  void on_encoding_failed(const Codec& /*codec*/, const std::string& message) override {
    record([&] { failures.push_back(message); });
  }
  void on_encoder_replaced(const Codec& /*codec*/, const std::string& message) override {
    record([&] { replacements.push_back(message); });
  }
  Ref<GstContext> find_context(const char* /*type*/) override { return {}; }
  void on_context_made(const Ref<GstContext>& /*context*/) override {}

  int key_frames_wanted = 0;
  Ref<GstCaps> rtp_caps;
  std::vector<std::string> sessions;
  std::vector<std::string> encoders;
  std::vector<std::string> failures;
  std::vector<std::string> replacements;
};

class EncodingTest : public ::testing::Test {
 protected:
  std::shared_ptr<Encoding> make(std::span<const Encoder> rows, bool encoded = false) {
    testing::register_failing_encoders();
    Encoding::Settings settings;
    settings.pad = "video_0";
    settings.codec = find_codec("H264");
    settings.encoded = encoded;
    settings.session = "session-1";
    settings.bitrate = 1'000'000;
    settings.catalogue = std::make_shared<EncoderCatalogue>(rows);
    settings.failed = failed_;
    settings.queue = queue_;
    return Encoding::create(std::move(settings), listener_);
  }
  static Ref<GstBuffer> at(const Ref<GstBuffer>& buffer, GstClockTime time) {
    auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(buffer.get()));
    GST_BUFFER_PTS(copy.get()) = time;
    GST_BUFFER_DTS(copy.get()) = GST_CLOCK_TIME_NONE;
    return copy;
  }
  GstClockTime push(Encoding& encoding, const Media& media, std::size_t index) {
    const GstClockTime time = kStart + pushed_++ * kFrameTime;
    encoding.push(media.caps, at(media.buffers[index % media.buffers.size()], time));
    return time;
  }
  // Pushes until the sink has seen `frames` more, as a live source would: what is lost is not
  // repeated.
  ::testing::AssertionResult stream(Encoding& encoding, const Media& media, RecordingSink& sink,
                                    std::size_t frames) {
    const std::size_t goal = sink.frames().size() + frames;
    const auto give_up = std::chrono::steady_clock::now() + testing::kDeadline;
    std::size_t i = 0;
    while (sink.frames().size() < goal) {
      if (std::chrono::steady_clock::now() > give_up)
        return ::testing::AssertionFailure() << "no more frames";
      push(encoding, media, i++);
      sink.wait_briefly_for_frames(goal);
    }
    return ::testing::AssertionSuccess();
  }
  // Everything posted to the worker so far has run.
  void drain() {
    std::promise<void> done;
    queue_->post([&] { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(testing::kDeadline), std::future_status::ready);
  }

  std::shared_ptr<EncodingListener> listener_ = std::make_shared<EncodingListener>();
  std::shared_ptr<FailedEncoders> failed_ = std::make_shared<FailedEncoders>();
  std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();
  std::shared_ptr<RecordingSink> sink_ = std::make_shared<RecordingSink>();
  std::size_t pushed_ = 0;
};

TEST_F(EncodingTest, TheFrameThatCameWhileTheEncoderStartedIsTheFirst) {
  static const std::array rows{h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  const GstClockTime time = push(*encoding, media, 0);
  ASSERT_TRUE(sink_->wait_for_frames(1));
  EXPECT_EQ(sink_->frames()[0]->time, time);
  EXPECT_EQ(encoding->encoder_name(), "x264enc");
  EXPECT_EQ(listener_->sessions, std::vector<std::string>{"session-1"});
}

TEST_F(EncodingTest, AnEncoderThatReadsItsBitrateOnceStartsAnewForAnother) {
  static std::array rows{h264_row("x264enc")};
  rows[0].bitrate_change = BitrateChange::kRestart;
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 3));
  encoding->set_bitrate(500'000);
  drain();
  const std::size_t before = sink_->frames().size();
  ASSERT_TRUE(stream(*encoding, media, *sink_, 3));
  EXPECT_TRUE(sink_->frames()[before]->key_frame);
  encoding->set_bitrate(500'000);
  drain();
  EXPECT_EQ(listener_->encoders.size(), 2U) << "the same bitrate is no change";
  EXPECT_TRUE(listener_->failures.empty());
  EXPECT_TRUE(listener_->replacements.empty()) << "no encoder failed";
}

TEST_F(EncodingTest, AnEncoderThatDoesNotStartIsPassedOver) {
  static const std::array rows{h264_row(kFailsAtReady), h264_row(kFailsToStart),
                               h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 3));
  EXPECT_EQ(encoding->encoder_name(), "x264enc");
  EXPECT_EQ(listener_->encoders, (std::vector<std::string>{kFailsToStart, "x264enc"}));
  EXPECT_TRUE(listener_->replacements.empty()) << "it never ran";
  EXPECT_TRUE(failed_->contains(&rows[1], std::chrono::steady_clock::now()));
}

TEST_F(EncodingTest, WhenAnEncoderFailsTheNextTakesOverAndTheViewerStays) {
  static const std::array rows{h264_row(kFailsLater), h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 20));
  EXPECT_TRUE(listener_->wait_until([&] { return listener_->replacements.size() == 1; }));
  EXPECT_NE(listener_->replacements[0].find(kFailsLater), std::string::npos)
      << listener_->replacements[0];
  EXPECT_EQ(encoding->encoder_name(), "x264enc");
  EXPECT_TRUE(listener_->failures.empty());

  // One time line throughout, and the newcomer begins with a key frame.
  const auto frames = sink_->frames();
  std::size_t keys = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i > 0) {
      EXPECT_GT(frames[i]->time, frames[i - 1]->time);
    }
    keys += frames[i]->key_frame ? 1 : 0;
  }
  EXPECT_EQ(keys, 2U);
}

TEST_F(EncodingTest, WhenNoEncoderIsLeftItSaysWhy) {
  static const std::array rows{h264_row(kFailsToStart), h264_row(kFailsLater)};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  for (std::size_t i = 0; i < 5; ++i) {
    push(*encoding, media, i);
    if (i < 4) {
      ASSERT_TRUE(sink_->wait_for_frames(i + 1));
    }
  }
  push(*encoding, media, 0);
  ASSERT_TRUE(listener_->wait_until([&] { return !listener_->failures.empty(); }));
  EXPECT_NE(listener_->failures[0].find(kFailsLater), std::string::npos) << listener_->failures[0];
  EXPECT_FALSE(encoding->is_running());
  push(*encoding, media, 0);  // ignored
}

TEST_F(EncodingTest, ABadRowIsTriedAgainWithOtherInput) {
  static const std::array rows{h264_row(kFailsToStart)};
  const Media media = raw_video(320, 180, 1);
  const auto encoding = make(rows);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(listener_->wait_until([&] { return listener_->failures.size() == 1; }));
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(listener_->wait_until([&] { return listener_->failures.size() == 2; }));
  EXPECT_EQ(listener_->encoders.size(), 1U) << "not even tried";
  failed_->clear();
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(listener_->wait_until([&] { return listener_->failures.size() == 3; }));
  EXPECT_EQ(listener_->encoders.size(), 2U);
}

TEST_F(EncodingTest, AChangeThatTheFrontEndCannotFollowRebuildsThePipeline) {
  static const std::array rows{h264_row("x264enc")};
  const Media even = raw_video(320, 180, 3);
  const Media odd = raw_video(321, 181, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(even.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, even, *sink_, 3));
  ASSERT_TRUE(stream(*encoding, odd, *sink_, 3));
  ASSERT_TRUE(stream(*encoding, even, *sink_, 3));
  EXPECT_EQ(listener_->encoders.size(), 3U);
  EXPECT_TRUE(listener_->replacements.empty());
}

// The viewer's joining has just asked for one, so this one is deferred, and made all the same.
TEST_F(EncodingTest, AForcedKeyFrameReachesTheViewer) {
  static const std::array rows{h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 2));
  const std::size_t before = sink_->frames().size();
  encoding->fan_out().request_key_frame();
  const auto key_frame_came = [&] {
    const auto frames = sink_->frames();
    return std::any_of(frames.begin() + static_cast<std::ptrdiff_t>(before), frames.end(),
                       [](const RtpFramePtr& frame) { return frame->key_frame; });
  };
  while (!key_frame_came()) {
    ASSERT_TRUE(stream(*encoding, media, *sink_, 1));
    ASSERT_LT(sink_->frames().size(), before + 2000) << "the encoder's own next one";
  }
}

TEST_F(EncodingTest, StopEndsThePipelineAndStartServesTheSameViewersAgain) {
  static const std::array rows{h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  const auto encoding = make(rows);
  encoding->fan_out().join(sink_);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 3));
  encoding->stop();
  EXPECT_FALSE(encoding->is_running());
  drain();
  const std::size_t before = sink_->frames().size();
  push(*encoding, media, 0);
  EXPECT_EQ(sink_->frames().size(), before);
  encoding->start(media.caps, nullptr);
  ASSERT_TRUE(stream(*encoding, media, *sink_, 3));
  EXPECT_TRUE(sink_->frames()[before]->key_frame);
}

TEST_F(EncodingTest, StartingAndStoppingAtOnceIsSafe) {
  static const std::array rows{h264_row("x264enc")};
  const Media media = raw_video(320, 180, 3);
  for (int i = 0; i < 20; ++i) {
    const auto encoding = make(rows);
    encoding->start(media.caps, nullptr);
    push(*encoding, media, 0);
    if (i % 2 == 0) encoding->stop();
  }
  drain();
}

// What is lost of encoded input is lost up to the next key frame, and one is asked for.
TEST_F(EncodingTest, EncodedInputThatOverflowsSkipsToTheNextKeyFrameAndAsksForOne) {
  const Media media = testing::make_media(
      "videotestsrc num-buffers=2 ! video/x-raw,width=320,height=180,framerate=30/1 ! "
      "x264enc tune=zerolatency ! video/x-h264,stream-format=byte-stream");
  const auto encoding = make({}, true);
  std::promise<void> blocker;
  queue_->post([done = blocker.get_future().share()] { done.wait(); });  // nothing starts yet
  encoding->start(media.caps, nullptr);
  // Filler that a parser skips. Three of them are more than waits for a parser.
  const auto filler = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 6U << 20U, nullptr));
  gst_buffer_memset(filler.get(), 0, 0, 6U << 20U);
  GST_BUFFER_FLAG_SET(filler.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  for (int i = 0; i < 3; ++i) encoding->push(media.caps, filler);
  EXPECT_EQ(listener_->key_frames_wanted, 0);
  encoding->push(media.caps, filler);
  encoding->fan_out().join(sink_);
  blocker.set_value();
  drain();
  EXPECT_GE(listener_->key_frames_wanted, 1);

  const GstClockTime first_delta = push(*encoding, media, 1);
  GstClockTime key = 0;
  const auto give_up = std::chrono::steady_clock::now() + testing::kDeadline;
  while (sink_->frames().empty() && std::chrono::steady_clock::now() < give_up) {
    const GstClockTime time = push(*encoding, media, 0);
    if (key == 0) key = time;
    push(*encoding, media, 1);
    sink_->wait_briefly_for_frames(1);
  }
  ASSERT_FALSE(sink_->frames().empty());
  EXPECT_TRUE(sink_->frames()[0]->key_frame);
  EXPECT_GT(sink_->frames()[0]->time, first_delta);
  EXPECT_GE(sink_->frames()[0]->time, key);
}

TEST_F(EncodingTest, EncodedInputKeepsWhatCameWhileTheParserStarted) {
  const Media media = testing::make_media(
      "videotestsrc num-buffers=30 ! video/x-raw,width=320,height=180,framerate=30/1 ! "
      "x264enc tune=zerolatency key-int-max=300 ! video/x-h264,stream-format=byte-stream");
  const auto encoding = make({}, true);
  encoding->start(media.caps, nullptr);
  for (std::size_t i = 0; i < media.buffers.size(); ++i) push(*encoding, media, i);
  encoding->fan_out().join(sink_);
  ASSERT_TRUE(sink_->wait_for_frames(29));
  const auto frames = sink_->frames();
  EXPECT_EQ(frames[0]->time, kStart);
  for (std::size_t i = 1; i < frames.size(); ++i)
    EXPECT_EQ(frames[i]->time, kStart + i * kFrameTime);
}

TEST_F(EncodingTest, AParserThatIsFedRubbishIsRestartedAFewTimesAndThenGivenUp) {
  const auto caps =
      Ref<GstCaps>::adopt(gst_caps_from_string("video/x-h264,stream-format=avc,alignment=au"));
  const auto encoding = make({}, true);
  encoding->start(caps, nullptr);
  const auto give_up = std::chrono::steady_clock::now() + testing::kDeadline;
  while (encoding->is_running() && std::chrono::steady_clock::now() < give_up) {
    auto rubbish = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 100, nullptr));
    gst_buffer_memset(rubbish.get(), 0, 0xff, 100);
    GST_BUFFER_PTS(rubbish.get()) = kStart + pushed_++ * kFrameTime;
    encoding->push(caps, rubbish);
    std::this_thread::yield();
  }
  ASSERT_TRUE(listener_->wait_until([&] { return !listener_->failures.empty(); }));
  EXPECT_EQ(listener_->failures.size(), 1U);
}

}  // namespace
}  // namespace webrtcserver
