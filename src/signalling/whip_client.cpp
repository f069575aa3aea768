// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/whip_client.hpp"

#include <utility>

#include "net/http.hpp"
#include "rtc/sdp.hpp"
#include "rtc/sdp_fragment.hpp"
#include "signalling/link_header.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::signalling())
#include "base/log.hpp"

namespace webrtcserver {

using Outcome = WhipEnding::Outcome;

namespace {

// The session's error codes (docs/protocol.md) in the words of a client. Others are fine as they
// are.
std::string in_words(std::string_view code, std::string_view message) {
  if (code == "negotiation-timeout")
    return "No connection for media came about in time: firewalls may need a TURN server.";
  if (code == "no-common-codec")
    return "It agreed to none of the codecs and media that were offered.";
  if (code == "bad-sdp") return "It gave no usable answer: " + std::string(message);
  if (code == "fingerprint")
    return "Its DTLS certificate is not the one of its answer: somebody else answers in its name.";
  return std::string(message);
}

// Empty where the server names none: the endpoint itself, which some name, is not to be deleted.
std::string resource_of(const HttpClient::Reply& reply) {
  const std::string& location = reply.header("location");
  if (reply.status / 100 != 2 || location.empty()) return {};
  std::string resource = reply.resolve(location);
  return resource == reply.url ? std::string() : resource;
}

void delete_session(HttpClient& http, const std::string& resource) {
  // Its address is the right to it, and is not logged.
  http.send({.method = "DELETE", .url = resource}, [](const HttpClient::Reply& reply) {
    GST_INFO("DELETE of the session: %d %s", reply.status, reply.error.c_str());
  });
}

}  // namespace

WhipClient::WhipClient(LoopThread& loop, std::shared_ptr<HttpClient> http, Settings settings,
                       std::weak_ptr<Observer> observer)
    : loop_(loop),
      http_(std::move(http)),
      settings_(std::move(settings)),
      observer_(std::move(observer)),
      alive_(std::make_shared<WhipClient*>(this)) {}

WhipClient::~WhipClient() {
  *alive_ = nullptr;
  end({});
}

void WhipClient::send_description(const std::string& sdp) {
  if (state_ != State::kNew) return;
  offer_ = sdp;
  state_ = State::kGathering;
  if (complete_) return post_offer();
  gathering_ = loop_.after(settings_.gathering, [this] { post_offer(); });
}

void WhipClient::send_candidate(unsigned /*media_index*/, const std::string& candidate) {
  if (candidate.empty() || state_ == State::kEnded) return;
  // Told again for another m-line, when the server has rejected the first: it needs each once.
  if (!known_.insert(candidate).second) return;
  candidates_.push_back(candidate);
  trickle();
}

void WhipClient::send_end_of_candidates() {
  complete_ = true;
  if (state_ == State::kGathering) return post_offer();
  trickle();
}

void WhipClient::post_offer() {
  gathering_.cancel();
  state_ = State::kPosted;
  told_complete_ = complete_;
  offer_ = with_candidates(offer_, candidates_, complete_);
  candidates_.clear();
  GST_INFO("POST %s", without_query(settings_.url).c_str());
  http_->send({.method = "POST",
               .url = settings_.url,
               .headers = {{"Accept", kSdpType}},
               .content_type = kSdpType,
               .body = offer_},
              [alive = alive_, http = http_.get()](const HttpClient::Reply& reply) {
                if (*alive) return (*alive)->take_reply(reply);
                // It came too late, but the server has a session now.
                const std::string resource = resource_of(reply);
                if (!resource.empty()) delete_session(*http, resource);
              });
}

void WhipClient::take_reply(const HttpClient::Reply& reply) {
  GST_INFO("POST %s: %d %s", without_query(reply.url).c_str(), reply.status, reply.error.c_str());
  if (reply.status / 100 != 2) return fail(WhipEnding::of(reply));
  resource_ = resource_of(reply);
  if (state_ == State::kEnded) {
    if (!resource_.empty()) delete_session(*http_, resource_);
    return;
  }
  accept(reply);
}

void WhipClient::accept(const HttpClient::Reply& reply) {
  state_ = State::kAccepted;
  if (!is_media_type(reply.header("content-type"), kSdpType)) {
    return fail({Outcome::kRefused, "It answers with " + std::to_string(reply.status) + " and no " +
                                        kSdpType +
                                        ": is this the address of a WHIP or WHEP endpoint?"});
  }
  etag_ = reply.header("etag");
  // RFC 9725, section 4.3: who takes candidates gives the ICE session an entity tag. Some servers
  // say so in the answer alone.
  trickles_ = !resource_.empty() &&
              (!etag_.empty() || reply.body.find("a=ice-options:trickle") != std::string::npos);
  if (const auto observer = observer_.lock())
    observer->on_accepted(read_ice_links(reply.header("link")));
  const std::weak_ptr<WhipClient*> weak = alive_;
  if (listener_) listener_->on_answer(reply.body);
  if (const auto alive = weak.lock(); alive && *alive) trickle();
}

void WhipClient::trickle() {
  if (state_ != State::kAccepted || !trickles_ || trickling_) return;
  if (candidates_.empty() && complete_ == told_complete_) return;
  trickling_ = true;
  told_complete_ = complete_;
  SdpFragment fragment = read_sdp_fragment(offer_);
  fragment.candidates = std::exchange(candidates_, {});
  fragment.end_of_candidates = complete_;
  HttpClient::Request request{.method = "PATCH",
                              .url = resource_,
                              .content_type = kSdpFragmentType,
                              .body = write_sdp_fragment(fragment)};
  if (!etag_.empty()) request.headers.emplace_back("If-Match", etag_);
  http_->send(std::move(request), [alive = alive_](const HttpClient::Reply& reply) {
    if (!*alive) return;
    WhipClient& self = **alive;
    self.trickling_ = false;
    if (reply.status / 100 == 2) return self.trickle();
    // It makes do with those of the offer, or ICE finds the others by itself.
    GST_INFO("PATCH of the session: %d %s; no candidates are sent any more", reply.status,
             reply.error.c_str());
    self.trickles_ = false;
  });
}

void WhipClient::note_connected() {
  if (const auto observer = observer_.lock()) observer->on_connected();
}

void WhipClient::send_error(std::string_view code, std::string_view message) {
  if (code == "bad-candidate" || code == "no-media") return;  // the session goes on
  error_code_ = code;
  error_ = in_words(code, message);
}

void WhipClient::say_bye(std::string_view reason, std::string_view message) {
  if (reason == "restart") return end({Outcome::kChanged, std::string(message)});
  if (error_code_.empty()) return end({Outcome::kOver, std::string(message)});
  const bool hopeless = error_code_ == "no-common-codec" || error_code_ == "bad-sdp";
  end({hopeless ? Outcome::kRefused : Outcome::kFault, error_});
}

void WhipClient::fail(const WhipEnding& ending) {
  end(ending);
  if (listener_) listener_->on_left(ending.message);
}

void WhipClient::end(const WhipEnding& ending) {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  gathering_.cancel();
  if (!resource_.empty()) delete_session(*http_, resource_);
  if (const auto observer = observer_.lock()) observer->on_ended(ending);
}

}  // namespace webrtcserver
