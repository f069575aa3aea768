// SPDX-License-Identifier: LGPL-2.1-or-later
// run_control.hpp — starts and stops the pipeline that webrtcsink is in, as its stream's RunState
// wants it. The application is asked first. Where it does not see to it, it is asked for the state
// by a message, and whether it heeds that or not, nothing passes the element's frame sinks.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "base/loop_thread.hpp"
#include "base/serial_queue.hpp"
#include "run_gate.hpp"
#include "server/run_state.hpp"

namespace webrtcserver {

class RunControl : public std::enable_shared_from_this<RunControl> {
 public:
  // Without any lock held; on a thread that may wait, unless it says otherwise.
  class Host {
   public:
    // `start-requested` or `stop-requested`: whether the application does it itself.
    virtual bool run_requested(bool run) = 0;
    // GST_MESSAGE_REQUEST_STATE.
    virtual void request_state(GstState state) = 0;
    // The encoders are not needed for now, or are again. Any thread.
    virtual void suspend_encoders(bool suspend) = 0;

   protected:
    ~Host() = default;
  };

  // For an application that was asked to play. Less than a browser waits for its reply.
  static constexpr std::chrono::milliseconds kLimit{8'000};

  RunControl(LoopThread& loop, std::weak_ptr<Host> host, std::chrono::milliseconds limit = kLimit);

  const std::shared_ptr<RunGate>& gate() const { return gate_; }
  // It is not to run. The gate is open nevertheless where the application has seen to that itself.
  bool is_stopped() const;

  // The pipeline goes to PAUSED from READY.
  void begin(bool running);
  // Data flow again after an end of stream, and it goes on as it was.
  void resume();
  // webrtcsink goes to PLAYING, and has left it.
  void play(const Ref<GstClock>& clock, GstClockTime base_time);
  void played();
  void pause();
  // RunState::Apply. Server thread.
  void apply(bool run, RunState::Done done);
  // The stream is over, and has answered whoever waits. A thread that may wait for the server's.
  void end();

 private:
  void start(const RunState::Done& done);
  void stop();
  void shut(bool shut);
  // Server thread. Unless it has played since.
  void limit(unsigned start);
  void time_out();
  void request(GstState state);

  LoopThread& loop_;
  const std::weak_ptr<Host> host_;
  const std::chrono::milliseconds limit_;
  const std::shared_ptr<RunGate> gate_ = std::make_shared<RunGate>();
  // One after another, as the application hears of it.
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create(SerialQueue::Pool::kApplication);
  Timer timer_;  // server thread

  mutable std::mutex mutex_;
  bool active_ = false;          // guarded by mutex_: from begin() to end()
  bool playing_ = false;         // guarded by mutex_
  bool stopped_ = false;         // guarded by mutex_: see is_stopped()
  bool asked_to_pause_ = false;  // guarded by mutex_
  unsigned starts_ = 0;          // guarded by mutex_: how many have begun to wait
  RunState::Done waiting_;       // guarded by mutex_: for PLAYING
  bool was_shut_ = false;        // guarded by mutex_: ahead of that
  bool was_stopped_ = false;     // guarded by mutex_: likewise
};

}  // namespace webrtcserver
