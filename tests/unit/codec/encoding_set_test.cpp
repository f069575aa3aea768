// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding_set.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "codec/acceptable_caps.hpp"
#include "encoding_set_fixture.hpp"
#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver {
namespace {

using testing::h264_row;
using testing::kFrameTime;
using testing::kStart;
using testing::Media;
using testing::raw_audio;
using testing::raw_video;
using testing::RecordingSink;

std::vector<std::string> names_of(const std::vector<Format>& formats) {
  std::vector<std::string> names;
  names.reserve(formats.size());
  for (const Format& format : formats) names.emplace_back(format.codec->name);
  return names;
}

Media encoded_video(const std::string& encoder, int frames) {
  return testing::make_media("videotestsrc pattern=ball num-buffers=" + std::to_string(frames) +
                             " ! video/x-raw,format=I420,framerate=30/1,width=320,height=180 ! " +
                             encoder);
}

class EncodingSetTest : public testing::EncodingSetFixture {
 protected:
  ::testing::AssertionResult stream_until(EncodingSet& set, const Media& media,
                                          const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + testing::kDeadline;
    for (std::size_t i = 0; !condition(); ++i) {
      if (std::chrono::steady_clock::now() > give_up) return ::testing::AssertionFailure();
      push(set, media, i);
      std::this_thread::yield();
    }
    return ::testing::AssertionSuccess();
  }
};

TEST_F(EncodingSetTest, OffersRawVideoInTheOrderOfTheSettings) {
  const auto set = make(MediaKind::kVideo, {find_codec("VP8"), find_codec("H264")});
  EXPECT_TRUE(set->formats().empty());
  EXPECT_FALSE(set->caps());
  EXPECT_EQ(set->acquire(*find_codec("VP8"), "s"), nullptr);
  set->set_caps(raw_video(320, 180, 1).caps);
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"VP8", "H264"}));
  EXPECT_EQ(listener_->formats_changes(), 1);
  set->set_caps(raw_video(640, 360, 1).caps);
  EXPECT_EQ(listener_->formats_changes(), 1) << "another size is no other format";
  EXPECT_EQ(set->acquire(*find_codec("VP9"), "s"), nullptr) << "not offered";
}

TEST_F(EncodingSetTest, RefusesWhatNothingCanCarry) {
  const auto set = make();
  for (const char* text :
       {"image/jpeg", "audio/x-raw,rate=48000,channels=2", "audio/x-opus,channel-mapping-family=0",
        "video/x-raw(memory:Unheard)"}) {
    try {
      set->set_caps(Ref<GstCaps>::adopt(gst_caps_from_string(text)));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kNoEncoder);
      EXPECT_NE(std::string(error.what()).find("video_0"), std::string::npos) << error.what();
    }
  }
  EXPECT_TRUE(set->formats().empty());
  EXPECT_EQ(listener_->formats_changes(), 0);
}

TEST_F(EncodingSetTest, EncodesOncePerCodecHoweverManyWatch) {
  const auto set = make();
  const Media media = raw_video(320, 180, 3);
  set->set_caps(media.caps);
  EXPECT_TRUE(set->running().empty()) << "nobody watches";
  std::vector<std::unique_ptr<EncodingSet::Lease>> leases;
  std::vector<std::shared_ptr<RecordingSink>> sinks;
  for (const char* codec : {"H264", "VP8", "H264", "VP8", "H264"}) {
    leases.push_back(set->acquire(*find_codec(codec), "session-" + std::to_string(leases.size())));
    ASSERT_NE(leases.back(), nullptr);
    sinks.push_back(std::make_shared<RecordingSink>());
    leases.back()->join(sinks.back());
  }
  for (const auto& sink : sinks) ASSERT_TRUE(stream(*set, media, *sink, 3));
  EXPECT_EQ(set->running(),
            (std::map<std::string, std::string>{{"H264", "x264enc"}, {"VP8", "vp8enc"}}));
  EXPECT_EQ(listener_->encoders().size(), 2U);
  EXPECT_EQ(listener_->payloaders().size(), 2U);
  auto sessions = listener_->sessions();
  std::sort(sessions.begin(), sessions.end());
  EXPECT_EQ(sessions, (std::vector<std::string>{"session-0", "session-1"}));
  EXPECT_EQ(leases[2]->encoder_name(), "x264enc");
  // Viewers of one codec share the very same packets.
  EXPECT_EQ(sinks[0]->frames().back()->packets, sinks[2]->frames().back()->packets);
}

