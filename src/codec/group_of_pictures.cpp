// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/group_of_pictures.hpp"

namespace webrtcserver {

void GroupOfPictures::push(const RtpFramePtr& frame) {
  if (frame->key_frame) {
    clear();
  } else if (frames_.empty()) {
    return;
  }
  frames_.push_back(frame);
  size_ += frame->size;
  if (!within_limits()) clear();
}

void GroupOfPictures::clear() {
  // A dropped group's capacity is not worth keeping: the next one is usually far smaller.
  std::vector<RtpFramePtr>().swap(frames_);
  size_ = 0;
}

GstClockTime GroupOfPictures::duration() const {
  if (frames_.empty()) return 0;
  const GstClockTime first = frames_.front()->time;
  const GstClockTime last = frames_.back()->time;
  return last > first ? last - first : 0;
}

bool GroupOfPictures::within_limits() const {
  return size_ <= limits_.bytes && frames_.size() <= limits_.frames &&
         duration() <= limits_.duration;
}

}  // namespace webrtcserver
