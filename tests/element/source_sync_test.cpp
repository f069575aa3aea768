// SPDX-License-Identifier: LGPL-2.1-or-later
// Lip sync: what was seen and heard at one time by a publisher has one time in the pipeline, though
// one of the two is on its way for longer.
#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>

#include "host_pipeline.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::PrintToString;

// ITU-R BT.1359: sound that is 45 ms early is noticed, 125 ms late.
constexpr GstClockTimeDiff kNoticed = 45 * GST_MSECOND;

constexpr GstClockTime kPeriod = GST_SECOND;
constexpr GstClockTime kLength = 200 * GST_MSECOND;
constexpr GstClockTime kPause = 400 * GST_MSECOND;  // silence between two beeps is longer

// A camera or an encoder that takes its time.
constexpr char kLate[] =
    "! queue max-size-buffers=0 max-size-bytes=0 max-size-time=2000000000 "
    "min-threshold-time=300000000 ";

// Black and silent; what is seen and heard is put in later.
RemotePeer::Source source_of(const std::string& kind, const std::string& late) {
  const std::string description =
      kind == "video" ? "videotestsrc is-live=true pattern=black "
                        "! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
                      : "audiotestsrc is-live=true wave=silence samplesperbuffer=480 "
                        "! audio/x-raw,format=S16LE,rate=48000,channels=1 ";
  return {kind, description + (kind == late ? kLate : "")};
}

// Where brightness or sound begins after a pause. A streaming thread notes, the test reads.
class Onsets {
 public:
  void note(GstClockTime time, bool on) {
    if (!on) return;
    const std::scoped_lock lock(mutex_);
    if (!last_on_ || time > *last_on_ + kPause) all_.push_back(time);
    last_on_ = time;
  }
  std::vector<GstClockTime> all() const {
    const std::scoped_lock lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<GstClockTime> last_on_;  // guarded by mutex_
  std::vector<GstClockTime> all_;        // guarded by mutex_
};

template <typename Visit>
void watch(const Ref<GstPad>& pad, Visit visit) {
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* probed, GstPadProbeInfo* info, gpointer data) {
        GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
        GST_PAD_PROBE_INFO_DATA(info) = buffer;
        const auto event =
            Ref<GstEvent>::adopt(gst_pad_get_sticky_event(probed, GST_EVENT_SEGMENT, 0));
        const GstSegment* segment = nullptr;
        gst_event_parse_segment(event.get(), &segment);
        (*static_cast<Visit*>(data))(
            buffer, gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer)));
        return GST_PAD_PROBE_OK;
      },
      new Visit(std::move(visit)), [](gpointer data) { delete static_cast<Visit*>(data); });
}

Ref<GstPad> input_of(const Ref<GstElement>& element) {
  return Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "sink"));
}

bool is_flash(GstClockTime time) {
  return time % kPeriod < kLength;
}

// White pictures in the first fifth of each second of the publisher's time; `onsets`: when.
void paint(GstBuffer* buffer, GstClockTime time, Onsets& onsets) {
  const bool on = is_flash(time);
  if (on) gst_buffer_memset(buffer, 0, 235, 160 * 120);
  onsets.note(time, on);
}

// A square wave at the same time.
void beep(GstBuffer* buffer, GstClockTime time, Onsets& onsets) {
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
  auto* samples = reinterpret_cast<gint16*>(map.data);
  for (gsize i = 0; i < map.size / sizeof *samples; ++i) {
    const GstClockTime at = time + gst_util_uint64_scale(i, GST_SECOND, 48000);
    if (!is_flash(at)) continue;
    samples[i] = static_cast<gint16>(at / GST_MSECOND % 2 == 0 ? 16000 : -16000);
    onsets.note(at, true);
  }
  gst_buffer_unmap(buffer, &map);
}

void look(GstBuffer* buffer, GstClockTime time, Onsets& onsets) {
  guint8 luma = 0;
  gst_buffer_extract(buffer, 160 * 60 + 80, &luma, 1);
  onsets.note(time, luma > 128);
}

