// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/custom_routes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "net/router.hpp"
#include "net/stream_uri.hpp"

namespace webrtcserver {

namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};

// Its first segment, where a stream's name stands.
std::string first_of(const std::string& pattern) {
  return pattern.substr(1, pattern.find('/', 1) - 1);
}

[[noreturn]] void refuse(const std::string& pattern, const std::string& why) {
  throw Error(ErrorCode::kFailed, "The route “" + pattern + "” " + why);
}

}  // namespace

CustomRoutes::CustomRoutes(Listener& listener, const Authorizer& authorizer,
                           std::function<bool(const std::string&)> taken)
    : listener_(listener), authorizer_(authorizer), taken_(std::move(taken)) {}

void CustomRoutes::check(const std::string& pattern) {
  if (pattern.size() > kMaxPattern)
    refuse(pattern.substr(0, 32) + "…", "has more than " + std::to_string(kMaxPattern) + " bytes.");
  const std::string shape = Router::shape(pattern);  // throws for one that is malformed
  const std::string first = first_of(pattern);
  if (is_reserved_name(first)) refuse(pattern, "is one of the server's own; choose another.");
  if (shape == "/{}" || shape.starts_with("/{}/whep") || shape.starts_with("/{}/whip"))
    refuse(pattern, "would stand for every stream; begin it with a name.");
}

void CustomRoutes::check_method(const std::string& method) {
  if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) return;
  throw Error(
      ErrorCode::kFailed,
      "A route is for GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, not “" + method + "”.");
}

void CustomRoutes::admit(const void* owner, const Key& key) {
  const auto& [pattern, method] = key;
  check(pattern);
  if (owners_.size() >= kMaxRoutes) {
    throw Error(ErrorCode::kLimit, "The server has " + std::to_string(kMaxRoutes) +
                                       " routes of applications already.");
  }
  const std::string first = first_of(pattern);
  if (taken_(first)) {
    throw Error(ErrorCode::kNameTaken, "The route “" + pattern + "” would hide the stream \"" +
                                           first + "\"; choose another name for one of them.");
  }
  const std::string shape = Router::shape(pattern);
  for (const auto& [other, other_owner] : owners_) {
    if (other.first != pattern && Router::shape(other.first) == shape) {
      throw Error(ErrorCode::kNameTaken, "The route “" + pattern + "” stands for what “" +
                                             other.first + "” does already.");
    }
  }
  if (!owners_.emplace(key, owner).second) {
    throw Error(ErrorCode::kNameTaken, "The route “" + pattern + "” has a " +
                                           (method.empty() ? "socket" : method + " handler") +
                                           " already.");
  }
}

void CustomRoutes::add(const void* owner, const std::string& method, const std::string& pattern,
                       Handler handler) {
  check_method(method);
  admit(owner, {pattern, method});
  HttpReplyHandler route = [this, handler = std::move(handler)](const HttpRequest& request,
                                                                HttpReply reply) {
    auto verdict = authorizer_.identify(request);
    if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return reply.send(*refusal);
    handler(request, std::get<Grant>(verdict), std::move(reply));
  };
  if (pattern == "/" && method == "GET") {
    front_page_ = std::move(route);
    listener_.make_public(pattern, PublicTo::kNobody);
  } else {
    listener_.add_later(method, pattern, std::move(route));
  }
}

void CustomRoutes::add_socket(const void* owner, const std::string& pattern,
                              SocketHandler handler) {
  admit(owner, {pattern, ""});
  listener_.add_web_socket(
      pattern,
      [this, handler = std::move(handler)](const HttpRequest& request) -> WebSocketDecision {
        auto verdict = authorizer_.identify(request);
        if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
        return WebSocketAccept(
            [request, handler, grant = std::get<Grant>(verdict)](
                std::unique_ptr<WebSocket> socket) { handler(request, grant, std::move(socket)); });
      });
}

void CustomRoutes::watch(const std::shared_ptr<CustomSocket>& socket) {
  // Tokens may be asked for later.
  std::erase_if(watched_, [](const auto& other) { return other.expired(); });
  watched_.emplace_back(socket);
}

void CustomRoutes::check_grants(bool renew) {
  std::erase_if(watched_, [&](const auto& weak) {
    const auto socket = weak.lock();
    if (socket) socket->check_grant(authorizer_, renew);
    return !socket;
  });
}

void CustomRoutes::erase(const Key& key) {
  const auto& [pattern, method] = key;
  if (method.empty()) {
    listener_.remove_web_socket(pattern);
  } else if (pattern == "/" && method == "GET") {
    front_page_ = {};
    listener_.make_public(pattern);
  } else {
    listener_.remove(method, pattern);
  }
}

void CustomRoutes::remove(const void* owner, const std::string& pattern) {
  std::erase_if(owners_, [&](const auto& entry) {
    const bool meant = entry.second == owner && entry.first.first == pattern;
    if (meant) erase(entry.first);
    return meant;
  });
}

void CustomRoutes::remove_all(const void* owner) {
  std::erase_if(owners_, [&](const auto& entry) {
    const bool meant = entry.second == owner;
    if (meant) erase(entry.first);
    return meant;
  });
}

bool CustomRoutes::reserves(const std::string& stream) const {
  return std::any_of(owners_.begin(), owners_.end(),
                     [&](const auto& entry) { return first_of(entry.first.first) == stream; });
}

}  // namespace webrtcserver
