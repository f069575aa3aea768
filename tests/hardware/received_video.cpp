// SPDX-License-Identifier: LGPL-2.1-or-later
#include "received_video.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "support/patience.hpp"
#include "support/rtp_frames.hpp"

namespace webrtcserver::test {

namespace {

constexpr unsigned kMostLost = 200;                // packets in a row
constexpr std::uint32_t kLongestGap = 30 * 90000;  // at 90 kHz: an encoder that starts anew

// RFC 6184: the type in the header, of each of an aggregate's units, or of a fragment's beginning.
bool begins_key_frame(const std::string& payload) {
  constexpr unsigned kIdr = 5;
  constexpr unsigned kTypes = 0x1f;
  constexpr unsigned kAggregate = 24;
  constexpr unsigned kFragment = 28;
  const auto byte = [&payload](std::size_t i) {
    return i < payload.size() ? static_cast<unsigned char>(payload[i]) : 0U;
  };
  const unsigned type = byte(0) & kTypes;
  if (type == kFragment) return (byte(1) & 0x80U) != 0 && (byte(1) & kTypes) == kIdr;
  if (type != kAggregate) return type == kIdr;
  for (std::size_t at = 1; at + 2 < payload.size(); at += 2 + (byte(at) << 8U) + byte(at + 1)) {
    if ((byte(at + 2) & kTypes) == kIdr) return true;
  }
  return false;
}

}  // namespace

void ReceivedVideo::listen(RemotePeer& peer) {
  peer.set_loss([this](const RemotePeer::Packet& packet) {
    const std::scoped_lock lock(mutex_);
    // Retransmissions are of another source.
    if (packets_.empty() || packets_.front().ssrc == packet.ssrc) packets_.push_back(packet);
    return false;
  });
}

std::vector<RemotePeer::Packet> ReceivedVideo::copy() const {
  const std::scoped_lock lock(mutex_);
  return packets_;
}

std::size_t ReceivedVideo::packets() const {
  const std::scoped_lock lock(mutex_);
  return packets_.size();
}

std::size_t ReceivedVideo::key_frames() const {
  std::size_t count = 0;
  std::uint32_t newest = 0;
  for (const auto& packet : copy()) {
    if (!begins_key_frame(packet.payload) || (count > 0 && packet.timestamp == newest)) continue;
    newest = packet.timestamp;
    ++count;
  }
  return count;
}

void ReceivedVideo::expect_one_stream() const {
  const auto packets = copy();
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const auto& before = packets[i - 1];
    const auto& now = packets[i];
    ASSERT_EQ(now.payload_type, before.payload_type);
    const auto step = static_cast<std::uint16_t>(now.sequence - before.sequence);
    ASSERT_TRUE(step >= 1 && step <= kMostLost)
        << "packet " << i << ": " << before.sequence << ", then " << now.sequence;
    ASSERT_LE(now.timestamp - before.timestamp, kLongestGap)
        << "packet " << i << ": " << before.timestamp << ", then " << now.timestamp;
  }
}

std::vector<Colour> ReceivedVideo::colours() const {
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(
      "appsrc name=packets format=time caps=application/x-rtp,media=video,encoding-name=H264,"
      "clock-rate=90000,payload=96 ! rtph264depay ! h264parse ! avdec_h264 ! videoconvert ! "
      "video/x-raw,format=RGB ! appsink name=pictures sync=false",
      &error));
  if (const Owned<GError> owned(error); owned) throw std::runtime_error(owned->message);
  const auto in = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "packets"));
  const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "pictures"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  for (auto packet : copy()) {
    packet.payload_type = 96;
    packet.extension.clear();
    auto buffer = make_packet(packet);
    GST_BUFFER_PTS(buffer.get()) = 0;
    gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer.release());
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  std::vector<Colour> colours;
  while (const auto sample = Ref<GstSample>::adopt(
             gst_app_sink_try_pull_sample(GST_APP_SINK(out.get()), kPatienceInNanoseconds))) {
    GstVideoInfo info;
    GstVideoFrame frame;
    gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get()));
    if (!gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ))
      continue;
    const auto* middle = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                         info.height / 2 * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) +
                         std::ptrdiff_t{3} * (info.width / 2);
    colours.push_back({middle[0], middle[1], middle[2]});
    gst_video_frame_unmap(&frame);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return colours;
}

}  // namespace webrtcserver::test