TEST_F(EncodingSetTest, AnEncoderStopsWithItsLastViewer) {
  const auto set = make();
  const Media media = raw_video(320, 180, 3);
  set->set_caps(media.caps);
  auto first = set->acquire(*find_codec("H264"), "1");
  auto second = set->acquire(*find_codec("H264"), "2");
  const auto sink = std::make_shared<RecordingSink>();
  second->join(sink);
  ASSERT_TRUE(stream(*set, media, *sink, 3));
  first.reset();
  EXPECT_EQ(set->running().size(), 1U);
  ASSERT_TRUE(stream(*set, media, *sink, 3));
  second.reset();
  EXPECT_TRUE(set->running().empty());
  ASSERT_TRUE(listener_->wait_until_pipelines_are_gone());
  EXPECT_EQ(sink.use_count(), 1) << "the lease takes its sinks along";
  push(*set, media, 0);
  EXPECT_EQ(media.buffers[0].get()->mini_object.refcount, 1) << "nobody holds the frame";

  // And starts again with the next.
  auto third = set->acquire(*find_codec("H264"), "3");
  const auto next = std::make_shared<RecordingSink>();
  third->join(next);
  ASSERT_TRUE(stream(*set, media, *next, 3));
  EXPECT_TRUE(next->frames()[0]->key_frame);
}

TEST_F(EncodingSetTest, ASecondViewerStartsAtAKeyFrame) {
  const auto set = make();
  const Media media = raw_video(320, 180, 3);
  set->set_caps(media.caps);
  const auto lease = set->acquire(*find_codec("VP8"), "1");
  const auto first = std::make_shared<RecordingSink>();
  lease->join(first);
  ASSERT_TRUE(stream(*set, media, *first, 30));
  const auto second = std::make_shared<RecordingSink>();
  lease->join(second);
  ASSERT_TRUE(stream(*set, media, *second, 3));
  EXPECT_TRUE(second->frames()[0]->key_frame);
  lease->leave(second.get());
  const std::size_t seen = second->frames().size();
  ASSERT_TRUE(stream(*set, media, *first, 3));
  EXPECT_LE(second->frames().size(), seen + 1);
}

TEST_F(EncodingSetTest, TheSizeMayChangeUnderTheViewers) {
  const auto set = make();
  const Media small = raw_video(320, 180, 3);
  const Media large = raw_video(640, 360, 3);
  set->set_caps(small.caps);
  std::vector<std::unique_ptr<EncodingSet::Lease>> leases;
  std::vector<std::shared_ptr<RecordingSink>> sinks;
  for (const char* codec : {"H264", "VP8", "VP9"}) {
    leases.push_back(set->acquire(*find_codec(codec), codec));
    sinks.push_back(std::make_shared<RecordingSink>());
    leases.back()->join(sinks.back());
  }
  for (const auto& sink : sinks) ASSERT_TRUE(stream(*set, small, *sink, 3));
  set->set_caps(large.caps);
  for (const auto& sink : sinks) ASSERT_TRUE(stream(*set, large, *sink, 5));
  EXPECT_TRUE(listener_->failures().empty());
  EXPECT_TRUE(listener_->replacements().empty());
}

TEST_F(EncodingSetTest, ACodecWhoseEncodersAllFailIsNoLongerOffered) {
  testing::register_failing_encoders();
  static std::array rows{h264_row(testing::kFailsToStart), h264_row("vp8enc")};
  rows[1].codec = "VP8";
  rows[1].output_filter = nullptr;
  rows[1].bitrate_property = "target-bitrate";
  const auto set = make(MediaKind::kVideo, {}, std::make_shared<EncoderCatalogue>(rows));
  const Media media = raw_video(320, 180, 1);
  set->set_caps(media.caps);
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"H264", "VP8"}));
  auto lease = set->acquire(*find_codec("H264"), "1");
  ASSERT_TRUE(listener_->wait_for_failure());
  EXPECT_NE(listener_->failures()[0].find("All sessions of this encoder are taken"),
            std::string::npos);
  EXPECT_TRUE(listener_->wait_for_formats_changes(2));
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"VP8"}));
  lease.reset();
  set->set_caps(raw_video(640, 360, 1).caps);
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"H264", "VP8"}))
      << "other input, another try";
}

