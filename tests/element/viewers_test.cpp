// SPDX-License-Identifier: LGPL-2.1-or-later
// Browsers that watch a pipeline, from the WebSocket to the last packet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Input {
  const char* name;
  std::string source;  // up to webrtcsink
  const char* codec;
};

void PrintTo(const Input& input, std::ostream* out) {
  *out << input.name;
}

std::string raw_video() {
  return "videotestsrc is-live=true ! "
         "video/x-raw,format=I420,width=160,height=120,framerate=30/1 ";
}

std::string raw_audio() {
  return "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ";
}

constexpr char kSink[] = "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";

class Formats : public ::testing::TestWithParam<Input> {};

TEST_P(Formats, ReachTheViewer) {
  const HostPipeline host(GetParam().source + kSink);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {GetParam().codec});
  ASSERT_TRUE(viewer.watch());
  EXPECT_TRUE(viewer.wait_media(20));
  ASSERT_THAT(host.sessions(), SizeIs(1));
  const std::string track =
      "sessions/" + host.sessions().front() + "/tracks/" +
      (raw_audio().substr(0, 5) == GetParam().source.substr(0, 5) ? "audio_0" : "video_0");
  EXPECT_EQ(host.statistic(track + "/codec"), GetParam().codec);
  // Encoded input passes: no encoder runs for it.
  const bool encoded = GetParam().source.find("enc ") != std::string::npos;
  const std::string encoders = host.statistic("encoders");
  EXPECT_EQ(encoders.find(GetParam().codec) == std::string::npos, encoded) << encoders;
}

INSTANTIATE_TEST_SUITE_P(
    Input, Formats,
    ::testing::Values(
        Input{"RawAsH264", raw_video(), "H264"}, Input{"RawAsVp8", raw_video(), "VP8"},
        Input{"RawAsVp9", raw_video(), "VP9"}, Input{"RawAsOpus", raw_audio(), "OPUS"},
        Input{"EncodedH264", raw_video() + "! x264enc tune=zerolatency key-int-max=15 ", "H264"},
        Input{"EncodedVp8", raw_video() + "! vp8enc deadline=1 keyframe-max-dist=15 ", "VP8"},
        Input{"EncodedVp9", raw_video() + "! vp9enc deadline=1 keyframe-max-dist=15 ", "VP9"},
        Input{"EncodedOpus", raw_audio() + "! opusenc ", "OPUS"}),
    [](const auto& input) { return std::string(input.param.name); });

// As Firefox does.
TEST(Viewers, ThatAnswerToConstrainedBaselineOnlyGetAHighStream) {
  const HostPipeline host(raw_video() +
                          "! x264enc tune=zerolatency key-int-max=15 ! video/x-h264,profile=high " +
                          kSink);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264;profile-level-id=42e0"});
  ASSERT_TRUE(viewer.watch());
  EXPECT_THAT(viewer.offer(), HasSubstr("profile-level-id=6400"));
  EXPECT_TRUE(viewer.wait_media(20));
}

// How many m-lines of a kind an offer has.
std::size_t lines(const std::string& sdp, const std::string& kind) {
  std::size_t found = 0;
  for (auto at = sdp.find("m=" + kind); at != std::string::npos; at = sdp.find("m=" + kind, at + 1))
    ++found;
  return found;
}

TEST(Viewers, GetSeveralVideosAndAudios) {
  const HostPipeline host(raw_video() + kSink + raw_video() + "! sink. " + raw_audio() +
                          "! sink. " + raw_audio() + "! sink.");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  EXPECT_EQ(lines(viewer.offer(), "video"), 2U);
  EXPECT_EQ(lines(viewer.offer(), "audio"), 2U);
  // Every one of the four sends.
  EXPECT_TRUE(
      viewer.peer().wait([](const RemotePeer::Counts& counts) { return counts.size() >= 4; }));
}

