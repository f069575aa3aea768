// SPDX-License-Identifier: LGPL-2.1-or-later
// media_queue.hpp — the queue between a decoding, which must never wait, and one pad of the host's
// pipeline, which may.
// push() comes from the decoding's thread; pop() runs on the pad's; the rest may come from any
// thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/ref.hpp"

namespace webrtcserver {

// What a frame needs of those before it decides how a full queue gives way.
enum class Succession {
  kFree,      // raw pictures: the oldest goes
  kDependent  // encoded pictures: all go, and what follows waits for a key frame
};

struct MediaFrame {
  Ref<GstBuffer> buffer;
  Ref<GstCaps> caps;
  GstClockTime time;  // of the clock
  bool key_frame;     // needs no frame before it
  Succession succession;
  bool discontinuous = false;  // the queue tells: something before it is missing
};

class MediaQueue {
 public:
  enum class Event { kFrame, kTimeout, kFlushing, kEnd };
  using Clock = std::chrono::steady_clock;

  struct Limits {
    GstClockTime time;   // between the oldest and the newest
    std::size_t frames;  // of kFree succession
  };

  // A picture that waits is a picture late; a recorder's disk may hold encoded ones up for longer.
  static constexpr Limits kVideo{2 * GST_SECOND, 3};
  static constexpr Limits kAudio{2 * GST_SECOND, 200};
  static constexpr gsize kMaxBytes = gsize{64} << 20U;

  explicit MediaQueue(Limits limits) : limits_(limits) {}

  // False: frames were dropped that others need; a key frame should come.
  bool push(MediaFrame frame);
  // Waits for a frame until `deadline`. What was queued comes before the end. The buffer of a frame
  // that follows a gap carries GST_BUFFER_FLAG_DISCONT.
  Event pop(MediaFrame& frame, Clock::time_point deadline);

  void set_flushing(bool flushing);
  // A paused pad takes nothing, and what comes meanwhile is of the past when it plays again.
  void set_paused(bool paused);
  void end();    // the pad shall say that it is over
  void clear();  // another publisher: nothing to come depends on what was before
  unsigned dropped() const;

 private:
  void drop_oldest();
  void drop_all();
  bool is_full(const MediaFrame& next) const;

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<MediaFrame> frames_;  // guarded by mutex_
  gsize bytes_ = 0;                // guarded by mutex_
  // guarded by mutex_: something ahead of the next frame is missing. An encoded one that needs it
  // is not taken.
  bool interrupted_ = true;
  bool flushing_ = true;  // guarded by mutex_
  bool paused_ = false;   // guarded by mutex_
  bool ended_ = false;    // guarded by mutex_
  unsigned dropped_ = 0;  // guarded by mutex_
};

}  // namespace webrtcserver