TEST_F(EncodingSetTest, NamedEncodersAreTheOnlyOnes) {
  testing::register_failing_encoders();
  static const std::array rows{h264_row("x264enc"), h264_row(testing::kFailsAtReady),
                               h264_row("openh264enc")};
  EncodingSet::Settings settings;
  settings.name = "video_0";
  settings.encoders = "openh264enc,x264enc";
  const auto catalogue = std::make_shared<EncoderCatalogue>(rows);
  const auto set = EncodingSet::create(settings, listener_, catalogue);
  const Media media = raw_video(320, 180, 1);
  set->set_caps(media.caps);
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"H264"}));
  EXPECT_STREQ(set->catalogue().choices(*find_codec("H264"), media.caps.get())[0].encoder->factory,
               "openh264enc");

  settings.encoders = testing::kFailsAtReady;
  const auto failing = EncodingSet::create(settings, listener_, catalogue);
  try {
    failing->set_caps(media.caps);
    FAIL() << "there is no encoder";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("All sessions of this encoder are taken"),
              std::string::npos)
        << error.what();
  }
  settings.encoders = "fooenc";
  EXPECT_THROW(EncodingSet::create(settings, listener_, catalogue), Error);
}

TEST_F(EncodingSetTest, EncodedInputIsOfferedAsWhatItIs) {
  const auto set = make();
  const Media media = encoded_video(
      "x264enc tune=zerolatency key-int-max=300 ! video/x-h264,profile=high,stream-format=avc", 3);
  set->set_caps(media.caps);
  ASSERT_EQ(names_of(set->formats()), (std::vector<std::string>{"H264", "H264"}))
      << "its own profile, and the one that every browser knows";
  EXPECT_NE(set->formats()[0].fmtp.find("profile-level-id=6400"), std::string::npos)
      << set->formats()[0].fmtp;
  EXPECT_EQ(set->acquire(*find_codec("VP8"), "1"), nullptr);
  EXPECT_EQ(set->running(), (std::map<std::string, std::string>{{"H264", ""}}))
      << "the cache fills without viewers";
  EXPECT_TRUE(listener_->encoders().empty());
}

TEST_F(EncodingSetTest, TheProfileOfAByteStreamIsLearntFromItsParameterSets) {
  const auto set = make();
  Media media = encoded_video(
      "x264enc tune=zerolatency ! video/x-h264,profile=main,stream-format=byte-stream", 5);
  set->set_caps(Ref<GstCaps>::adopt(
      gst_caps_from_string("video/x-h264,stream-format=byte-stream,alignment=au")));
  EXPECT_NE(set->formats()[0].fmtp.find("profile-level-id=42e01f"), std::string::npos)
      << "until it is known";
  for (std::size_t i = 0; i < media.buffers.size(); ++i) push(*set, media, i);
  ASSERT_TRUE(listener_->wait_for_formats_changes(2));
  EXPECT_NE(set->formats()[0].fmtp.find("profile-level-id=4d"), std::string::npos)
      << set->formats()[0].fmtp;
}

struct Camera {
  const char* name;
  const char* encoder;
};

void PrintTo(const Camera& camera, std::ostream* out) {
  *out << camera.name;
}

class EveryCamera : public EncodingSetTest, public ::testing::WithParamInterface<Camera> {};

TEST_P(EveryCamera, AJoinerStartsFromTheKeyFrameOfTenSecondsAgo) {
  const auto set = make();
  const Media media = encoded_video(GetParam().encoder, 300);
  set->set_caps(media.caps);
  const Codec& codec = *set->formats().at(0).codec;
  const auto lease = set->acquire(codec, "1");
  const auto witness = std::make_shared<RecordingSink>();
  lease->join(witness);
  GstClockTime last = 0;
  for (std::size_t i = 0; i < 299; ++i) last = push(*set, media, i);
  ASSERT_TRUE(witness->wait_for_time(last - kFrameTime));

  const auto joiner = std::make_shared<RecordingSink>();
  lease->join(joiner);
  EXPECT_EQ(joiner->replays(), 1);
  EXPECT_GE(joiner->replayed(), 298U);
  EXPECT_TRUE(listener_->wait_for_key_frame_request()) << "it might obey";
  last = push(*set, media, 299);
  push(*set, media, 0);
  ASSERT_TRUE(joiner->wait_for_time(last));
  const auto frames = joiner->frames();
  EXPECT_TRUE(frames[0]->key_frame);
  for (std::size_t i = 0; i + 1 < frames.size(); ++i)
    ASSERT_EQ(frames[i]->time, kStart + i * kFrameTime);
}

