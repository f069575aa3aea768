// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_log.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/json.hpp"

using webrtcserver::JsonWriter;
using webrtcserver::Ref;

namespace {

constexpr int kBits = 8;
constexpr int kSample = 8;          // pixels square that are averaged in the middle of a cell
constexpr int kLeastContrast = 60;  // of 255, between the cells of one bit
constexpr std::size_t kMostEntries = 100000;

int mean(const GstVideoFrame& frame, guint plane, int x, int y) {
  const auto* data = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
  int sum = 0;
  for (int row = y - kSample / 2; row < y + kSample / 2; ++row)
    for (int column = x - kSample / 2; column < x + kSample / 2; ++column)
      sum += data[row * stride + column];
  return sum / (kSample * kSample);
}

std::optional<int> read_code(const GstVideoFrame& frame) {
  const int width = GST_VIDEO_FRAME_WIDTH(&frame);
  const int height = GST_VIDEO_FRAME_HEIGHT(&frame);
  if (width < 2 * kBits * kSample || height < 4 * kSample) return std::nullopt;
  int code = 0;
  for (int bit = 0; bit < kBits; ++bit) {
    const int x = width * (2 * bit + 1) / (2 * kBits);
    const int difference = mean(frame, 0, x, height / 4) - mean(frame, 0, x, height * 3 / 4);
    if (std::abs(difference) < kLeastContrast) return std::nullopt;
    code = code * 2 + (difference > 0 ? 1 : 0);
  }
  return code;
}

double read_peak(GstBuffer* buffer) {
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return 0;
  int peak = 0;
  for (gsize i = 0; i + 1 < map.size; i += 2)
    peak = std::max(peak, std::abs(static_cast<int>(static_cast<gint16>(
                              static_cast<guint16>(map.data[i] | (map.data[i + 1] << 8))))));
  gst_buffer_unmap(buffer, &map);
  return peak / 32768.0;
}

}  // namespace

MediaLog::MediaLog(Ref<GstPad> pad) : pad_(std::move(pad)) {
  probe_ = gst_pad_add_probe(pad_.get(), GST_PAD_PROBE_TYPE_BUFFER, on_buffer, this, nullptr);
}

MediaLog::~MediaLog() {
  gst_pad_remove_probe(pad_.get(), probe_);
}

GstPadProbeReturn MediaLog::on_buffer(GstPad* pad, GstPadProbeInfo* info, gpointer log) {
  static_cast<MediaLog*>(log)->add(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

void MediaLog::add(GstPad* pad, GstBuffer* buffer) {
  Entry entry;
  entry.arrival = g_get_monotonic_time() / 1000;
  const auto event = Ref<GstEvent>::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  if (event && GST_BUFFER_PTS_IS_VALID(buffer)) {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    const guint64 time =
        gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (GST_CLOCK_TIME_IS_VALID(time)) entry.time = static_cast<std::int64_t>(time / GST_MSECOND);
  }
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo format;
  GstVideoFrame frame;
  if (caps && gst_video_info_from_caps(&format, caps.get())) {
    entry.width = GST_VIDEO_INFO_WIDTH(&format);
    entry.height = GST_VIDEO_INFO_HEIGHT(&format);
    if (GST_VIDEO_INFO_FORMAT(&format) == GST_VIDEO_FORMAT_I420 &&
        gst_video_frame_map(&frame, &format, buffer, GST_MAP_READ)) {
      entry.code = read_code(frame);
      if (std::min(entry.width, entry.height) > 4 * kSample) {
        entry.blue = mean(frame, 1, entry.width / 4, entry.height / 4);
        entry.red = mean(frame, 2, entry.width / 4, entry.height / 4);
      }
      gst_video_frame_unmap(&frame);
    }
  } else {
    entry.peak = read_peak(buffer);
  }
  const std::scoped_lock lock(mutex_);
  if (entries_.size() < kMostEntries) entries_.push_back(entry);
}

std::string MediaLog::take() {
  std::vector<Entry> entries;
  {
    const std::scoped_lock lock(mutex_);
    entries.swap(entries_);
  }
  std::string text;
  for (const Entry& entry : entries) {
    JsonWriter writer;
    writer.begin().add("arrival", entry.arrival).add("time", entry.time);
    if (entry.width > 0)
      writer.add("width", entry.width)
          .add("height", entry.height)
          .add("code", entry.code.value_or(-1))
          .add("blue", entry.blue)
          .add("red", entry.red);
    else
      writer.add("peak", entry.peak);
    text += (text.empty() ? "" : ",") + writer.end().text();
  }
  return text;
}
