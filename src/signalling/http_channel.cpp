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
    : OfferChannel(loop, std::move(settings.offer), settings.needs_servers),
      sessions_(sessions),
      settings_(std::move(settings)),
      reply_(std::move(reply)) {
  sessions_->channels_.emplace(settings_.id, this);
}

HttpChannel::~HttpChannel() {
  sessions_->channels_.erase(settings_.id);
  refuse("timeout", "The stream is not ready.");
}

void HttpChannel::send_hello(const Hello& hello) {
  for (const IceServer& server : hello.ice_servers) links_.push_back(ice_server_link(server));
}

void HttpChannel::give_answer(const std::string& sdp) {
  etag_ = new_etag();
  HttpResponse response = HttpResponse::text(201, sdp, kSdpType);
  response.with("Location", settings_.location)
      .with("ETag", etag_)
      .with("Accept-Patch", kSdpFragmentType);
  std::string links;
  for (const std::string& link : links_) links += (links.empty() ? "" : ", ") + link;
  if (!links.empty()) response.with("Link", links);
  reply_.send(response);
}

void HttpChannel::give_refusal(std::string_view code, std::string_view message) {
  const int status = status_of(code);
  HttpResponse response = HttpResponse::problem(status, std::string(message));
  if (status == 503 || status == 409) response.with("Retry-After", kRetryAfter);
  reply_.send(response);
}

void HttpChannel::remove(HttpReply reply) {
  reply.send(HttpResponse::text(200, ""));
  if (listener()) listener()->on_left("The client left.");
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
    if (listener()) listener()->on_candidate(0, candidate);
  }
}

void HttpChannel::restart(SdpFragment fragment, HttpReply reply) {
  const auto pending = std::make_shared<HttpReply>(std::move(reply));
  const IceCredentials credentials = *fragment.credentials;
  listener()->on_ice_restart(
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
