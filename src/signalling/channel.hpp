// SPDX-License-Identifier: LGPL-2.1-or-later
// channel.hpp — how a session speaks with its browser, whichever protocol carries it. Server
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/grant.hpp"
#include "rtc/ice.hpp"
#include "rtc/ice_restart.hpp"

namespace webrtcserver {

struct HttpRequest;

class Channel {
 public:
  // Every call may destroy the channel.
  class Listener {
   public:
    virtual void on_answer(std::string sdp) = 0;
    virtual void on_candidate(unsigned media_index, std::string candidate) = 0;
    // A request of remote control (control_messages.hpp), unread.
    virtual void on_request(std::string text) = 0;
    // New ICE credentials of the peer's (Peer::restart_ice()); `done` is called on the server
    // thread.
    virtual void on_ice_restart(const IceCredentials& /*remote*/,
                                const std::function<void(const std::optional<IceRestart>&)>& done) {
      done({});
    }
    // What the peer said was not taken, and it has been told this code.
    virtual void on_refused(std::string_view /*code*/) {}
    // The peer left or its connection ended; nothing follows.
    virtual void on_left(std::string_view why) = 0;

   protected:
    ~Listener() = default;
  };

  struct Hello {
    std::string session;
    std::string stream;
    std::string role;
    std::vector<std::string> allow;  // permissions, by name
    std::vector<IceServer> ice_servers;
    bool relay_only = false;
    bool navigation = false;  // the pipeline takes navigation events
  };

  // Who is at the other end, as far as is known.
  struct Client {
    std::string address;  // numeric, without port; that of the proxy where there is one
    std::string agent;    // what it calls itself
  };

  virtual ~Channel() = default;

  // What its browser may do. Whoever lets a browser in says it.
  void set_grant(Grant grant) { grant_ = std::move(grant); }
  const Grant& grant() const { return grant_; }
  void set_client(Client client) { client_ = std::move(client); }
  const Client& client() const { return client_; }

  // Whether on_left() comes when the other side has gone without a word. Where not, the media must
  // tell.
  virtual bool notices_absence() const { return true; }

  virtual void set_listener(Listener* listener) = 0;
  virtual void send_hello(const Hello& hello) = 0;
  // What the other side wants to have used beside the stream's own.
  virtual std::vector<IceServer> ice_servers() const { return {}; }
  virtual void send_state(std::string_view state, std::string_view message) = 0;
  // What the other side offers, where the protocol has it begin; empty: we offer.
  virtual std::string client_offer() const { return {}; }
  // Our offer, or our answer to client_offer().
  virtual void send_description(const std::string& sdp) = 0;
  virtual void send_candidate(unsigned media_index, const std::string& candidate) = 0;
  // All candidates have been sent.
  virtual void send_end_of_candidates() {}
  // The peer is connected: who sends nothing about it may want to know.
  virtual void note_connected() {}
  virtual void send_error(std::string_view code, std::string_view message) = 0;
  // Whether send_control() reaches the browser. Where not, its data channel must.
  virtual bool carries_control() const { return true; }
  // A message or reply of remote control. Dropped while the browser is slow to take what it has.
  virtual void send_control(std::string_view json) = 0;
  // The last word; the channel closes after it.
  virtual void say_bye(std::string_view reason, std::string_view message) = 0;

 private:
  Grant grant_ = Grant::everything();
  Client client_;
};

Channel::Client client_of(const HttpRequest& request);

}  // namespace webrtcserver
