// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_metadata.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.hpp"
#include "regions.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// What is around the data in a message, at most: two sizes, a timestamp and the pad's name.
constexpr std::size_t kAround = 256;
// Frames without a region that are told of behind one that had some. One message may be lost.
constexpr unsigned kFarewells = 3;

}  // namespace

FrameMetadata::FrameMetadata(std::string media, Send send)
    : media_(std::move(media)), send_(std::move(send)) {}

void FrameMetadata::set_sources(unsigned sources) {
  const std::scoped_lock lock(mutex_);
  sources_ = sources;
  frames_.clear();
  awaited_.clear();
}

void FrameMetadata::take(GstBuffer* buffer, GstClockTime time, const GstCaps* caps) {
  Frame frame{GST_BUFFER_PTS(buffer), time, 0, 0};
  unsigned sources = 0;
  std::deque<Awaited> awaited;
  {
    const std::scoped_lock lock(mutex_);
    sources = sources_;
    if (sources == 0) return;
    if (caps && gst_caps_get_size(caps) > 0) {
      const GstStructure* structure = gst_caps_get_structure(caps, 0);
      gst_structure_get_int(structure, "width", &frame.width);
      gst_structure_get_int(structure, "height", &frame.height);
    }
    remember(frame);
    awaited = take_awaited(frame.pts);
  }
  if (sources & kFrameRegions) send_regions(buffer, frame);
  for (const Awaited& item : awaited) say(frame, item.json);
}

void FrameMetadata::say(const Frame& frame, const std::string& json) {
  try {
    send_(make_note(frame, json));
  } catch (const Error& error) {
    if (!std::exchange(warned_, true)) GST_WARNING("%s: %s", media_.c_str(), error.what());
  }
}

void FrameMetadata::send_regions(GstBuffer* buffer, const Frame& frame) {
  const Regions regions = read_regions(buffer, FrameNote::kMaxSize - kAround);
  if (!regions.complete && !std::exchange(warned_, true)) {
    GST_WARNING("%s: a frame has more regions than browsers are sent at once; the first %zu are.",
                media_.c_str(), regions.count);
  }
  if (regions.count > 0) empty_ = kFarewells;
  if (regions.count > 0 || empty_ > 0) say(frame, regions.json);
  if (regions.count == 0 && empty_ > 0) --empty_;
}

void FrameMetadata::tell(GstClockTime pts, const std::string& json) {
  // Good for any frame, whatever its size: nothing is found out when it comes.
  make_note({pts, 0, G_MAXINT, G_MAXINT}, json);
  std::optional<Frame> frame;
  {
    const std::scoped_lock lock(mutex_);
    if (!(sources_ & kFrameApplication)) {
      throw Error(ErrorCode::kFailed, "frame-metadata has no flag \"application\".");
    }
    frame = find(pts);
    if (!frame) await(pts, json);
  }
  if (frame) send_(make_note(*frame, json));
}

void FrameMetadata::await(GstClockTime pts, const std::string& json) {
  if (!GST_CLOCK_TIME_IS_VALID(pts))
    throw Error(ErrorCode::kFailed, media_ + ": no frame has come yet.");
  const bool is_past =
      !frames_.empty() && GST_CLOCK_TIME_IS_VALID(frames_.back().pts) && pts < frames_.back().pts;
  if (is_past) {
    throw Error(ErrorCode::kFailed,
                media_ + ": no frame with the PTS " + std::to_string(pts) +
                    " ns is remembered; it came too long ago, or has another PTS here.");
  }
  if (awaited_.size() >= kMaxAwaited) awaited_.pop_front();
  awaited_.push_back({pts, json});
}

void FrameMetadata::remember(const Frame& frame) {
  if (frames_.size() >= kRemembered) frames_.pop_front();
  frames_.push_back(frame);
}

std::deque<FrameMetadata::Awaited> FrameMetadata::take_awaited(GstClockTime pts) {
  std::deque<Awaited> taken;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return taken;
  const auto rest = std::stable_partition(awaited_.begin(), awaited_.end(),
                                          [&](const Awaited& item) { return item.pts != pts; });
  std::move(rest, awaited_.end(), std::back_inserter(taken));
  awaited_.erase(rest, awaited_.end());
  return taken;
}

std::optional<FrameMetadata::Frame> FrameMetadata::find(GstClockTime pts) const {
  if (frames_.empty()) return {};
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return frames_.back();
  // From the newest: after a seek the same PTS comes again.
  const auto found = std::find_if(frames_.rbegin(), frames_.rend(),
                                  [&](const Frame& frame) { return frame.pts == pts; });
  return found == frames_.rend() ? std::nullopt : std::optional(*found);
}

FrameMetadata::Note FrameMetadata::make_note(const Frame& frame, const std::string& json) const {
  return std::make_shared<FrameNote>(
      FrameNote::Frame{media_, frame.time, frame.width, frame.height}, json);
}

}  // namespace webrtcserver
