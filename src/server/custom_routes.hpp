// SPDX-License-Identifier: LGPL-2.1-or-later
// custom_routes.hpp — the routes that applications add to a server's own. They pass through the
// same gate and limits. Server thread, unless a method says otherwise.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/authorizer.hpp"
#include "net/listener.hpp"
#include "server/custom_socket.hpp"

namespace webrtcserver {

class CustomRoutes {
 public:
  static constexpr std::size_t kMaxRoutes = 256;
  static constexpr std::size_t kMaxPattern = 512;  // bytes

  // Of a server. `taken`: whether a stream has the name, in either direction.
  CustomRoutes(Listener& listener, const Authorizer& authorizer,
               std::function<bool(const std::string&)> taken);

  // What may be a route at all: of the server's own, only "/" may be replaced. Throws
  // Error(kFailed) that says what is wrong. Any thread.
  static void check(const std::string& pattern);
  static void check_method(const std::string& method);

  using Handler = std::function<void(const HttpRequest&, const Grant&, HttpReply)>;
  // Whoever adds them names themselves by `owner`. Throws what check() does, Error(kNameTaken) for
  // what somebody has added already or a stream is called, and Error(kLimit).
  void add(const void* owner, const std::string& method, const std::string& pattern,
           Handler handler);
  using SocketHandler =
      std::function<void(const HttpRequest&, const Grant&, std::unique_ptr<WebSocket>)>;
  void add_socket(const void* owner, const std::string& pattern, SocketHandler handler);
  // From a socket's handler: it may stay as long as its token counts.
  void watch(const std::shared_ptr<CustomSocket>& socket);
  // See CustomSocket::check_grant().
  void check_grants(bool renew);
  void remove(const void* owner, const std::string& pattern);
  void remove_all(const void* owner);

  // Whether a stream of this name would not be reached.
  bool reserves(const std::string& stream) const;
  // In place of the server's own page; null where it has been left.
  const HttpReplyHandler& front_page() const { return front_page_; }

 private:
  // By pattern and method; a socket's method is empty.
  using Key = std::pair<std::string, std::string>;

  void admit(const void* owner, const Key& key);
  void erase(const Key& key);

  Listener& listener_;
  const Authorizer& authorizer_;
  const std::function<bool(const std::string&)> taken_;
  std::map<Key, const void*> owners_;
  HttpReplyHandler front_page_;
  std::vector<std::weak_ptr<CustomSocket>> watched_;
};

}  // namespace webrtcserver
