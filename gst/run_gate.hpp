// SPDX-License-Identifier: LGPL-2.1-or-later
// run_gate.hpp — whether media pass through the frame sinks of an element, and how long a file has
// been kept waiting there. Any thread.
//
// A pipeline that is paused stops its clock; one that plays on although it was asked to pause does
// not. What passes in running time while the gate is shut there is the offset at which the file
// goes on, the same for all pads.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/ref.hpp"

namespace webrtcserver {

class RunGate {
 public:
  void shut();
  void open();
  bool is_shut() const;

  // The element plays, from PAUSED, or from a flush on.
  void play(const Ref<GstClock>& clock, GstClockTime base_time);
  void pause();
  // Running time begins at zero again.
  void restart();

  // By how much later than their own running time a file's buffers are due.
  GstClockTimeDiff offset() const;

  // Waits until it is open, or `leave` is true, which wake() makes known. Whether it is open.
  bool wait(const std::atomic<bool>& leave);
  void wake();

 private:
  GstClockTime running_time() const;  // with mutex_ held
  void begin();                       // with mutex_ held
  void end();                         // with mutex_ held

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false;            // guarded by mutex_
  bool playing_ = false;         // guarded by mutex_
  Ref<GstClock> clock_;          // guarded by mutex_
  GstClockTime base_time_ = 0;   // guarded by mutex_
  bool counting_ = false;        // guarded by mutex_: shut, while the element plays
  GstClockTime since_ = 0;       // guarded by mutex_: running time
  GstClockTimeDiff offset_ = 0;  // guarded by mutex_
};

}  // namespace webrtcserver
