// SPDX-License-Identifier: LGPL-2.1-or-later
// http_channel.hpp — signalling by HTTP, as WHIP (RFC 9725) and WHEP have it: the client's offer
// came with a POST, and the answer to that is ours. Further requests name the session that it made.
// Server thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_reply.hpp"
#include "rtc/sdp_fragment.hpp"
#include "signalling/http_sessions.hpp"
#include "signalling/offer_channel.hpp"

namespace webrtcserver {

class HttpChannel final : public OfferChannel {
 public:
  struct Settings {
    std::string id;        // of the session, which nobody can guess
    std::string location;  // its path
    std::string offer;
    IceCredentials credentials;  // those of the offer
    bool needs_servers = false;  // as OfferChannel has it
  };

  // `reply` gets the answer to the offer, or why there is none.
  HttpChannel(LoopThread& loop, const std::shared_ptr<HttpSessions>& sessions, Settings settings,
              HttpReply reply);
  ~HttpChannel() override;

  void send_hello(const Hello& hello) override;

  // Requests for the session, once it has been answered.
  void patch(const HttpRequest& request, HttpReply reply);
  void remove(HttpReply reply);
  HttpResponse look() const;

  const std::string& location() const { return settings_.location; }
  // Answered, and not ended.
  bool is_open() const { return is_answered() && listener(); }

 private:
  void give_answer(const std::string& sdp) override;
  void give_refusal(std::string_view code, std::string_view message) override;
  void restart(SdpFragment fragment, HttpReply reply);
  void end_restart(const SdpFragment& request, const std::optional<IceRestart>& restarted,
                   HttpReply& reply);
  void give_candidates(const SdpFragment& fragment);

  const std::shared_ptr<HttpSessions> sessions_;
  Settings settings_;
  HttpReply reply_;  // to the POST
  std::vector<std::string> links_;
  std::string etag_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace webrtcserver
