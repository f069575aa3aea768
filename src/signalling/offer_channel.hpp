// SPDX-License-Identifier: LGPL-2.1-or-later
// offer_channel.hpp — signalling with a client that makes the first step: its offer is there, and
// there is one answer to it, which has our candidates. Server thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class OfferChannel : public Channel {
 public:
  // `needs_servers`: only what a STUN or TURN server finds is of use to the client, or may be.
  OfferChannel(LoopThread& loop, std::string offer, bool needs_servers);

  // Whether an answer to the offer has to wait for what STUN and TURN servers find.
  static bool waits_for_servers(const std::string& offer, const IceSettings& ice);

  bool notices_absence() const override { return false; }
  void set_listener(Channel::Listener* listener) override { listener_ = listener; }
  void send_hello(const Hello& /*hello*/) override {}
  void send_state(std::string_view /*state*/, std::string_view /*message*/) override {}
  std::string client_offer() const override { return offer_; }
  void send_description(const std::string& sdp) override;
  void send_candidate(unsigned media_index, const std::string& candidate) override;
  void send_end_of_candidates() override;
  void send_error(std::string_view code, std::string_view message) override;
  // There is no way for it; the data channel, which is one, comes first.
  bool carries_control() const override { return false; }
  void send_control(std::string_view /*json*/) override {}
  void say_bye(std::string_view reason, std::string_view message) override;

 protected:
  // One of the two is called, once: the answer with the candidates that were found in time, or one
  // of the protocol's error codes (docs/protocol.md).
  virtual void give_answer(const std::string& sdp) = 0;
  virtual void give_refusal(std::string_view code, std::string_view message) = 0;

  // Nothing is given any more, unless it has been.
  void refuse(std::string_view code, std::string_view message);
  bool is_answered() const { return answered_; }
  Channel::Listener* listener() const { return listener_; }

 private:
  void answer(bool complete);

  LoopThread& loop_;
  const std::string offer_;
  const bool needs_servers_;
  Channel::Listener* listener_ = nullptr;
  bool answered_ = false;  // or refused
  std::string description_;
  std::vector<std::string> candidates_;
  std::string error_code_;  // the last that was said, ahead of the answer
  std::string error_message_;
  Timer gathering_;  // how long the answer waits for candidates
  Timer patience_;   // and for everything else
};

}  // namespace webrtcserver
