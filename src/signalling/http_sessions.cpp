// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/http_sessions.hpp"

#include <glib.h>

#include "base/error.hpp"
#include "base/random.hpp"
#include "rtc/client_offer.hpp"
#include "rtc/sdp.hpp"
#include "signalling/http_channel.hpp"

namespace webrtcserver {

namespace {

HttpResponse no_session() {
  return HttpResponse::problem(404, "There is no session of this name, or it has ended.");
}

HttpResponse empty(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

// RFC 9110, section 5.6.4.
std::string quote(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string ice_server_link(const IceServer& server) {
  std::string link = "<" + server.url + ">; rel=\"ice-server\"";
  if (!server.username.empty()) {
    link += "; username=" + quote(server.username) + "; credential=" + quote(server.credential) +
            "; credential-type=\"password\"";
  }
  return link;
}

std::optional<HttpResponse> HttpSessions::check_offer(const HttpRequest& request) {
  if (!has_content_type(request, kSdpType)) {
    return HttpResponse::problem(415, "An offer comes as application/sdp.")
        .with("Accept-Post", kSdpType);
  }
  try {
    check_client_offer(request.body);
  } catch (const Error& error) {
    return HttpResponse::problem(error.code() == ErrorCode::kLimit ? 422 : 400, error.what());
  }
  return {};
}

std::unique_ptr<Channel> HttpSessions::open(const HttpRequest& request, const IceSettings& ice,
                                            HttpReply reply) {
  const std::string id = random_id();
  return std::make_unique<HttpChannel>(
      loop_, shared_from_this(),
      HttpChannel::Settings{id, request.path + "/" + id, request.body,
                            check_client_offer(request.body),
                            OfferChannel::waits_for_servers(request.body, ice)},
      std::move(reply));
}

HttpChannel* HttpSessions::find(const HttpRequest& request) const {
  const auto found = channels_.find(request.captures.at("session"));
  // Under its own path only, so that a right to one stream is none to another.
  const bool there = found != channels_.end() && found->second->is_open() &&
                     found->second->location() == request.path;
  return there ? found->second : nullptr;
}

void HttpSessions::patch(const HttpRequest& request, HttpReply reply) {
  HttpChannel* const channel = find(request);
  if (!channel) return reply.send(no_session());
  if (!has_content_type(request, kSdpFragmentType)) {
    return reply.send(
        HttpResponse::problem(415, "Candidates come as application/trickle-ice-sdpfrag.")
            .with("Accept-Patch", kSdpFragmentType));
  }
  channel->patch(request, std::move(reply));
}

void HttpSessions::remove(const HttpRequest& request, HttpReply reply) {
  HttpChannel* const channel = find(request);
  if (!channel) return reply.send(no_session());
  channel->remove(std::move(reply));
}

HttpResponse HttpSessions::look(const HttpRequest& request) const {
  const HttpChannel* const channel = find(request);
  return channel ? channel->look() : no_session();
}

HttpResponse HttpSessions::describe_endpoint(const std::vector<IceServer>& servers) {
  HttpResponse response = empty(200);
  response.with("Allow", "GET, HEAD, OPTIONS, POST").with("Accept-Post", kSdpType);
  std::string links;
  for (const IceServer& server : servers)
    links += (links.empty() ? "" : ", ") + ice_server_link(server);
  if (!links.empty()) response.with("Link", links);
  return response;
}

HttpResponse HttpSessions::describe_session() {
  HttpResponse response = empty(200);
  response.with("Allow", "DELETE, GET, HEAD, OPTIONS, PATCH")
      .with("Accept-Patch", kSdpFragmentType);
  return response;
}

}  // namespace webrtcserver
