// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/run_state.hpp"

#include <utility>

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxWaiting = 64;  // of all browsers together

ControlFault gone() {
  return {"gone", "", "The pipeline is gone."};
}

}  // namespace

const char* to_string(RunPolicy policy) {
  switch (policy) {
    case RunPolicy::kAlways:
      return "always";
    case RunPolicy::kOnDemand:
      return "on-demand";
    case RunPolicy::kManual:
      return "manual";
  }
  return "always";
}

RunState::RunState(LoopThread& loop, const RunSettings& settings)
    : loop_(loop),
      settings_(settings),
      running_(settings.policy == RunPolicy::kAlways || settings.begins_running),
      told_(running_) {}

void RunState::set_apply(Apply apply) {
  apply_ = std::move(apply);
  follow_policy();
}

void RunState::set_settings(const RunSettings& settings) {
  settings_ = settings;
  idle_.cancel();
  retry_.cancel();
  follow_policy();
}

void RunState::set_viewers(unsigned viewers) {
  viewers_ = viewers;
  follow_policy();
}

void RunState::set_paused(bool paused) {
  paused_ = paused;
  announce();
}

void RunState::wish(bool run, Done done) {
  switch (settings_.policy) {
    case RunPolicy::kAlways:
      return done(ControlFault("not-manual", "",
                               "This pipeline runs all the time; it takes no start and no stop."));
    case RunPolicy::kOnDemand:
      return done(ControlFault("not-manual", "",
                               "This pipeline starts with its first viewer and stops after the "
                               "last; it takes no start and no stop."));
    case RunPolicy::kManual:
      return enqueue(run, std::move(done));
  }
}

void RunState::enqueue(bool run, Done done) {
  if (closed_) return done(gone());
  // To start a pipeline that the application has paused, it has to be asked; to stop it, not.
  if (!current_ && (run ? is_playing() : !running_)) return done({});
  if (waiting_ >= kMaxWaiting) {
    return done(
        ControlFault("busy", "", "The pipeline is still busy with what was wanted before."));
  }
  ++waiting_;
  Change* last = current_ ? &*current_ : nullptr;
  if (!changes_.empty()) last = &changes_.back();
  if (!last || last->run != run) last = &changes_.emplace_back(Change{run, {}});
  last->done.push_back(std::move(done));
  begin_next();
}

void RunState::begin_next() {
  if (current_ || changes_.empty()) return;
  current_ = std::move(changes_.front());
  changes_.pop_front();
  if (!apply_) return complete({});
  apply_(current_->run, [weak = weak_from_this()](const std::optional<ControlFault>& fault) {
    if (const auto self = weak.lock()) self->complete(fault);
  });
}

void RunState::complete(const std::optional<ControlFault>& fault) {
  if (closed_ || !current_) return;
  const auto self = shared_from_this();  // who is told may end the stream
  const Change change = *std::exchange(current_, std::nullopt);
  waiting_ -= change.done.size();
  if (fault) {
    GST_WARNING("the pipeline was not %s: %s", change.run ? "started" : "stopped", fault->what());
  } else {
    running_ = change.run;
  }
  announce();
  for (const Done& done : change.done) done(fault);
  if (closed_) return;
  begin_next();
  if (fault && change.run) {
    retry_ = loop_.after(settings_.retry_delay, [this] { follow_policy(); });
  } else {
    follow_policy();
  }
}

void RunState::follow_policy() {
  if (closed_ || current_) return;
  const auto nobody_asks = [](const std::optional<ControlFault>&) {};
  if (settings_.policy == RunPolicy::kAlways && !running_) return enqueue(true, nobody_asks);
  if (settings_.policy != RunPolicy::kOnDemand) return;
  if (viewers_ > 0) {
    idle_.cancel();
    if (!running_) enqueue(true, nobody_asks);
    return;
  }
  retry_.cancel();
  if (!running_ || idle_) return;
  idle_ = loop_.after(settings_.idle_timeout, [this, nobody_asks] {
    idle_.cancel();
    if (viewers_ == 0) enqueue(false, nobody_asks);
  });
}

void RunState::announce() {
  if (std::exchange(told_, is_playing()) != is_playing() && tell_) tell_();
}

void RunState::close() {
  if (std::exchange(closed_, true)) return;
  idle_.cancel();
  retry_.cancel();
  if (current_) changes_.push_front(*std::exchange(current_, std::nullopt));
  for (const Change& change : std::exchange(changes_, {})) {
    for (const Done& done : change.done) done(gone());
  }
}

}  // namespace webrtcserver
