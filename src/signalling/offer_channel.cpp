// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/offer_channel.hpp"

#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

// Addresses of this machine are found at once. A STUN or TURN server may take until then, and one
// that does not answer holds up nobody: a client that has sent candidates is asked from there.
constexpr std::chrono::milliseconds kGatheringLimit{500};
// Where nothing but relays may be used, or a client without candidates of its own may have no other
// way in, they are waited for.
constexpr std::chrono::milliseconds kServerLimit{3'000};
// For a stream whose pipeline has not said yet what it takes.
constexpr std::chrono::milliseconds kPatience{10'000};

}  // namespace

OfferChannel::OfferChannel(LoopThread& loop, std::string offer, bool needs_servers)
    : loop_(loop),
      offer_(std::move(offer)),
      needs_servers_(needs_servers),
      patience_(loop.after(kPatience, [this] {
        if (listener_) listener_->on_left("The stream had nothing to answer with in time.");
      })) {}

bool OfferChannel::waits_for_servers(const std::string& offer, const IceSettings& ice) {
  const bool servers = !ice.stun_server.empty() || !ice.turn_servers.empty();
  const bool silent = offer.find("a=candidate:") == std::string::npos;
  return ice.relay_only || (servers && silent);
}

void OfferChannel::send_description(const std::string& sdp) {
  description_ = sdp;
  gathering_ =
      loop_.after(needs_servers_ ? kServerLimit : kGatheringLimit, [this] { answer(false); });
}

void OfferChannel::send_candidate(unsigned /*media_index*/, const std::string& candidate) {
  if (!answered_ && !candidate.empty()) candidates_.push_back(candidate);
}

void OfferChannel::send_end_of_candidates() {
  if (!description_.empty()) answer(true);
}

void OfferChannel::answer(bool complete) {
  gathering_.cancel();
  patience_.cancel();
  if (answered_) return;
  answered_ = true;
  give_answer(with_candidates(description_, candidates_, complete));
}

void OfferChannel::send_error(std::string_view code, std::string_view message) {
  // Once there is an answer, nobody listens: what is wrong with a candidate is not said.
  error_code_ = code;
  error_message_ = message;
}

void OfferChannel::say_bye(std::string_view reason, std::string_view message) {
  if (error_code_.empty()) {
    refuse(reason, message);
  } else {
    refuse(error_code_, error_message_);
  }
}

void OfferChannel::refuse(std::string_view code, std::string_view message) {
  gathering_.cancel();
  patience_.cancel();
  if (answered_) return;
  answered_ = true;
  give_refusal(code, message);
}

}  // namespace webrtcserver
