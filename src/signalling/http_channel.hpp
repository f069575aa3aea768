// SPDX-License-Identifier: LGPL-2.1-or-later
// http_channel.hpp — signalling by HTTP, as WHIP (RFC 9725) and WHEP have it: the client's offer
// came with a POST, and the answer to that is ours. Further requests name the session that it made.
// Server thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/http_reply.hpp"
#include "rtc/sdp_fragment.hpp"
#include "signalling/channel.hpp"
#include "signalling/http_sessions.hpp"

namespace webrtcserver {

class HttpChannel final : public Channel {
 public:
  struct Settings {
    std::string id;        // of the session, which nobody can guess
    std::string location;  // its path
    std::string offer;
    IceCredentials credentials;  // those of the offer
    // Only what a STUN or TURN server finds is of use to the client, or may be.
    bool needs_servers = false;
  };

  // `reply` gets the answer to the offer, or why there is none.
  HttpChannel(LoopThread& loop, const std::shared_ptr<HttpSessions>& sessions, Settings settings,
              HttpReply reply);
  ~HttpChannel() override;

  bool notices_absence() const override { return false; }
  void set_listener(Channel::Listener* listener) override { listener_ = listener; }
  void send_hello(const Hello& hello) override;
  void send_state(std::string_view /*state*/, std::string_view /*message*/) override {}
  std::string client_offer() const override { return settings_.offer; }
  void send_description(const std::string& sdp) override;
  void send_candidate(unsigned media_index, const std::string& candidate) override;
  void send_end_of_candidates() override;
  void send_error(std::string_view code, std::string_view message) override;
  // HTTP has no way for it; the data channel, which has, comes first.
  void send_control(std::string_view /*json*/) override {}
  void say_bye(std::string_view reason, std::string_view message) override;

  // Requests for the session, once it has been answered.
  void patch(const HttpRequest& request, HttpReply reply);
  void remove(HttpReply reply);
  HttpResponse look() const;

  const std::string& location() const { return settings_.location; }
  // Answered, and not ended.
  bool is_open() const { return !reply_ && listener_; }

 private:
  void answer(bool complete);
  void refuse(std::string_view code, std::string_view message);
  void restart(SdpFragment fragment, HttpReply reply);
  void end_restart(const SdpFragment& request, const std::optional<IceRestart>& restarted,
                   HttpReply& reply);
  void give_candidates(const SdpFragment& fragment);

  LoopThread& loop_;
  const std::shared_ptr<HttpSessions> sessions_;
  Settings settings_;
  HttpReply reply_;  // to the POST
  Channel::Listener* listener_ = nullptr;
  std::vector<std::string> links_;
  std::string description_;
  std::vector<std::string> candidates_;
  std::string error_code_;  // the last that was said, ahead of the answer
  std::string error_message_;
  std::string etag_;
  Timer gathering_;  // how long the answer waits for candidates
  Timer patience_;   // and for everything else
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace webrtcserver
