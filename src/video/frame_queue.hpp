// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_queue.hpp — the queue between an input, which delivers frames, and the application's
// threads, which take them, each frame by one. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>

#include "base/ref.hpp"

namespace webrtcserver {

class FrameQueue {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // nothing: for ever

  // How a full queue gives way.
  enum class Succession {
    kWait,      // push() waits: of what can be read later
    kFree,      // the oldest goes: of live pictures
    kDependent  // all go, and what follows waits for a key frame: of live encoded pictures
  };

  struct Counts {
    std::uint64_t taken;    // by pop()
    std::uint64_t dropped;  // of those that came
  };

  // `limit`: the queue ends when so many frames were taken; 0: never.
  explicit FrameQueue(std::uint64_t limit) : limit_(limit) {}

  // False: nobody will take a frame any more. A frame that is encoded and no key frame is dropped
  // while there is none before it.
  bool push(Ref<GstSample> frame, Succession succession);
  // Whether encoded frames are dropped for want of a key frame: once when that begins, and again
  // for every so many that follow. Who sends may not make one unasked.
  bool take_key_frame_wish();
  // What was queued comes before the end and before a failure, which is thrown once. Null: it is
  // too late, or over.
  Ref<GstSample> pop(Deadline deadline);
  // Until there is a frame or never will be one; a failure is thrown. False: it is too late.
  bool wait_for_frame(Deadline deadline);

  void end();
  void fail(std::exception_ptr reason);  // the first failure counts, and none after the end
  void close();                          // what is queued goes

  // Whether a frame or a failure may still come out of it.
  bool is_open() const;
  Counts counts() const;

 private:
  bool is_full(Succession succession) const;
  void drop_all();
  bool wait(std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  void throw_failure(std::unique_lock<std::mutex>& lock);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Ref<GstSample>> frames_;  // guarded by mutex_
  gsize bytes_ = 0;                    // guarded by mutex_
  bool interrupted_ = true;            // guarded by mutex_: encoded frames wait for a key frame
  unsigned missed_ = 0;                // guarded by mutex_: dropped for want of a key frame
  bool wishes_ = false;                // guarded by mutex_: for a key frame
  bool ended_ = false;                 // guarded by mutex_
  bool failed_ = false;                // guarded by mutex_
  std::exception_ptr failure_;         // guarded by mutex_: until somebody has got it
  Counts counts_{};                    // guarded by mutex_
};

}  // namespace webrtcserver