TEST(Viewers, ShareOneEncoderWhichEndsWithTheLast) {
  const HostPipeline host(kLiveVideo);
  std::atomic<int> encoders{0};
  g_signal_connect(
      host.sink(), "encoder-setup",
      G_CALLBACK(+[](GstElement*, gchar*, gchar*, GstElement*, std::atomic<int>* made) -> gboolean {
        ++*made;
        return TRUE;
      }),
      &encoders);
  ASSERT_TRUE(host.play());
  {
    std::vector<std::unique_ptr<Viewer>> viewers;
    for (int i = 0; i < 3; ++i) {
      viewers.push_back(
          std::make_unique<Viewer>(host.socket_url(), std::vector<std::string>{"H264"}));
      ASSERT_TRUE(viewers.back()->watch());
    }
    Viewer other(host.socket_url(), {"VP8"});
    ASSERT_TRUE(other.watch());
    EXPECT_EQ(encoders, 2);
    EXPECT_NE(host.statistic("encoders/video_0-H264"), "");
    EXPECT_NE(host.statistic("encoders/video_0-VP8"), "");
    EXPECT_EQ(host.statistic("encoders/video_0-VP9"), "");
    EXPECT_EQ(host.number("viewers"), 4U);
  }
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 0; }));
  EXPECT_EQ(host.statistic("encoders/video_0-H264"), "");
  EXPECT_EQ(host.statistic("encoders/video_0-VP8"), "");
}

TEST(Viewers, WithAFalsifiedFingerprintGetNothing) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer honest(host.socket_url());
  ASSERT_TRUE(honest.watch());
  Viewer forger(host.socket_url());
  ASSERT_TRUE(forger.answer([](std::string& sdp) {
    for (auto at = sdp.find("a=fingerprint:sha-256 "); at != std::string::npos;
         at = sdp.find("a=fingerprint:sha-256 ", at + 1)) {
      char& digit = sdp[at + 22];
      digit = digit == '0' ? '1' : '0';
    }
  }));
  EXPECT_TRUE(forger.signalling().wait_closed());
  const auto seen = forger.signalling().seen();
  EXPECT_EQ(seen.text("error", "code"), "fingerprint");
  EXPECT_EQ(seen.text("bye", "reason"), "error");
  EXPECT_EQ(forger.received(), 0U);
  EXPECT_TRUE(honest.wait_media(30));
}

TEST(Viewers, BeyondTheMaximumAreToldToComeLater) {
  const HostPipeline host(std::string(kLiveVideo) + "max-viewers=1");
  ASSERT_TRUE(host.play());
  auto first = std::make_unique<SignallingClient>(host.socket_url());
  ASSERT_TRUE(first->wait_for("hello"));
  {
    SignallingClient second(host.socket_url());
    ASSERT_TRUE(second.wait_closed());
    EXPECT_EQ(second.seen().upgrade_status, 503);
    EXPECT_NE(second.seen().retry_after, "");
  }
  first.reset();
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 0; }));
  SignallingClient third(host.socket_url());
  EXPECT_TRUE(third.wait_for("hello"));
}

TEST(Viewers, WhoAskForAnUnknownStreamGet404) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  SignallingClient lost(host.url("/elsewhere", "ws"));
  ASSERT_TRUE(lost.wait_closed());
  EXPECT_EQ(lost.seen().upgrade_status, 404);
}

TEST(Viewers, WithoutACommonCodecAreToldWhatWasOffered) {
  const HostPipeline host(std::string(kLiveVideo) + "video-caps=video/x-vp8;video/x-vp9");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.answer());
  ASSERT_TRUE(viewer.signalling().wait_closed());
  const auto seen = viewer.signalling().seen();
  EXPECT_EQ(seen.text("error", "code"), "no-common-codec");
  EXPECT_THAT(seen.text("error", "message"), AllOf(HasSubstr("VP8"), HasSubstr("VP9")));
  EXPECT_EQ(seen.text("bye", "reason"), "error");
}

TEST(Viewers, AreToldWhatIsWrongWithTheirMessages) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  auto& signalling = viewer.signalling();
  std::size_t errors = 0;
  const auto next_error = [&](const std::string& text) {
    signalling.send(text);
    ++errors;
    EXPECT_TRUE(signalling.wait([&](const auto& seen) { return seen.count("error") == errors; }));
    std::string code;
    for (const auto& message : signalling.seen().messages) {
      if (message.type == "error") code = message.data.string("code").value_or("none");
    }
    return code;
  };
  ASSERT_TRUE(signalling.wait_for("sdp"));
  EXPECT_EQ(next_error("hello?"), "bad-json");
  EXPECT_EQ(next_error("[]"), "bad-json");
  EXPECT_EQ(next_error("{}"), "bad-message");
  EXPECT_EQ(next_error(R"({"type":"sdp"})"), "bad-message");
  EXPECT_EQ(next_error(R"({"type":"ice","data":{"candidate":"x","sdpMLineIndex":-1}})"),
            "bad-message");
  EXPECT_EQ(next_error(R"({"type":"ice","data":{"candidate":"x","sdpMLineIndex":0}})"),
            "bad-candidate");
  // None of it matters to what follows.
  EXPECT_TRUE(viewer.watch());
}

