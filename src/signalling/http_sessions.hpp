// SPDX-License-Identifier: LGPL-2.1-or-later
// http_sessions.hpp — the sessions that are reached by requests (WHIP and WHEP), by their secret
// id, and what is checked of a request before it reaches one. Server thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/http_reply.hpp"
#include "rtc/ice.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class HttpChannel;

class HttpSessions : public std::enable_shared_from_this<HttpSessions> {
 public:
  explicit HttpSessions(LoopThread& loop) : loop_(loop) {}

  // What is wrong with a POST, whatever the stream: 415, 400, 422. Nothing for a good one.
  static std::optional<HttpResponse> check_offer(const HttpRequest& request);
  // The channel of a new session, whose answer goes to `reply`. `request` has passed check_offer().
  std::unique_ptr<Channel> open(const HttpRequest& request, const IceSettings& ice,
                                HttpReply reply);

  // PATCH, DELETE and GET of a session's path; 404 for one that is not (or no longer) there.
  void patch(const HttpRequest& request, HttpReply reply);
  void remove(const HttpRequest& request, HttpReply reply);
  HttpResponse look(const HttpRequest& request) const;

  // What an endpoint says of itself.
  static HttpResponse describe_endpoint(const std::vector<IceServer>& servers);
  static HttpResponse describe_session();

 private:
  friend class HttpChannel;

  // The session at the request's path; null: none.
  HttpChannel* find(const HttpRequest& request) const;

  LoopThread& loop_;
  std::map<std::string, HttpChannel*> channels_;  // by id; they remove themselves
};

// One value of Link for each server (RFC 9725, section 4.6).
std::string ice_server_link(const IceServer& server);

}  // namespace webrtcserver
