// SPDX-License-Identifier: LGPL-2.1-or-later
// server_core.hpp — what a GstWebRTCServerServer is behind its GObject: settings, the running
// server that it shares with others, and the routes that the application has added. Any thread but
// the server's, unless a method says otherwise.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "capi/session_book.hpp"
#include "server/application_calls.hpp"
#include "server/custom_request.hpp"
#include "server/custom_socket.hpp"
#include "server/pushed_stream.hpp"
#include "server/server.hpp"
#include "server/server_options.hpp"

namespace webrtcserver {

class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  static constexpr char kDefaultUri[] = "webrtc://@:8554";

  struct Settings : ServerOptions {
    StreamUri uri = StreamUri::parse_server(kDefaultUri);
    std::vector<std::string> ice_servers;  // as --ice-server has them
  };

  explicit ServerCore(std::shared_ptr<SessionBook::Handler> handler)
      : calls_(std::make_shared<ApplicationCalls>(server_thread())),
        book_(std::make_shared<SessionBook>(calls_, std::move(handler))) {}

  Settings settings() const;
  void change(const std::function<void(Settings&)>& edit);

  // Throws Error. Twice is once.
  void start();
  void stop();
  // The same, and drops the routes: nobody is there to ask for them.
  void end();
  // Null before start() and after stop().
  std::shared_ptr<Server> server() const;
  std::string uri() const;  // with the real port

  // In the application's calls.
  using RequestHandler = std::function<void(const std::shared_ptr<CustomRequest>&)>;
  using SocketHandler =
      std::function<void(const std::shared_ptr<CustomSocket>&, const HttpRequest& request)>;
  // Throw Error. A handler is dropped in the application's calls too, once it is not needed.
  void add_handler(const std::string& method, const std::string& pattern, RequestHandler handler);
  void add_socket(const std::string& pattern, SocketHandler handler);
  // Files below "/files" and at "/files/{path...}".
  void add_folder(const std::string& path, const std::string& folder);
  void remove_route(const std::string& pattern);

  // In the application's calls, where it is dropped too. Null: nobody is asked any more. Throws
  // what Gatekeeper::set_ask() does.
  using AuthorizeHandler = std::function<void(const std::shared_ptr<Admission>&)>;
  void set_authorize(AuthorizeHandler handler);
  void revoke(const std::string& token);

  // Throws what PushedStream::open() does, and Error(kClosed) while it does not run.
  Ref<GstWebRTCServerStream> add_stream(const PushedStream::Settings& settings);
  SessionBook& book() const { return *book_; }

  // RTCConfiguration.iceServers as JSON. Throws Error for settings that are malformed.
  std::string ice_servers_json() const;

 private:
  struct Route;

  // Server thread.
  void install(Server& server, const std::shared_ptr<Route>& route);
  void take_request(const std::shared_ptr<Route>& route, const HttpRequest& request,
                    const Grant& grant, HttpReply reply);
  void take_socket(Server& server, const std::shared_ptr<Route>& route, const HttpRequest& request,
                   const Grant& grant, std::unique_ptr<WebSocket> socket);

  void install_authorize(Server& server,
                         const std::shared_ptr<const AuthorizeHandler>& authorize) const;
  void take_away(Server& server, const std::string& pattern);

  void add(const std::shared_ptr<Route>& route);
  void drop(std::shared_ptr<Route> route);
  // With those of `ice_servers` among the others.
  static Settings with_ice_servers(Settings settings);

  const std::shared_ptr<ApplicationCalls> calls_;
  const std::shared_ptr<SessionBook> book_;

  // Held while the running server is asked to change; what answers on its thread never asks for it.
  std::mutex changing_;
  std::list<std::shared_ptr<Route>> routes_;           // guarded by changing_
  std::shared_ptr<const AuthorizeHandler> authorize_;  // guarded by changing_; may be null
  std::list<std::shared_ptr<PushedStream>> pushed_;    // guarded by changing_

  mutable std::mutex mutex_;        // taken last
  Settings settings_;               // guarded by mutex_
  std::shared_ptr<Server> server_;  // guarded by mutex_; changed with changing_ held

  std::set<std::shared_ptr<CustomSocket>> sockets_;  // server thread
};

}  // namespace webrtcserver
