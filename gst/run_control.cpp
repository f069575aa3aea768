// SPDX-License-Identifier: LGPL-2.1-or-later
#include "run_control.hpp"

#include <string>
#include <utility>

namespace webrtcserver {

RunControl::RunControl(LoopThread& loop, std::weak_ptr<Host> host, std::chrono::milliseconds limit)
    : loop_(loop), host_(std::move(host)), limit_(limit) {}

void RunControl::begin(bool running) {
  {
    const std::scoped_lock lock(mutex_);
    active_ = true;
    playing_ = false;
    stopped_ = !running;
    asked_to_pause_ = false;
  }
  gate_->restart();
  shut(!running);
}

void RunControl::resume() {
  const std::scoped_lock lock(mutex_);
  active_ = true;
}

bool RunControl::is_stopped() const {
  const std::scoped_lock lock(mutex_);
  return stopped_;
}

void RunControl::shut(bool shut) {
  const auto host = host_.lock();
  if (shut) {
    gate_->shut();
    if (host) host->suspend_encoders(true);
  } else {
    // The encoders come first, so that the first frame is not the last of a GPU that still starts.
    if (host) host->suspend_encoders(false);
    gate_->open();
  }
}

void RunControl::play(const Ref<GstClock>& clock, GstClockTime base_time) {
  gate_->play(clock, base_time);
}

void RunControl::played() {
  RunState::Done waiting;
  bool stopped = false;
  {
    const std::scoped_lock lock(mutex_);
    playing_ = true;
    stopped = stopped_;
    waiting = std::exchange(waiting_, nullptr);
  }
  if (waiting) loop_.post([waiting] { waiting({}); });
  if (!stopped) return;
  // It plays although it is to be stopped: at the beginning, or as the application likes it.
  queue_->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->is_stopped()) self->stop();
  });
}

void RunControl::pause() {
  gate_->pause();
  const std::scoped_lock lock(mutex_);
  playing_ = false;
}

void RunControl::apply(bool run, RunState::Done done) {
  timer_.cancel();  // of a start that has been answered
  queue_->post([weak = weak_from_this(), run, done = std::move(done), &loop = loop_] {
    const auto self = weak.lock();
    if (!self) {
      return loop.post([done] { done(ControlFault("gone", "", "The pipeline is gone.")); });
    }
    if (run) return self->start(done);
    self->stop();
    loop.post([done] { done({}); });
  });
}

void RunControl::start(const RunState::Done& done) {
  const auto host = host_.lock();
  const bool handled = host && host->run_requested(true);
  const bool was_shut = gate_->is_shut();
  shut(false);
  bool ask = false;
  bool wait = false;
  unsigned start = 0;
  {
    const std::scoped_lock lock(mutex_);
    wait = !handled && !playing_ && active_;
    // It may not have come to an earlier request to pause yet.
    ask = !handled && (!playing_ || asked_to_pause_);
    asked_to_pause_ = false;
    was_shut_ = was_shut;
    was_stopped_ = std::exchange(stopped_, false);
    if (wait) waiting_ = done;
    start = ++starts_;
  }
  if (ask) request(GST_STATE_PLAYING);
  if (!wait) return loop_.post([done] { done({}); });
  // Not from before the handler on, which takes as long as it likes: the time would be over with
  // nobody who waits yet, and would never be over for who waits then.
  loop_.post([weak = weak_from_this(), start] {
    if (const auto self = weak.lock()) self->limit(start);
  });
}

void RunControl::limit(unsigned start) {
  {
    const std::scoped_lock lock(mutex_);
    if (!waiting_ || starts_ != start) return;
  }
  timer_ = loop_.after(limit_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->time_out();
  });
}

void RunControl::stop() {
  const auto host = host_.lock();
  if (!host) return;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  if (host->run_requested(false)) return shut(false);
  shut(true);
  {
    const std::scoped_lock lock(mutex_);
    asked_to_pause_ = true;
  }
  request(GST_STATE_PAUSED);
}

void RunControl::request(GstState state) {
  {
    const std::scoped_lock lock(mutex_);
    if (!active_) return;  // who plays again later has not been asked for this
  }
  if (const auto host = host_.lock()) host->request_state(state);
}

void RunControl::time_out() {
  timer_.cancel();
  RunState::Done done;
  bool was_shut = false;
  {
    const std::scoped_lock lock(mutex_);
    done = std::exchange(waiting_, nullptr);
    if (!done) return;
    was_shut = was_shut_;
    stopped_ = was_stopped_;
  }
  if (was_shut) shut(true);
  done(ControlFault("not-started", "",
                    "The application did not set its pipeline to PLAYING within " +
                        std::to_string(kLimit / std::chrono::seconds(1)) + " seconds."));
}

void RunControl::end() {
  {
    const std::scoped_lock lock(mutex_);
    active_ = false;
    waiting_ = nullptr;
  }
  loop_.call([this] { timer_.cancel(); });
}

}  // namespace webrtcserver
