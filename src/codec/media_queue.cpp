// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/media_queue.hpp"

#include <utility>

#include "codec/retime.hpp"

namespace webrtcserver {

namespace {

// The flags are the buffer's own, its memory is shared. gst_buffer_make_writable() would copy
// memory that is marked unshareable, and give null where a device's cannot be copied.
void mark_discontinuous(Ref<GstBuffer>& buffer) {
  if (!gst_buffer_is_writable(buffer.get())) buffer = share(buffer);
  GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
}

}  // namespace

bool MediaQueue::push(MediaFrame frame) {
  const std::scoped_lock lock(mutex_);
  if (flushing_ || ended_) return true;
  const bool dependent = frame.succession == Succession::kDependent;
  if (paused_) {
    ++dropped_;
    interrupted_ = true;
    return true;
  }
  if (dependent && interrupted_ && !frame.key_frame) {
    ++dropped_;
    return false;
  }
  bool whole = true;
  if (is_full(frame)) {
    if (dependent) {
      drop_all();
      whole = frame.key_frame;
      if (!whole) {
        ++dropped_;
        return false;
      }
    }
    while (!frames_.empty() && is_full(frame)) drop_oldest();
  }
  frame.discontinuous = std::exchange(interrupted_, false);
  bytes_ += gst_buffer_get_size(frame.buffer.get());
  frames_.push_back(std::move(frame));
  changed_.notify_one();
  return whole;
}

bool MediaQueue::is_full(const MediaFrame& next) const {
  if (frames_.empty()) return false;
  if (next.succession == Succession::kFree && frames_.size() >= limits_.frames) return true;
  if (bytes_ + gst_buffer_get_size(next.buffer.get()) > kMaxBytes) return true;
  const GstClockTime oldest = frames_.front().time;
  return next.time > oldest && next.time - oldest > limits_.time;
}

void MediaQueue::drop_oldest() {
  bytes_ -= gst_buffer_get_size(frames_.front().buffer.get());
  frames_.pop_front();
  ++dropped_;
  (frames_.empty() ? interrupted_ : frames_.front().discontinuous) = true;
}

void MediaQueue::drop_all() {
  dropped_ += static_cast<unsigned>(frames_.size());
  frames_.clear();
  bytes_ = 0;
  interrupted_ = true;
}

MediaQueue::Event MediaQueue::pop(MediaFrame& frame, Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return flushing_ || ended_ || (!paused_ && !frames_.empty()); };
  if (!changed_.wait_until(lock, deadline, ready)) return Event::kTimeout;
  if (flushing_) return Event::kFlushing;
  if (frames_.empty()) return Event::kEnd;
  frame = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= gst_buffer_get_size(frame.buffer.get());
  if (frame.discontinuous) mark_discontinuous(frame.buffer);
  return Event::kFrame;
}

void MediaQueue::set_flushing(bool flushing) {
  const std::scoped_lock lock(mutex_);
  flushing_ = flushing;
  if (!flushing) ended_ = false;
  drop_all();
  changed_.notify_all();
}

void MediaQueue::set_paused(bool paused) {
  const std::scoped_lock lock(mutex_);
  if (paused_ == paused) return;
  paused_ = paused;
  if (paused) drop_all();
  changed_.notify_all();
}

void MediaQueue::end() {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void MediaQueue::clear() {
  const std::scoped_lock lock(mutex_);
  interrupted_ = true;
}

unsigned MediaQueue::dropped() const {
  const std::scoped_lock lock(mutex_);
  return dropped_;
}

}  // namespace webrtcserver
