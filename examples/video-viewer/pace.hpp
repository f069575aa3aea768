// SPDX-License-Identifier: LGPL-2.1-or-later
// pace.hpp — frames in time: a file goes out as fast as it plays, and an input that was lost and
// found goes on where its time is. One thread.
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <optional>
#include <webrtcserver/image.hpp>

// A file's frames at the time that their timestamps say.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // When a frame of this time is due, if the first was at `now`. A gap of time that no file means
  // (another part begins, timestamps jump) is not waited for.
  Clock::time_point due(GstClockTime time, Clock::time_point now);

 private:
  static constexpr std::chrono::seconds kJump{10};

  std::optional<Clock::time_point> begin_;
  GstClockTime first_ = 0;
};

// The timestamps of one recording, of however many parts.
class Timeline {
 public:
  // The parts that follow begin `now`, in the time that has passed since the first.
  void begin_part() { shifts_ = true; }
  // The same image, or one of the shifted time that shares its memory.
  webrtcserver::Image place(webrtcserver::Image image, Pace::Clock::time_point now);

 private:
  std::optional<Pace::Clock::time_point> last_at_;
  GstClockTime last_ = 0;       // the latest time that has been given out
  GstClockTimeDiff shift_ = 0;  // of the part that is read
  bool shifts_ = false;         // at the next frame
};
