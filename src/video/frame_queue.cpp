// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/frame_queue.hpp"

#include <string_view>
#include <utility>

namespace webrtcserver {

namespace {

constexpr std::size_t kWaiting = 4;  // frames that are read ahead
constexpr std::size_t kLive = 3;     // a frame that waits is a frame late
constexpr std::size_t kLiveEncoded = 120;
constexpr unsigned kPatience = 30;              // frames until a key frame is asked for again
constexpr gsize kMostBytes = gsize{64} << 20U;  // of encoded frames

bool is_raw(GstSample* frame) {
  const GstCaps* caps = gst_sample_get_caps(frame);
  return caps && gst_caps_get_size(caps) > 0 &&
         std::string_view(gst_structure_get_name(gst_caps_get_structure(caps, 0))) == "video/x-raw";
}

gsize size_of(GstSample* frame) {
  return gst_buffer_get_size(gst_sample_get_buffer(frame));
}

}  // namespace

bool FrameQueue::is_full(Succession succession) const {
  switch (succession) {
    case Succession::kWait:
      return frames_.size() >= kWaiting;
    case Succession::kFree:
      return frames_.size() >= kLive;
    case Succession::kDependent:
      return frames_.size() >= kLiveEncoded || bytes_ > kMostBytes;
  }
  return true;
}

void FrameQueue::drop_all() {
  counts_.dropped += frames_.size();
  frames_.clear();
  bytes_ = 0;
  interrupted_ = true;
  missed_ = 0;
}

bool FrameQueue::push(Ref<GstSample> frame, Succession succession) {
  std::unique_lock lock(mutex_);
  if (succession == Succession::kWait) {
    changed_.wait(lock, [&] { return ended_ || failed_ || !is_full(succession); });
  }
  if (ended_ || failed_) return false;
  if (succession == Succession::kFree && is_full(succession)) {
    bytes_ -= size_of(frames_.front().get());
    frames_.pop_front();
    ++counts_.dropped;
  }
  if (!is_raw(frame.get())) {
    if (succession == Succession::kDependent && is_full(succession)) drop_all();
    GstBuffer* buffer = gst_sample_get_buffer(frame.get());
    if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) {
      interrupted_ = false;
    } else if (interrupted_) {
      ++counts_.dropped;
      if (missed_++ % kPatience == 0) wishes_ = true;
      return true;
    }
  }
  bytes_ += size_of(frame.get());
  frames_.push_back(std::move(frame));
  lock.unlock();
  changed_.notify_all();
  return true;
}

bool FrameQueue::take_key_frame_wish() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(wishes_, false);
}

bool FrameQueue::wait(std::unique_lock<std::mutex>& lock, const Deadline& deadline) {
  const auto settled = [&] { return ended_ || failed_ || !frames_.empty(); };
  if (deadline) return changed_.wait_until(lock, *deadline, settled);
  changed_.wait(lock, settled);
  return true;
}

void FrameQueue::throw_failure(std::unique_lock<std::mutex>& lock) {
  const std::exception_ptr reason = std::exchange(failure_, nullptr);
  if (!reason) return;
  lock.unlock();
  std::rethrow_exception(reason);
}

Ref<GstSample> FrameQueue::pop(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!wait(lock, deadline)) return nullptr;
  if (frames_.empty()) {
    throw_failure(lock);
    return nullptr;
  }
  auto frame = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= size_of(frame.get());
  ++counts_.taken;
  if (limit_ > 0 && counts_.taken >= limit_) {
    ended_ = true;
    failure_ = nullptr;
    frames_.clear();
    bytes_ = 0;
  }
  lock.unlock();
  changed_.notify_all();
  return frame;
}

bool FrameQueue::wait_for_frame(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!wait(lock, deadline)) return false;
  if (frames_.empty()) throw_failure(lock);
  return true;
}

void FrameQueue::end() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

void FrameQueue::fail(std::exception_ptr reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (ended_ || failed_) return;
    failed_ = true;
    failure_ = std::move(reason);
  }
  changed_.notify_all();
}

void FrameQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    failure_ = nullptr;
    frames_.clear();
    bytes_ = 0;
  }
  changed_.notify_all();
}

bool FrameQueue::is_open() const {
  const std::scoped_lock lock(mutex_);
  return !frames_.empty() || failure_ || (!ended_ && !failed_);
}

FrameQueue::Counts FrameQueue::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

}  // namespace webrtcserver
