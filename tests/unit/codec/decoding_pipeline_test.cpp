// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoding_pipeline.hpp"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "media.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using testing::make_media;
using testing::Media;

constexpr std::array kOutputs{DecoderOutput{"video/x-raw", "videoconvert"}};
constexpr std::array kAsk{PropertySetting{"automatic-request-sync-points", "true"}};
constexpr Decoder kOpenH264{"H264", "openh264dec", kOutputs, kAsk};

class Listener final : public DecodingPipeline::Listener {
 public:
  void on_frame(unsigned /*serial*/, MediaFrame /*frame*/) override { count(frames); }
  void on_key_frame_missed() override { count(missed); }
  Ref<GstContext> find_context(const char* /*type*/) override { return {}; }
  void on_context_made(const Ref<GstContext>& /*context*/) override {}
  void on_pipeline_error(unsigned /*serial*/, const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    error_ = message;
    changed_.notify_all();
  }

  // "": `counter` is at least one; or why it never will be.
  std::string wait(const int& counter) {
    std::unique_lock lock(mutex_);
    const bool came =
        changed_.wait_for(lock, test::kPatience, [&] { return counter > 0 || !error_.empty(); });
    return came ? error_ : "nothing happened";
  }

  int frames = 0;  // guarded by mutex_
  int missed = 0;  // guarded by mutex_

 private:
  void count(int& counter) {
    const std::scoped_lock lock(mutex_);
    ++counter;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string error_;  // guarded by mutex_
};

Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

// As browsers offer it: the parameter sets are in the packets, and nowhere else.
PacketFormat h264() {
  return {find_codec("H264"),
          caps("application/x-rtp,media=video,clock-rate=90000,payload=96,encoding-name=H264")};
}

Media h264_packets() {
  return make_media(
      "videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! "
      "x264enc tune=zerolatency key-int-max=2 ! video/x-h264,profile=constrained-baseline ! "
      "rtph264pay pt=96 config-interval=-1 aggregate-mode=none");
}

int nal_type(const Ref<GstBuffer>& packet) {
  guint8 header = 0;
  gst_buffer_extract(packet.get(), 12, &header, 1);
  return header & 0x1f;
}

Ref<GstEvent> loss() {
  GstStructure* what = gst_structure_new("GstRTPPacketLost", "timestamp", G_TYPE_UINT64, GST_SECOND,
                                         "duration", G_TYPE_UINT64, GST_SECOND / 30, nullptr);
  return Ref<GstEvent>::adopt(gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, what));
}

// openh264dec takes no caps before the picture's size is known, and so no segment either. A hole
// that reached it then was a critical of GStreamer's: it asks for a key frame by the segment's
// time.
TEST(DecodingPipelineTest, AHoleAheadOfTheFirstPictureAsksForAKeyFrameAndGoesNoFurther) {
  DecoderCatalogue catalogue(std::span(&kOpenH264, 1));
  const auto raw = caps("video/x-raw");
  const auto choices = catalogue.choices(*find_codec("H264"), raw.get());
  if (choices.empty()) GTEST_SKIP() << "openh264dec does not work here.";
  const auto listener = std::make_shared<Listener>();
  const Media media = h264_packets();
  DecodingPipeline pipeline({"video_0", h264(), choices.front(), raw, {}, 1}, listener);
  pipeline.start();
  // A key frame whose parameter sets were lost; garbage may look so too.
  std::size_t next = 0;
  while (nal_type(media.buffers.at(next)) != 5) ++next;
  pipeline.push(media.buffers[next++]);
  pipeline.lose(loss());
  EXPECT_EQ(listener->wait(listener->missed), "");
  while (next < media.buffers.size()) pipeline.push(media.buffers[next++]);
  EXPECT_EQ(listener->wait(listener->frames), "");
  pipeline.stop();
}

}  // namespace
}  // namespace webrtcserver
