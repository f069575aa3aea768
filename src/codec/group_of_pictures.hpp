// SPDX-License-Identifier: LGPL-2.1-or-later
// group_of_pictures.hpp — a bounded cache of the frames since the last key frame.
// Not thread-safe; its owner locks.
#pragma once

#include <vector>

#include "codec/rtp_frame.hpp"

namespace webrtcserver {

class GroupOfPictures {
 public:
  // A group that outgrows one of these is dropped whole, and nothing is offered until the next key
  // frame: the rest of it could not be decoded.
  struct Limits {
    gsize bytes = 24U << 20U;
    std::size_t frames = 1200;
    GstClockTime duration = 20 * GST_SECOND;
  };

  explicit GroupOfPictures(const Limits& limits) : limits_(limits) {}

  void push(const RtpFramePtr& frame);
  void clear();

  // Key frame first; empty when there is none to start from.
  const std::vector<RtpFramePtr>& frames() const { return frames_; }
  gsize size() const { return size_; }  // bytes
  GstClockTime duration() const;        // from the first frame to the last, by presentation time

 private:
  bool within_limits() const;

  Limits limits_;
  std::vector<RtpFramePtr> frames_;
  gsize size_ = 0;
};

}  // namespace webrtcserver