void listen(GstBuffer* buffer, GstClockTime time, Onsets& onsets) {
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(buffer, &map, GST_MAP_READ));
  const auto* samples = reinterpret_cast<const gint16*>(map.data);
  for (gsize i = 0; i < map.size / sizeof *samples; ++i) {
    const GstClockTime at = time + gst_util_uint64_scale(i, GST_SECOND, 48000);
    onsets.note(at, std::abs(int{samples[i]}) > 4000);
  }
  gst_buffer_unmap(buffer, &map);
}

// From the beginning of a sound to that of the picture that belongs to it: the nearest one.
std::vector<GstClockTimeDiff> distances(const Onsets& pictures, const Onsets& sounds) {
  std::vector<GstClockTimeDiff> result;
  const auto all = sounds.all();
  for (const GstClockTime picture : pictures.all()) {
    std::optional<GstClockTimeDiff> nearest;
    for (const GstClockTime sound : all) {
      const auto distance = GST_CLOCK_DIFF(sound, picture);
      if (!nearest || std::abs(distance) < std::abs(*nearest)) nearest = distance;
    }
    if (nearest && !all.empty() && picture <= all.back()) result.push_back(*nearest);
  }
  return result;
}

class SourceSync : public ::testing::TestWithParam<const char*> {};

TEST_P(SourceSync, PictureAndSoundKeepTheirDistance) {
  // They outlive the pipelines that note into them.
  Onsets seen;
  Onsets heard;
  Onsets painted;
  Onsets beeped;
  const HostPipeline host(
      "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=100 "
      "source. ! videoconvert ! video/x-raw,format=I420 "
      "! fakesink name=video sync=false async=false "
      "source. ! audioconvert ! audio/x-raw,format=S16LE,channels=1 "
      "! fakesink name=audio sync=false async=false");
  watch(input_of(host.element("video")),
        [&](GstBuffer* buffer, GstClockTime time) { look(buffer, time, seen); });
  watch(input_of(host.element("audio")),
        [&](GstBuffer* buffer, GstClockTime time) { listen(buffer, time, heard); });
  ASSERT_TRUE(host.start());

  Publisher publisher(host.url("/input", "ws"),
                      {source_of("video", GetParam()), source_of("audio", GetParam())},
                      {"VP8", "OPUS"});
  ASSERT_TRUE(publisher.answer());
  const RemotePeer& peer = publisher.peer();
  // As browsers do: the sender's reports tell when something was taken, not when it was sent.
  g_object_set(peer.element("rtpbin").get(), "rtcp-sync-send-time", FALSE, nullptr);
  watch(input_of(peer.element("video-encoder")),
        [&](GstBuffer* buffer, GstClockTime time) { paint(buffer, time, painted); });
  watch(input_of(peer.element("audio-encoder")),
        [&](GstBuffer* buffer, GstClockTime time) { beep(buffer, time, beeped); });
  ASSERT_TRUE(publisher.wait_live());

  // Nobody knows before the sender's first reports, which come within seconds.
  constexpr std::size_t kInTurn = 3;
  std::vector<GstClockTimeDiff> received;
  std::vector<GstClockTimeDiff> sent;
  const auto in_sync = [&] {
    received = distances(seen, heard);
    sent = distances(painted, beeped);
    if (received.size() < kInTurn || sent.empty()) return false;
    return std::all_of(received.end() - kInTurn, received.end(), [&](GstClockTimeDiff distance) {
      return std::abs(distance - sent.back()) <= kNoticed;
    });
  };
  EXPECT_TRUE(eventually(in_sync) || eventually(in_sync))
      << "in ns, sent " << PrintToString(sent) << ", received " << PrintToString(received);
}

INSTANTIATE_TEST_SUITE_P(Late, SourceSync, ::testing::Values("", "video", "audio"),
                         [](const auto& late) {
                           return std::string(*late.param ? late.param : "nothing");
                         });

}  // namespace
}  // namespace webrtcserver::test