TEST(Viewers, WithGarbageForAnAnswerAreLetGo) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.answer([](std::string& sdp) { sdp = "v=0\r\ngarbage"; }));
  ASSERT_TRUE(viewer.signalling().wait_closed());
  EXPECT_EQ(viewer.signalling().seen().text("error", "code"), "bad-sdp");
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 0; }));
}

TEST(Viewers, WhoVanishOrLeaveAreForgotten) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer staying(host.socket_url());
  ASSERT_TRUE(staying.watch());
  {
    Viewer killed(host.socket_url());
    ASSERT_TRUE(killed.watch());
    EXPECT_EQ(host.number("viewers"), 2U);
    killed.signalling().vanish();
    EXPECT_TRUE(eventually([&] { return host.number("viewers") == 1; }));
  }
  Viewer polite(host.socket_url());
  ASSERT_TRUE(polite.watch());
  polite.signalling().send(R"({"type":"bye","data":{}})");
  EXPECT_TRUE(polite.signalling().wait_closed());
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 1; }));
  EXPECT_TRUE(staying.wait_media(30));
}

TEST(Viewers, SilentOnesDisturbNobody) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer watching(host.socket_url());
  ASSERT_TRUE(watching.watch());
  std::vector<std::unique_ptr<SignallingClient>> silent;
  for (int i = 0; i < 5; ++i) {
    silent.push_back(std::make_unique<SignallingClient>(host.socket_url()));
    ASSERT_TRUE(silent.back()->wait_for("sdp"));
  }
  EXPECT_TRUE(watching.wait_media(90));
}

TEST(Viewers, HundredMayComeAtOnceAndGo) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer watching(host.socket_url());
  ASSERT_TRUE(watching.watch());
  {
    std::vector<std::unique_ptr<SignallingClient>> crowd;
    for (int i = 0; i < 100; ++i)
      crowd.push_back(std::make_unique<SignallingClient>(host.socket_url()));
    for (const auto& client : crowd) ASSERT_TRUE(client->wait_for("sdp"));
    EXPECT_EQ(host.number("viewers"), 101U);
    EXPECT_TRUE(watching.wait_media(30));
  }
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 1; }));
  EXPECT_TRUE(watching.wait_media(30));
  Viewer late(host.socket_url());
  EXPECT_TRUE(late.watch());
}

TEST(Viewers, StayWhenTheSourceChangesItsSize) {
  const HostPipeline host(
      "videotestsrc is-live=true ! "
      "capsfilter name=size caps=video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
      "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  const auto caps = Ref<GstCaps>::adopt(
      gst_caps_from_string("video/x-raw,format=I420,width=320,height=240,framerate=30/1"));
  g_object_set(host.element("size").get(), "caps", caps.get(), nullptr);
  EXPECT_TRUE(eventually([&] {
    return http_get(host.url("/api/streams")).body.find("\"width\":320") != std::string::npos;
  }));
  EXPECT_TRUE(viewer.wait_media(30));
  EXPECT_FALSE(viewer.signalling().seen().closed);
}

TEST(Viewers, AreAskedToComeAgainWhenTheSourceChangesItsCodec) {
  const HostPipeline host(
      "input-selector name=selector ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output " +
      raw_video() + "! x264enc tune=zerolatency key-int-max=15 ! h264parse ! selector.sink_0 " +
      raw_video() + "! vp8enc deadline=1 keyframe-max-dist=15 ! selector.sink_1");
  ASSERT_TRUE(host.play());
  Viewer before(host.socket_url());
  ASSERT_TRUE(before.watch());
  const auto selector = host.element("selector");
  const auto other = Ref<GstPad>::adopt(gst_element_get_static_pad(selector.get(), "sink_1"));
  g_object_set(selector.get(), "active-pad", other.get(), nullptr);
  ASSERT_TRUE(before.signalling().wait_closed());
  EXPECT_EQ(before.signalling().seen().text("bye", "reason"), "restart");
  Viewer after(host.socket_url(), {"VP8"});
  EXPECT_TRUE(after.watch());
}

}  // namespace
}  // namespace webrtcserver::test