INSTANTIATE_TEST_SUITE_P(
    TenSecondGroup, EveryCamera,
    ::testing::Values(Camera{"H264Avc",
                             "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=300 ! "
                             "video/x-h264,stream-format=avc"},
                      Camera{"H264ByteStream",
                             "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=300 ! "
                             "video/x-h264,stream-format=byte-stream"},
                      Camera{"VP8", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=300"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(EncodingSetTest, AnotherCodecOnTheInputEndsTheOldLeases) {
  const auto set = make();
  const Media h264 = encoded_video("x264enc tune=zerolatency", 5);
  const Media vp8 = encoded_video("vp8enc deadline=1", 5);
  set->set_caps(h264.caps);
  const auto old_lease = set->acquire(*find_codec("H264"), "1");
  const auto old_sink = std::make_shared<RecordingSink>();
  old_lease->join(old_sink);
  ASSERT_TRUE(stream(*set, h264, *old_sink, 3));
  const int before = listener_->formats_changes();
  set->set_caps(vp8.caps);
  EXPECT_EQ(listener_->formats_changes(), before + 1);
  EXPECT_EQ(names_of(set->formats()), (std::vector<std::string>{"VP8"}));
  EXPECT_EQ(set->acquire(*find_codec("H264"), "2"), nullptr);
  const auto lease = set->acquire(*find_codec("VP8"), "2");
  const auto sink = std::make_shared<RecordingSink>();
  lease->join(sink);
  ASSERT_TRUE(stream(*set, vp8, *sink, 3));

  set->set_caps(raw_video(320, 180, 1).caps);
  EXPECT_GE(set->formats().size(), 3U);
  EXPECT_TRUE(set->running().empty()) << "the parser ended with its input";
}

TEST_F(EncodingSetTest, EndStopsAndNewCapsServeTheSameViewers) {
  for (const bool encoded : {false, true}) {
    SCOPED_TRACE(encoded);
    const auto set = make();
    const Media media =
        encoded ? encoded_video("x264enc tune=zerolatency", 5) : raw_video(320, 180, 5);
    set->set_caps(media.caps);
    const auto lease = set->acquire(*find_codec("H264"), "1");
    const auto sink = std::make_shared<RecordingSink>();
    lease->join(sink);
    ASSERT_TRUE(stream(*set, media, *sink, 3));
    const int changes = listener_->formats_changes();
    set->end();
    EXPECT_TRUE(set->running().empty());
    EXPECT_TRUE(set->formats().empty());
    EXPECT_FALSE(set->caps());
    push(*set, media, 0);
    EXPECT_EQ(set->acquire(*find_codec("H264"), "2"), nullptr);
    set->set_caps(media.caps);
    ASSERT_TRUE(stream(*set, media, *sink, 3));
    // A stream that is published anew has forgotten the formats of before.
    EXPECT_EQ(listener_->formats_changes(), changes + 1);
  }
}

TEST_F(EncodingSetTest, AudioIsEncodedOnceAndFlowsAtOnce) {
  const auto set = make(MediaKind::kAudio);
  const Media media = raw_audio(2, 100);
  set->set_caps(media.caps);
  ASSERT_EQ(names_of(set->formats()), (std::vector<std::string>{"OPUS"}));
  EXPECT_NE(set->formats()[0].fmtp.find("stereo=1"), std::string::npos);
  const auto lease = set->acquire(*find_codec("OPUS"), "1");
  const auto first = std::make_shared<RecordingSink>();
  const auto second = std::make_shared<RecordingSink>();
  lease->join(first);
  lease->join(second);
  for (std::size_t i = 0; i < 40; ++i) set->push(media.buffers[i], kStart + i * 10 * GST_MSECOND);
  ASSERT_TRUE(first->wait_for_frames(38));
  ASSERT_TRUE(second->wait_for_frames(38));
  EXPECT_EQ(first->frames()[5]->packets, second->frames()[5]->packets);
  EXPECT_EQ(listener_->encoders(), (std::vector<std::string>{"opusenc"}));
}

TEST_F(EncodingSetTest, ABitrateReachesRunningAndLaterEncoders) {
  const auto set = make();
  const Media media = raw_video(320, 180, 3);
  set->set_caps(media.caps);
  const auto h264 = set->acquire(*find_codec("H264"), "1");
  const auto sink = std::make_shared<RecordingSink>();
  h264->join(sink);
  ASSERT_TRUE(stream(*set, media, *sink, 2));
  EXPECT_EQ(listener_->number_of_newest_encoder("bitrate"), 1000);  // kbit/s
  set->set_bitrate(300'000);
  ASSERT_TRUE(stream_until(*set, media,
                           [&] { return listener_->number_of_newest_encoder("bitrate") == 300; }));
  const auto vp8 = set->acquire(*find_codec("VP8"), "2");
  const auto vp8_sink = std::make_shared<RecordingSink>();
  vp8->join(vp8_sink);
  ASSERT_TRUE(stream(*set, media, *vp8_sink, 2));
  EXPECT_EQ(listener_->number_of_newest_encoder("target-bitrate"), 300'000);  // bit/s
}

TEST_F(EncodingSetTest, ALeaseMayOutliveItsSet) {
  auto set = make();
  const Media media = raw_video(320, 180, 3);
  set->set_caps(media.caps);
  auto lease = set->acquire(*find_codec("H264"), "1");
  const auto sink = std::make_shared<RecordingSink>();
  lease->join(sink);
  ASSERT_TRUE(stream(*set, media, *sink, 2));
  set.reset();
  lease->request_key_frame();
  lease->join(std::make_shared<RecordingSink>());
  lease.reset();
  ASSERT_TRUE(listener_->wait_until_pipelines_are_gone());
  EXPECT_EQ(sink.use_count(), 1);
}

TEST_F(EncodingSetTest, AcceptableCapsAreRawAndEncoded) {
  const auto video = acceptable_caps(MediaKind::kVideo, {}, *EncoderCatalogue::system());
  const auto takes = [](const Ref<GstCaps>& caps, const char* text) {
    const auto wanted = Ref<GstCaps>::adopt(gst_caps_from_string(text));
    return gst_caps_can_intersect(caps.get(), wanted.get()) != FALSE;
  };
  EXPECT_TRUE(takes(video, "video/x-raw,format=BGRA,width=640,height=480"));
  EXPECT_TRUE(takes(video, "video/x-h264,stream-format=byte-stream"));
  EXPECT_FALSE(takes(video, "audio/x-raw"));
  EXPECT_FALSE(takes(video, "image/jpeg"));
  const auto vp8 =
      acceptable_caps(MediaKind::kVideo, {find_codec("VP8")}, *EncoderCatalogue::system());
  EXPECT_TRUE(takes(vp8, "video/x-raw"));
  EXPECT_FALSE(takes(vp8, "video/x-h264"));
  const auto audio = acceptable_caps(MediaKind::kAudio, {}, *EncoderCatalogue::system());
  EXPECT_TRUE(takes(audio, "audio/x-raw,rate=44100"));
  EXPECT_TRUE(takes(audio, "audio/x-opus,channel-mapping-family=0"));
}

// The input's thread, viewers and the application race with each other; nothing may hang or crash.
TEST_F(EncodingSetTest, EverythingAtOnceIsSafe) {
  auto set = make();
  const std::array media{raw_video(160, 90, 3), raw_video(161, 91, 3),
                         encoded_video("x264enc tune=zerolatency", 3),
                         encoded_video("vp8enc deadline=1", 3)};
  std::atomic<bool> stop{false};
  std::thread input([&] {
    std::mt19937 random(1);
    for (int round = 0; round < 60; ++round) {
      const Media& now = media[random() % media.size()];
      set->set_caps(now.caps);
      for (std::size_t i = 0; i < 20; ++i) push(*set, now, i);
      if (random() % 8 == 0) set->end();
    }
    stop = true;
  });
  std::vector<std::thread> viewers;
  for (unsigned seed = 2; seed < 5; ++seed) {
    viewers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      while (!stop) {
        const auto formats = set->formats();
        if (formats.empty()) continue;
        auto lease = set->acquire(*formats[random() % formats.size()].codec, "s");
        if (!lease) continue;
        const auto sink = std::make_shared<RecordingSink>();
        lease->join(sink);
        lease->request_key_frame();
        sink->wait_briefly_for_frames(random() % 3);
        if (random() % 2 == 0) lease->leave(sink.get());
        set->set_bitrate(500'000 + random() % 1'000'000);
        set->running();
      }
    });
  }
  input.join();
  for (auto& viewer : viewers) viewer.join();
  set->end();
}

}  // namespace
}  // namespace webrtcserver
