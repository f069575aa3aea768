// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/peer_feed.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// Fast enough that a 10 s group of 4 Mbit/s arrives within a second, slow enough for a socket
// buffer and a wireless link.
constexpr double kReplayRate = 48e6 / 8;  // bytes/s

// Replayed frames are presented this far apart, right before the first live one: the browser
// decodes through them at once instead of playing the past.
constexpr GstClockTime kReplaySpacing = GST_MSECOND;

}  // namespace

PeerFeed::PeerFeed(MediaKind kind, std::function<void()> want_key_frame, std::string name)
    : kind_(kind), want_key_frame_(std::move(want_key_frame)), name_(std::move(name)) {}

void PeerFeed::push(const RtpFramePtr& frame) {
  const std::scoped_lock lock(mutex_);
  if (flushing_) return;
  if (waiting_for_key_frame_ && !frame->key_frame) {
    ++statistics_.dropped_frames;
    return;
  }
  if (behind(*frame)) {
    drop_all();
    if (frame->key_frame) {
      // It stands alone, as every audio frame does: what came before it is late and not needed.
      key_frame_missed_ = false;
    } else {
      ++statistics_.dropped_frames;
      changed_.notify_one();
      return;
    }
  }
  waiting_for_key_frame_ = false;
  items_.push_back({frame, frame->time, false});
  bytes_ += frame->size;
  changed_.notify_one();
}

void PeerFeed::replay(const std::vector<RtpFramePtr>& frames) {
  if (frames.empty()) return;
  const std::scoped_lock lock(mutex_);
  if (flushing_) return;
  const GstClockTime last = frames.back()->time;
  const bool paced = frames.size() > 1;
  catching_up_ = paced;
  GstClockTime age = kReplaySpacing * (frames.size() - 1);
  for (const RtpFramePtr& frame : frames) {
    items_.push_back({frame, last > age ? last - age : 0, paced});
    if (!paced) bytes_ += frame->size;
    age -= age > 0 ? kReplaySpacing : 0;
  }
  waiting_for_key_frame_ = false;
  changed_.notify_one();
}

void PeerFeed::drop_all() {
  statistics_.dropped_frames += items_.size();
  items_.clear();
  catching_up_ = false;
  bytes_ = 0;
  waiting_for_key_frame_ = true;
  key_frame_missed_ = true;
}

bool PeerFeed::behind(const RtpFrame& next) const {
  if (items_.empty()) return false;
  if (bytes_ + next.size > kMaxBytes) return true;
  // After a replay the joiner is catching up, not falling behind.
  const Item& oldest = items_.front();
  return !catching_up_ && next.time > oldest.time && next.time - oldest.time > kMaxDelay;
}

void PeerFeed::start(const RtpRewriter::Settings& settings) {
  const std::scoped_lock lock(mutex_);
  if (rewriter_) return;  // pop() may be using it
  rewriter_.emplace(settings);
  changed_.notify_one();
}

Ref<GstBufferList> PeerFeed::pop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(
        lock, [this] { return flushing_ || key_frame_missed_ || (rewriter_ && !items_.empty()); });
    if (flushing_) return nullptr;
    if (key_frame_missed_) {
      key_frame_missed_ = false;
      lock.unlock();
      GST_DEBUG("peer %s: its %s fell behind, and resumes at the next key frame", name_.c_str(),
                to_string(kind_));
      want_key_frame_();
      lock.lock();
      continue;
    }
    if (!items_.front().paced || Clock::now() >= replay_resumes_) break;
    changed_.wait_until(lock, replay_resumes_);
  }
  const Item item = std::move(items_.front());
  items_.pop_front();
  if (items_.empty()) catching_up_ = false;
  if (item.paced) {
    const std::chrono::duration<double> pause(static_cast<double>(item.frame->size) / kReplayRate);
    replay_resumes_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(pause);
  } else {
    bytes_ -= item.frame->size;
  }
  ++statistics_.frames;
  statistics_.key_frames += item.frame->key_frame ? 1 : 0;
  statistics_.packets += gst_buffer_list_length(item.frame->packets.get());
  statistics_.bytes += item.frame->size;
  lock.unlock();
  return rewriter_->rewrite(*item.frame, item.time);
}

void PeerFeed::set_flushing(bool flushing) {
  const std::scoped_lock lock(mutex_);
  flushing_ = flushing;
  if (flushing) {
    items_.clear();
    bytes_ = 0;
  }
  waiting_for_key_frame_ = true;
  changed_.notify_all();
}

std::optional<std::uint32_t> PeerFeed::timestamp(GstClockTime time) const {
  const std::scoped_lock lock(mutex_);
  return rewriter_ ? std::optional(rewriter_->timestamp(time)) : std::nullopt;
}

PeerFeed::Statistics PeerFeed::statistics() const {
  const std::scoped_lock lock(mutex_);
  return statistics_;
}

}  // namespace webrtcserver
