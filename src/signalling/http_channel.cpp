// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/http_channel.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "rtc/sdp.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::signalling())
#include "base/log.hpp"

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

constexpr char kRetryAfter[] = "2";  // seconds

// Of the protocol's error codes (docs/protocol.md).
int status_of(std::string_view code) {
  if (code == "bad-sdp") return 400;
  if (code == "no-common-codec") return 422;
  if (code == "busy") return 409;
  if (code == "internal") return 500;
  return 503;
}

bool is_any(const std::string& if_match) {
  return if_match == "*" || if_match == "\"*\"";  // RFC 9110, and as RFC 9725 writes it
}

std::string new_etag() {
  return "\"" + random_id() + "\"";
}

}  // namespace

HttpChannel::HttpChannel(LoopThread& loop, const std::shared_ptr<HttpSessions>& sessions,
                         Settings settings, HttpReply reply)
    : loop_(loop),
      sessions_(sessions),
      settings_(std::move(settings)),
      reply_(std::move(reply)),
      patience_(loop.after(kPatience, [this] {
        if (listener_) listener_->on_left("The stream had nothing to answer with in time.");
      })) {
  sessions_->channels_.emplace(settings_.id, this);
}

HttpChannel::~HttpChannel() {
  sessions_->channels_.erase(settings_.id);
  refuse("timeout", "The stream is not ready.");
}

void HttpChannel::send_hello(const Hello& hello) {
  for (const IceServer& server : hello.ice_servers) links_.push_back(ice_server_link(server));
}

void HttpChannel::send_description(const std::string& sdp) {
  description_ = sdp;
  gathering_ = loop_.after(settings_.needs_servers ? kServerLimit : kGatheringLimit,
                           [this] { answer(false); });
}

void HttpChannel::send_candidate(unsigned /*media_index*/, const std::string& candidate) {
  if (reply_ && !candidate.empty()) candidates_.push_back(candidate);
}

void HttpChannel::send_end_of_candidates() {
  if (!description_.empty()) answer(true);
}

void HttpChannel::answer(bool complete) {
  gathering_.cancel();
  patience_.cancel();
  if (!reply_) return;
  etag_ = new_etag();
  HttpResponse response =
      HttpResponse::text(201, with_candidates(description_, candidates_, complete), kSdpType);
  response.with("Location", settings_.location)
      .with("ETag", etag_)
      .with("Accept-Patch", kSdpFragmentType);
  std::string links;
  for (const std::string& link : links_) links += (links.empty() ? "" : ", ") + link;
  if (!links.empty()) response.with("Link", links);
  reply_.send(response);
}

void HttpChannel::send_error(std::string_view code, std::string_view message) {
  // Once there is an answer, nobody listens: what is wrong with a candidate is not said.
  error_code_ = code;
  error_message_ = message;
}

void HttpChannel::say_bye(std::string_view reason, std::string_view message) {
  if (error_code_.empty()) {
    refuse(reason, message);
  } else {
    refuse(error_code_, error_message_);
  }
}

void HttpChannel::refuse(std::string_view code, std::string_view message) {
  gathering_.cancel();
  patience_.cancel();
  if (!reply_) return;
  const int status = status_of(code);
  HttpResponse response = HttpResponse::problem(status, std::string(message));
  if (status == 503 || status == 409) response.with("Retry-After", kRetryAfter);
  reply_.send(response);
}

void HttpChannel::remove(HttpReply reply) {
  reply.send(HttpResponse::text(200, ""));
  if (listener_) listener_->on_left("The client left.");
}

HttpResponse HttpChannel::look() const {
  HttpResponse response;
  response.status = 204;
  return response.with("ETag", etag_);
}

void HttpChannel::patch(const HttpRequest& request, HttpReply reply) {
  SdpFragment fragment;
  try {
    fragment = read_sdp_fragment(request.body);
  } catch (const Error& error) {
    return reply.send(HttpResponse::problem(400, error.what()));
  }
  const auto if_match = request.header("if-match");
  if (!if_match) {
    return reply.send(HttpResponse::problem(
        428, "If-Match is needed: the session's ETag for candidates, \"*\" for an ICE restart."));
  }
  const bool any = is_any(*if_match);
  if (!any && *if_match != etag_) {
    return reply.send(HttpResponse::problem(
        412, "If-Match is not the session's ETag; ICE has been restarted since."));
  }
  const bool same = !fragment.credentials || fragment.credentials == settings_.credentials;
  if (any && !same) return restart(std::move(fragment), std::move(reply));
  // Under other credentials they are of another generation, and of no use.
  if (same) give_candidates(fragment);
  HttpResponse response;
  response.status = 204;
  reply.send(response);
}

void HttpChannel::give_candidates(const SdpFragment& fragment) {
  for (const std::string& candidate : fragment.candidates) {
    if (listener_) listener_->on_candidate(0, candidate);
  }
}

void HttpChannel::restart(SdpFragment fragment, HttpReply reply) {
  const auto pending = std::make_shared<HttpReply>(std::move(reply));
  const IceCredentials credentials = *fragment.credentials;
  listener_->on_ice_restart(
      credentials, [this, alive = std::weak_ptr<bool>(alive_), fragment = std::move(fragment),
                    pending](const std::optional<IceRestart>& restarted) {
        if (!alive.expired()) {
          end_restart(fragment, restarted, *pending);
        } else {
          pending->send(HttpResponse::problem(404, "The session has ended."));
        }
      });
}

void HttpChannel::end_restart(const SdpFragment& request,
                              const std::optional<IceRestart>& restarted, HttpReply& reply) {
  if (!restarted) {
    return reply.send(HttpResponse::problem(422, "ICE cannot be restarted here; begin anew."));
  }
  settings_.credentials = *request.credentials;
  etag_ = new_etag();
  give_candidates(request);
  SdpFragment answer{request.group, restarted->credentials, request.media,
                     request.mid,   restarted->candidates,  true};
  HttpResponse response = HttpResponse::text(200, write_sdp_fragment(answer), kSdpFragmentType);
  reply.send(response.with("ETag", etag_));
}

}  // namespace webrtcserver
