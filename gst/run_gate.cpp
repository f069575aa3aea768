// SPDX-License-Identifier: LGPL-2.1-or-later
#include "run_gate.hpp"

namespace webrtcserver {

GstClockTime RunGate::running_time() const {
  if (!clock_) return 0;
  const GstClockTime now = gst_clock_get_time(clock_.get());
  return now > base_time_ ? now - base_time_ : 0;
}

void RunGate::begin() {
  if (counting_ || !shut_ || !playing_) return;
  counting_ = true;
  since_ = running_time();
}

void RunGate::end() {
  if (!counting_) return;
  counting_ = false;
  if (const GstClockTime now = running_time(); now > since_)
    offset_ += static_cast<GstClockTimeDiff>(now - since_);
}

void RunGate::shut() {
  const std::scoped_lock lock(mutex_);
  shut_ = true;
  begin();
}

void RunGate::open() {
  {
    const std::scoped_lock lock(mutex_);
    end();
    shut_ = false;
  }
  changed_.notify_all();
}

bool RunGate::is_shut() const {
  const std::scoped_lock lock(mutex_);
  return shut_;
}

void RunGate::play(const Ref<GstClock>& clock, GstClockTime base_time) {
  const std::scoped_lock lock(mutex_);
  // A sink that loses its preroll takes the pipeline to PAUSED and back without telling; running
  // time stands still meanwhile, and is counted on another base.
  clock_ = clock;
  base_time_ = base_time;
  playing_ = true;
  begin();
}

void RunGate::pause() {
  const std::scoped_lock lock(mutex_);
  end();
  playing_ = false;
}

void RunGate::restart() {
  const std::scoped_lock lock(mutex_);
  counting_ = false;
  playing_ = false;  // until the element plays on the new base
  offset_ = 0;
}

GstClockTimeDiff RunGate::offset() const {
  const std::scoped_lock lock(mutex_);
  return offset_;
}

bool RunGate::wait(const std::atomic<bool>& leave) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !shut_ || leave; });
  return !shut_;
}

void RunGate::wake() {
  // Whoever has just looked has to be waiting before it is told.
  { const std::scoped_lock lock(mutex_); }
  changed_.notify_all();
}

}  // namespace webrtcserver
