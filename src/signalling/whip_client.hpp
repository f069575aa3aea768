// SPDX-License-Identifier: LGPL-2.1-or-later
// whip_client.hpp — signalling with somebody else's WHIP (RFC 9725) or WHEP server: the offer is
// posted, candidates that come later are patched in where the server takes them, and the session is
// deleted at its end. WHEP differs in the direction of the media alone. Loop thread.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/http_client.hpp"
#include "signalling/channel.hpp"
#include "signalling/whip_ending.hpp"

namespace webrtcserver {

class WhipClient final : public Channel {
 public:
  class Observer {
   public:
    // The server has answered; it names these, for another time.
    virtual void on_accepted(std::vector<IceServer> ice_servers) = 0;
    virtual void on_connected() = 0;
    // Once, and the last.
    virtual void on_ended(const WhipEnding& ending) = 0;

   protected:
    ~Observer() = default;
  };

  struct Settings {
    std::string url;
    std::vector<IceServer> ice_servers;  // that the server has named before
    // How long the offer waits for all candidates; those of this machine take no time.
    std::chrono::milliseconds gathering{500};
  };

  WhipClient(LoopThread& loop, std::shared_ptr<HttpClient> http, Settings settings,
             std::weak_ptr<Observer> observer);
  ~WhipClient() override;

  bool notices_absence() const override { return false; }
  void set_listener(Channel::Listener* listener) override { listener_ = listener; }
  std::vector<IceServer> ice_servers() const override { return settings_.ice_servers; }
  void send_hello(const Hello& /*hello*/) override {}
  void send_state(std::string_view /*state*/, std::string_view /*message*/) override {}
  void send_control(std::string_view /*json*/) override {}
  void send_description(const std::string& sdp) override;
  void send_candidate(unsigned media_index, const std::string& candidate) override;
  void send_end_of_candidates() override;
  void note_connected() override;
  void send_error(std::string_view code, std::string_view message) override;
  void say_bye(std::string_view reason, std::string_view message) override;

 private:
  enum class State { kNew, kGathering, kPosted, kAccepted, kEnded };

  void post_offer();
  void take_reply(const HttpClient::Reply& reply);
  void accept(const HttpClient::Reply& reply);
  // Sends what has gathered, one request at a time.
  void trickle();
  void fail(const WhipEnding& ending);
  void end(const WhipEnding& ending);

  LoopThread& loop_;
  const std::shared_ptr<HttpClient> http_;
  const Settings settings_;
  const std::weak_ptr<Observer> observer_;
  Channel::Listener* listener_ = nullptr;
  State state_ = State::kNew;
  Timer gathering_;
  std::string offer_;
  std::set<std::string> known_;          // all candidates so far
  std::vector<std::string> candidates_;  // not sent yet
  bool complete_ = false;
  bool told_complete_ = false;
  bool trickles_ = false;  // the server takes candidates, as far as we know
  bool trickling_ = false;
  std::string resource_;  // the session's URL; empty: the server named none
  std::string etag_;
  std::string error_code_;  // of the last error that the session said, and its words
  std::string error_;
  // Replies that come later find it gone.
  const std::shared_ptr<WhipClient*> alive_;
};

}  // namespace webrtcserver
