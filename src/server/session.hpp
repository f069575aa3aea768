// SPDX-License-Identifier: LGPL-2.1-or-later
// session.hpp — one browser on one stream: its channel, its peer, its time limits. What it watches
// or sends is its Viewer's or Publisher's.
// Server thread; what the peer reports from its own queue is posted there.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/authorizer.hpp"
#include "rtc/peer.hpp"
#include "server/feedback_counter.hpp"
#include "server/metrics.hpp"
#include "server/request_desk.hpp"
#include "server/stream.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class Session : public std::enable_shared_from_this<Session>,
                private Channel::Listener,
                private Peer::Listener {
 public:
  ~Session() override;

  // In the protocol and in logs.
  virtual const char* role() const = 0;

  // Says hello, and offers what the stream has now.
  void start();
  // Offers, unless that has been done or the stream has nothing yet.
  void negotiate();
  // When it is another one than at the last call.
  void tell_state();
  // What of the pipeline it may see and change, where there is something or was.
  void tell_controls();
  // Says an error and goes on.
  void warn(std::string_view code, std::string_view message);
  // Says an error and then bye.
  void fail(std::string_view code, std::string_view message);
  void end(std::string_view reason, std::string_view message);
  // In place of start(): says why it is not let in.
  void turn_away(std::string_view reason, std::string_view message);
  void set_clock(const Ref<GstClock>& clock);
  // Ends it where its token would not let it in any more. `renew`: what tokens are good for may be
  // something else now.
  void check_grant(const Authorizer& authorizer, bool renew);
  // Whether requests of remote control are heeded. Any thread.
  bool may_control() const { return requests_->may_control(); }
  // A message or reply of remote control: over the data channel, or the WebSocket where that is not
  // open. Dropped for a browser that does not take what it has already.
  void send(const std::string& json);

  // What has been sent or received of all media, up to now or to its end.
  struct Traffic {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;          // of pictures, as the next two
    std::uint64_t key_frames = 0;      // of what is sent
    std::uint64_t dropped_frames = 0;  // not sent, or not taken by the pipeline, in time
  };
  Traffic traffic() const { return closed_ ? last_traffic_ : current_traffic(); }

  // Unique in the process, fit for logs: "s17".
  const std::string& name() const { return name_; }
  const std::shared_ptr<Peer>& peer() const { return peer_; }  // null until negotiate()
  bool connected() const { return connected_; }
  // Microseconds since 1970; 0: it has not been connected yet.
  std::int64_t connected_at() const { return connected_at_; }
  const Channel::Client& client() const { return client_; }
  const std::string& stream_name() const { return stream_name_; }
  // Null once that is gone.
  std::shared_ptr<Stream> owner() const { return stream_.lock(); }
  // What the browser takes or sends; null for media that it does not. Empty until it has answered.
  const std::vector<const Codec*>& codecs() const { return codecs_; }
  const Grant& grant() const { return grant_; }
  // Why it has ended, in the protocol's word; empty until then.
  const std::string& end_reason() const { return end_reason_; }
  // Adds to the server's metrics what has been sent or received since the last call.
  virtual void count() = 0;

 protected:
  Session(const std::shared_ptr<Stream>& stream, std::unique_ptr<Channel> channel);

  // What to negotiate; empty where there is nothing yet.
  virtual std::vector<Peer::Media> media() = 0;
  virtual void configure(Peer::Settings& /*settings*/) const {}
  // What the browser takes or sends of each media; null for nothing.
  virtual void take_codecs(const std::vector<const Codec*>& codecs) = 0;
  virtual void join() = 0;   // the peer is connected: media flows
  virtual void leave() = 0;  // the peer goes; at most once
  virtual void give_key_frame(unsigned /*media_index*/) {}
  virtual Traffic current_traffic() const = 0;
  // As this browser sees it.
  virtual StreamState state() const;

  LoopThread& loop() const { return loop_; }
  Metrics& metrics() const { return *metrics_; }
  bool is_closed() const { return closed_; }

 private:
  void on_answer(std::string sdp) override;
  void on_candidate(unsigned media_index, std::string candidate) override;
  void on_request(std::string text) override;
  void on_ice_restart(const IceCredentials& remote,
                      const std::function<void(const std::optional<IceRestart>&)>& done) override;
  void on_refused(std::string_view code) override;
  void on_left(std::string_view why) override;

  void on_created(GstElement* webrtcbin) override;
  void on_closing(GstElement* webrtcbin) override;
  void on_description(const std::string& sdp) override;
  void on_candidate(unsigned media_index, const std::string& candidate) override;
  void on_gathered() override;
  void on_negotiated(const std::vector<const Codec*>& codecs) override;
  void on_connected() override;
  void on_failed(Peer::Failure failure, const std::string& message) override;
  void on_closed() override;
  void on_key_frame_wanted(unsigned media_index) override;
  void on_message(const DataChannel::Message& message) override;
  void on_channel_open() override;

  // Whoever replies does so on the server thread.
  RequestDesk::Reply answer_by(void (Session::*say)(const std::string&));
  void send_over_channel(const std::string& json);

  // Runs `task` on the server thread while the session lives.
  template <typename Task>
  void post(Task task);
  void take_grant(Grant grant);
  // Who is told of sessions hears that this one is another.
  void tell_changed() const;
  void say_hello();
  // The browser has had its time: says why it is not connected.
  void time_out(std::chrono::milliseconds limit);
  void count_ice_failure();
  void watch_absence();
  // Has the feedback counted that has come since the last call; soon.
  void count_feedback();
  void close(std::string_view reason);

  const std::string name_;
  LoopThread& loop_;
  const std::string stream_name_;
  const std::shared_ptr<Metrics> metrics_;
  const std::shared_ptr<ServerEvents> events_;
  const std::shared_ptr<FeedbackCounter> feedback_;  // used on the peer's queue
  Timer feedback_timer_;
  const std::weak_ptr<Stream::Observer> observer_;
  std::weak_ptr<Stream> stream_;
  std::unique_ptr<Channel> channel_;
  const std::shared_ptr<RequestDesk> requests_;
  Grant grant_;
  std::shared_ptr<Peer> peer_;
  Timer watch_;        // of a remote that may go without a word
  Timer negotiation_;  // runs out on a browser that never answers
  std::optional<StreamState> told_;
  bool told_controls_ = false;  // that there are some: it hears when there are none any more
  bool connected_ = false;
  bool closed_ = false;
  const Channel::Client client_;
  std::int64_t connected_at_ = 0;
  std::vector<const Codec*> codecs_;
  std::string end_reason_;
  Traffic last_traffic_;
  // A bit for each media whose browser wants a key frame and has not been heard: a flood of
  // requests is one.
  std::atomic<std::uint64_t> wanted_{0};
};

}  // namespace webrtcserver
