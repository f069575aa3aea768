// SPDX-License-Identifier: LGPL-2.1-or-later
#include "run_control.hpp"

#include <string>
#include <utility>

namespace webrtcserver {

RunControl::RunControl(LoopThread& loop, std::weak_ptr<Host> host)
    : loop_(loop), host_(std::move(host)) {}

void RunControl::begin(bool running) {
  {
    const std::scoped_lock lock(mutex_);
    playing_ = false;
    asked_to_pause_ = false;
  }
  gate_->restart();
  shut(!running);
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
  {
    const std::scoped_lock lock(mutex_);
    playing_ = true;
  }
  settle({});
  if (!gate_->is_shut()) return;
  // It plays although it is to be stopped: at the beginning, or as the application likes it.
  queue_->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->gate_->is_shut()) return;
    self->stop();
  });
}

void RunControl::pause() {
  gate_->pause();
  const std::scoped_lock lock(mutex_);
  playing_ = false;
}

void RunControl::apply(bool run, RunState::Done done) {
  if (run)
    timer_ = loop_.after(limit_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->time_out();
    });
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
  shut(false);
  bool ask = false;
  bool wait = false;
  {
    const std::scoped_lock lock(mutex_);
    wait = !handled && !playing_;
    // It may not have come to an earlier request to pause yet.
    ask = !handled && (!playing_ || asked_to_pause_);
    asked_to_pause_ = false;
    if (wait) waiting_ = done;
  }
  if (ask && host) host->request_state(GST_STATE_PLAYING);
  if (!wait) loop_.post([done] { done({}); });
}

void RunControl::stop() {
  const auto host = host_.lock();
  if (!host) return;
  if (host->run_requested(false)) return shut(false);
  shut(true);
  {
    const std::scoped_lock lock(mutex_);
    asked_to_pause_ = true;
  }
  host->request_state(GST_STATE_PAUSED);
}

void RunControl::time_out() {
  timer_.cancel();
  {
    const std::scoped_lock lock(mutex_);
    if (!waiting_) return;
  }
  shut(true);
  settle(ControlFault("not-started", "",
                      "The application did not set its pipeline to PLAYING within " +
                          std::to_string(limit_.count() / 1000) + " seconds."));
}

void RunControl::settle(const std::optional<ControlFault>& fault) {
  RunState::Done done;
  {
    const std::scoped_lock lock(mutex_);
    done = std::exchange(waiting_, nullptr);
  }
  if (done) loop_.post([done, fault] { done(fault); });
}

void RunControl::end() {
  settle(ControlFault("gone", "", "The pipeline is gone."));
}

}  // namespace webrtcserver
