// SPDX-License-Identifier: LGPL-2.1-or-later
// stream.hpp — a named stream of a server and its sessions: to browsers (OutputStream) or from them
// (InputStream). Server thread, unless a method says otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/loop_thread.hpp"
#include "base/ref.hpp"
#include "net/grant.hpp"
#include "rtc/ice.hpp"
#include "rtc/offer.hpp"
#include "server/control_holder.hpp"
#include "server/control_set.hpp"
#include "server/metrics.hpp"
#include "server/navigation.hpp"
#include "server/run_state.hpp"
#include "server/server_events.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class Session;

enum class StreamState { kWaiting, kLive, kPaused, kError };

const char* to_string(StreamState state);

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // Called without any lock held.
  class Observer {
   public:
    virtual ~Observer() = default;

    // On the session's own queue: the webrtcbin exists and has not negotiated; and before it goes.
    virtual void on_session_created(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void on_session_closing(const std::string& session, GstElement* webrtcbin) = 0;
    // On a queue of the session's that waits for applications only: the browser says this, which is
    // JSON.
    virtual void on_message(const std::string& session, const std::string& json) = 0;
    // Server thread.
    virtual void on_sessions_changed(unsigned sessions) = 0;
    // Server thread: a browser or the pipeline has changed a control.
    virtual void on_control_changed(const std::string& /*name*/, const ControlValue& /*value*/) {}
    // Something that whoever runs the pipeline should see to.
    virtual void on_warning(const std::string& /*message*/) {}
  };

  struct Settings {
    std::string name;
    unsigned max_sessions = 256;
    bool retransmission = true;
    IceSettings ice;
    std::string meta;  // a JSON object for browsers
    ControlPolicy control_policy = ControlPolicy::kAll;
    RunSettings run;
    // Gives the pipeline what browsers do on its picture, and may take its time; null: nothing is.
    NavigationQueue::Push navigate = {};
    // Sessions get the channel "lossy" as well (data_channels.hpp).
    bool lossy_channel = false;
    bool remote = false;  // the other side is no browser but a server, which we call
    // After which a remote that sent RTP or RTCP before is taken to be gone: two reports of RFC
    // 3550 may be lost.
    std::chrono::milliseconds silence_limit{15'000};
    std::chrono::milliseconds negotiation_limit{15'000};  // from the offer to a connected peer
    // The server's.
    std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
    std::shared_ptr<ServerEvents> events = std::make_shared<ServerEvents>();
  };

  virtual ~Stream();

  // As seen from here: kSend to browsers.
  virtual Direction direction() const = 0;
  // What its sessions need.
  Permission permission() const {
    return direction() == Direction::kSend ? Permission::kView : Permission::kPublish;
  }
  virtual StreamState state() const = 0;
  // What is wrong in StreamState::kError; empty otherwise.
  virtual const std::string& error() const = 0;
  // Of its sessions.
  const char* role() const { return direction() == Direction::kSend ? "view" : "publish"; }
  // Adds to the metrics what has happened since the last call.
  virtual void count();

  void set_paused(bool paused);
  void set_clock(const Ref<GstClock>& clock);
  // What write_message() has written, to one session or, without a name, to all. False: there is no
  // session of this name.
  bool send(const std::optional<std::string>& session, const std::string& message);
  // What browsers may see and change of the pipeline.
  const std::shared_ptr<ControlSet>& controls() const { return controls_; }
  // Who changes it.
  ControlHolder& control_holder() { return control_holder_; }
  // Whether the pipeline is to run, and does.
  const std::shared_ptr<RunState>& run() const { return run_; }
  void set_run(const RunSettings& settings);
  // Whether there is something that describe_controls() would say.
  bool has_controls() const;
  // All of it as a message, for one who may change it or only see it.
  std::string describe_controls(bool may_control) const;
  // Whether the pipeline takes navigation events.
  bool has_navigation() const { return navigation_ != nullptr; }
  // Gives the pipeline the request's. Why not, if so.
  std::optional<ControlFault> navigate(const std::string& session, const ControlRequest& request);
  // The session may not control any more: the keys, buttons and fingers that it holds are released.
  void release_input(const std::string& session);
  // Nobody else may control any more.
  void release_input_but(const std::string& holder);
  // Everybody is told why and let go; nobody is admitted after it.
  virtual void end(std::string_view reason, std::string_view message);

  // A newcomer gets 503. Streams that have more to say admit and explain.
  virtual bool turns_away() const = 0;
  virtual void admit(std::unique_ptr<Channel> channel) = 0;

  // Sessions that found no network path or lost theirs, by reason (ice_report.hpp).
  const std::map<std::string, std::uint64_t>& ice_failures() const { return ice_failures_; }
  void count_ice_failure(const std::string& reason) { ++ice_failures_[reason]; }

  const Settings& settings() const { return settings_; }
  unsigned session_count() const { return static_cast<unsigned>(sessions_.size()); }
  std::vector<std::shared_ptr<Session>> sessions() const;
  void describe(JsonWriter& json) const;  // as a member of /api/streams, its object already begun

  // For sessions.
  LoopThread& loop() const { return loop_; }
  const std::weak_ptr<Observer>& observer() const { return observer_; }
  const Ref<GstClock>& clock() const { return clock_; }
  virtual void remove(const Session& session);

 protected:
  Stream(LoopThread& loop, const Settings& settings, std::weak_ptr<Observer> observer,
         std::function<void()> on_changed);

  // Takes it in and starts it.
  void add(const std::shared_ptr<Session>& session);
  virtual void on_paused_changed() {}
  virtual void describe_media(JsonWriter& json) const = 0;
  virtual std::vector<const char*> flags() const = 0;

  bool is_paused() const { return !run_->is_playing(); }
  bool has_ended() const { return ended_; }
  // Tells everybody, if the state is another one than at the last call.
  void announce_state();
  void changed();

 private:
  void follow_controls();
  void tell_holder();
  void tell_run();
  void follow_sessions();

  LoopThread& loop_;
  const Settings settings_;
  const std::weak_ptr<Observer> observer_;
  const std::function<void()> on_changed_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  const std::shared_ptr<ControlSet> controls_ = std::make_shared<ControlSet>();
  ControlHolder control_holder_;
  const std::shared_ptr<RunState> run_;
  const std::unique_ptr<Navigation> navigation_;
  std::map<std::string, std::uint64_t> ice_failures_;
  Ref<GstClock> clock_;
  bool ended_ = false;
  StreamState announced_ = StreamState::kWaiting;
};

}  // namespace webrtcserver
