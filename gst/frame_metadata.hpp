// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_metadata.hpp — what is known of the frames of one pad beside their pixels, on its way to
// browsers: regions that buffers carry, and what the application says of a frame, before that frame
// has come or while it is still remembered.
// take() comes from the pad's streaming thread, the rest from any.
#pragma once

#include <gst/gst.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "signalling/frame_note.hpp"

namespace webrtcserver {

// The flags of the property `frame-metadata`.
enum FrameMetadataSource : unsigned { kFrameRegions = 1, kFrameApplication = 2 };

class FrameMetadata {
 public:
  using Note = std::shared_ptr<const FrameNote>;
  // Called without a lock held, on the thread that has something to say. Must not block.
  using Send = std::function<void(const Note& note)>;

  // Seconds of any stream: a detector may be that late.
  static constexpr std::size_t kRemembered = 512;
  // What was said of frames that have not come yet.
  static constexpr std::size_t kMaxAwaited = 64;

  FrameMetadata(std::string media, Send send);

  // FrameMetadataSource; 0, as it is at first: nothing is done.
  void set_sources(unsigned sources);

  // A frame comes. `time` as in EncodingSet::push(), `caps` may be null.
  void take(GstBuffer* buffer, GstClockTime time, const GstCaps* caps);

  // `json` is known of the frame whose buffer has this PTS; GST_CLOCK_TIME_NONE: of the newest.
  // Throws Error: kProtocol for what is no JSON, kLimit for too much of it, kFailed for a frame
  // that is not remembered any more, or where the application is no source.
  void tell(GstClockTime pts, const std::string& json);

 private:
  struct Frame {
    GstClockTime pts;
    GstClockTime time;
    int width;
    int height;
  };
  struct Awaited {
    GstClockTime pts;
    std::string json;
  };

  void remember(const Frame& frame);                      // with mutex_ held
  std::deque<Awaited> take_awaited(GstClockTime pts);     // with mutex_ held
  std::optional<Frame> find(GstClockTime pts) const;      // with mutex_ held
  void await(GstClockTime pts, const std::string& json);  // with mutex_ held; throws as tell() does
  void send_regions(GstBuffer* buffer, const Frame& frame);           // streaming thread
  void say(const Frame& frame, const std::string& json);              // streaming thread
  Note make_note(const Frame& frame, const std::string& json) const;  // throws as tell() does

  const std::string media_;
  const Send send_;

  std::mutex mutex_;
  unsigned sources_ = 0;         // guarded by mutex_
  std::deque<Frame> frames_;     // guarded by mutex_; the newest last
  std::deque<Awaited> awaited_;  // guarded by mutex_

  // Streaming thread.
  unsigned empty_ = 0;  // frames without a region that are still told of
  bool warned_ = false;
};

}  // namespace webrtcserver
