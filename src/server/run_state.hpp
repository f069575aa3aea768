// SPDX-License-Identifier: LGPL-2.1-or-later
// run_state.hpp — whether a stream's pipeline is to run: who wants it to, and what has become of
// that. Server thread.
//
// Changes are made one after another by the element, which takes its time; a wish is answered when
// it has been carried out.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/loop_thread.hpp"
#include "server/control.hpp"

namespace webrtcserver {

enum class RunPolicy {
  kAlways,
  kOnDemand,  // while somebody watches, and idle_timeout longer
  kManual,    // browsers start and stop it
};

const char* to_string(RunPolicy policy);

struct RunSettings {
  RunPolicy policy = RunPolicy::kAlways;
  std::chrono::milliseconds idle_timeout{5'000};
  // Otherwise a policy other than kAlways begins with a pipeline that is stopped.
  bool begins_running = false;
  std::chrono::milliseconds retry_delay{5'000};  // for a pipeline that would not start on demand

  bool operator==(const RunSettings&) const = default;
};

class RunState : public std::enable_shared_from_this<RunState> {
 public:
  // What became of a wish: nothing, or why it was not carried out.
  using Done = std::function<void(const std::optional<ControlFault>&)>;
  // Starts or stops the pipeline; `done` is called on the server thread.
  using Apply = std::function<void(bool run, Done done)>;

  RunState(LoopThread& loop, const RunSettings& settings);

  // Whoever makes it so; without, it is so at once.
  void set_apply(Apply apply);
  // Called when is_playing() has changed, before the wish for it is answered.
  void on_changed(std::function<void()> tell) { tell_ = std::move(tell); }
  void set_settings(const RunSettings& settings);
  // How many sessions there are. One that is only connecting wants a picture, too; its time is
  // bounded elsewhere.
  void set_viewers(unsigned viewers);
  // The application has paused its pipeline, or plays it.
  void set_paused(bool paused);
  // A browser's.
  void wish(bool run, Done done);
  // The stream is over: who waits is told.
  void close();

  RunPolicy policy() const { return settings_.policy; }
  // Media flow, as far as the pipeline has some.
  bool is_playing() const { return running_ && !paused_; }
  // Nobody has to ask for it: a stream that has no media yet will have some.
  bool starts_by_itself() const { return settings_.policy != RunPolicy::kManual; }

 private:
  struct Change {
    bool run = false;
    std::vector<Done> done;
  };

  void enqueue(bool run, Done done);
  void begin_next();  // unless something is under way
  void complete(const std::optional<ControlFault>& fault);
  // Starts and stops as the policy has it, unless something is under way, after which it is called
  // again.
  void follow_policy();
  void announce();

  LoopThread& loop_;
  RunSettings settings_;
  Apply apply_;
  std::function<void()> tell_;
  bool running_;
  bool paused_ = false;
  bool told_;
  bool closed_ = false;
  unsigned viewers_ = 0;
  std::optional<Change> current_;  // under way
  std::deque<Change> changes_;     // after it
  std::size_t waiting_ = 0;        // for all of them together
  Timer idle_;
  Timer retry_;
};

}  // namespace webrtcserver
