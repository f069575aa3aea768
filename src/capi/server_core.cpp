// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/server_core.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "capi/folder_route.hpp"

namespace webrtcserver {

// One of them, whose handler is the application's. Its last reference goes in a call of the
// application, since what the handler holds may be anything.
struct ServerCore::Route {
  std::string method;   // empty for a socket
  std::string pattern;  // as it was added
  std::vector<std::string> further;
  RequestHandler request;
  std::shared_ptr<FolderRoute> folder;
  SocketHandler socket;
  std::atomic<bool> removed{false};
};

ServerCore::Settings ServerCore::settings() const {
  const std::scoped_lock lock(mutex_);
  return settings_;
}

void ServerCore::change(const std::function<void(Settings&)>& edit) {
  const std::scoped_lock lock(mutex_);
  edit(settings_);
}

std::shared_ptr<Server> ServerCore::server() const {
  const std::scoped_lock lock(mutex_);
  return server_;
}

std::string ServerCore::uri() const {
  const std::scoped_lock lock(mutex_);
  StreamUri uri = settings_.uri;
  if (server_) uri.endpoint.port = server_->port();
  return uri.text();
}

ServerCore::Settings ServerCore::with_ice_servers(Settings settings) {
  IceSettings& ice = settings.ice;
  for (const std::string& text : settings.ice_servers) {
    const IceServer server = parse_ice_server(text, "A server of ice-servers");
    if (is_turn(server)) {
      ice.turn_servers.push_back(to_webrtcbin(server));
      continue;
    }
    const std::string stun = to_webrtcbin(server);
    if (!ice.stun_server.empty() && ice.stun_server != stun) {
      throw Error(ErrorCode::kInvalidUri,
                  "ice-servers have more than one STUN server; one is asked, and one is enough.");
    }
    ice.stun_server = stun;
  }
  return settings;
}

void ServerCore::start() {
  std::shared_ptr<Server> opened;  // whose end, where this fails, nobody waits for
  const std::scoped_lock changing(changing_);
  if (server()) return;
  const Settings now = settings();
  if (!now.mistakes.empty()) throw Error(ErrorCode::kInvalidUri, now.mistakes.begin()->second);
  opened = Server::open(settings_from(with_ice_servers(now), now.uri.endpoint, now.uri.secure));
  opened->loop().call([&] {
    try {
      for (const auto& route : routes_) install(*opened, route);
      if (authorize_) install_authorize(*opened, authorize_);
    } catch (...) {
      opened->routes().remove_all(this);
      throw;
    }
    book_->follow(*opened);
  });
  const std::scoped_lock lock(mutex_);
  server_ = std::move(opened);
}

void ServerCore::stop() {
  std::shared_ptr<Server> old;  // whose end nobody waits for
  const std::scoped_lock changing(changing_);
  {
    const std::scoped_lock lock(mutex_);
    old = std::move(server_);
  }
  if (!old) return;
  for (const auto& stream : std::exchange(pushed_, {})) stream->close("The server closes.");
  old->loop().call([&] {
    book_->leave(*old);
    old->remove_ask(this);
    old->routes().remove_all(this);
    const auto sockets = std::move(sockets_);
    for (const auto& socket : sockets) socket->end(WebSocket::kGoingAway, "The server closes.");
  });
}

void ServerCore::end() {
  stop();
  const std::scoped_lock changing(changing_);
  calls_->post([authorize = std::exchange(authorize_, nullptr)] {});
  for (auto& route : std::exchange(routes_, {})) {
    route->removed = true;
    drop(std::move(route));
  }
}

void ServerCore::add_handler(const std::string& method, const std::string& pattern,
                             RequestHandler handler) {
  const auto route = std::make_shared<Route>();
  route->method = method;
  route->pattern = pattern;
  route->request = std::move(handler);
  add(route);
}

void ServerCore::add_socket(const std::string& pattern, SocketHandler handler) {
  const auto route = std::make_shared<Route>();
  route->pattern = pattern;
  route->socket = std::move(handler);
  add(route);
}

void ServerCore::add_folder(const std::string& path, const std::string& folder) {
  CustomRoutes::check(path);
  if (path.back() == '/' || path.find('{') != std::string::npos) {
    throw Error(ErrorCode::kFailed,
                "A folder needs a path without captures and without a slash at its end, such as "
                "\"/files\", and not “" +
                    path + "”.");
  }
  const auto route = std::make_shared<Route>();
  route->method = "GET";
  route->pattern = path;
  route->further = {path + "/", path + "/{path...}"};
  route->folder = std::make_shared<FolderRoute>(path, folder);
  add(route);
}

void ServerCore::add(const std::shared_ptr<Route>& route) {
  CustomRoutes::check(route->pattern);
  if (!route->socket) CustomRoutes::check_method(route->method);
  const std::scoped_lock changing(changing_);
  if (std::any_of(routes_.begin(), routes_.end(), [&](const auto& other) {
        return other->pattern == route->pattern && other->method == route->method;
      })) {
    throw Error(ErrorCode::kNameTaken, "The route “" + route->pattern + "” has a " +
                                           (route->socket ? "socket" : route->method + " handler") +
                                           " already.");
  }
  if (const auto running = server()) running->loop().call([&] { install(*running, route); });
  routes_.push_back(route);
}

void ServerCore::remove_route(const std::string& pattern) {
  const std::scoped_lock changing(changing_);
  if (const auto running = server()) running->loop().call([&] { take_away(*running, pattern); });
  for (auto route = routes_.begin(); route != routes_.end();) {
    if ((*route)->pattern != pattern) {
      ++route;
      continue;
    }
    (*route)->removed = true;
    drop(std::move(*route));
    route = routes_.erase(route);
  }
}

void ServerCore::take_away(Server& server, const std::string& pattern) {
  server.routes().remove(this, pattern);
  for (const auto& route : routes_) {
    if (route->pattern != pattern) continue;
    for (const std::string& more : route->further) server.routes().remove(this, more);
  }
}

void ServerCore::drop(std::shared_ptr<Route> route) {
  calls_->post([route = std::move(route)] {});
}

void ServerCore::install(Server& server, const std::shared_ptr<Route>& route) {
  if (route->socket) {
    server.routes().add_socket(
        this, route->pattern,
        [weak = weak_from_this(), &server, route](const HttpRequest& request, const Grant& grant,
                                                  std::unique_ptr<WebSocket> socket) {
          if (const auto self = weak.lock())
            self->take_socket(server, route, request, grant, std::move(socket));
        });
    return;
  }
  const auto take = [weak = weak_from_this(), route](const HttpRequest& request, const Grant& grant,
                                                     HttpReply reply) {
    if (const auto self = weak.lock()) self->take_request(route, request, grant, std::move(reply));
  };
  auto patterns = route->further;
  patterns.insert(patterns.begin(), route->pattern);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    try {
      server.routes().add(this, route->method, patterns[i], take);
    } catch (...) {
      for (std::size_t done = 0; done < i; ++done) server.routes().remove(this, patterns[done]);
      throw;
    }
  }
}

void ServerCore::take_request(const std::shared_ptr<Route>& route, const HttpRequest& request,
                              const Grant& grant, HttpReply reply) {
  const auto custom =
      std::make_shared<CustomRequest>(server_thread(), request, grant, std::move(reply));
  const auto busy = [](const char* why) {
    return HttpResponse::problem(503, why).with("Retry-After", "2");
  };
  if (route->folder) {
    if (!route->folder->take(custom)) custom->respond(busy("Too many wait for files already."));
    return;
  }
  const bool taken = calls_->offer([route, custom, busy] {
    if (route->removed) {
      custom->respond(busy("The application has taken this address away."));
    } else {
      route->request(custom);
    }
  });
  if (!taken) custom->respond(busy("The application does not keep up."));
}

void ServerCore::take_socket(Server& server, const std::shared_ptr<Route>& route,
                             const HttpRequest& request, const Grant& grant,
                             std::unique_ptr<WebSocket> socket) {
  // `gone` needs the socket's own address, which it has not yet.
  const auto place = std::make_shared<std::weak_ptr<CustomSocket>>();
  auto custom = std::make_shared<CustomSocket>(server_thread(), std::move(socket), grant, calls_,
                                               [weak = weak_from_this(), place] {
                                                 if (const auto self = weak.lock())
                                                   self->sockets_.erase(place->lock());
                                               });
  *place = custom;
  sockets_.insert(custom);
  server.routes().watch(custom);
  custom->start([route, custom, request] {
    if (route->removed) {
      custom->close();
    } else {
      route->socket(custom, request);
    }
  });
}

void ServerCore::set_authorize(AuthorizeHandler handler) {
  const auto authorize =
      handler ? std::make_shared<const AuthorizeHandler>(std::move(handler)) : nullptr;
  const std::scoped_lock changing(changing_);
  if (const auto running = server()) {
    running->loop().call([&] {
      if (authorize) {
        install_authorize(*running, authorize);
      } else {
        running->remove_ask(this);
      }
    });
  }
  calls_->post([old = std::exchange(authorize_, authorize)] {});
}

void ServerCore::install_authorize(Server& server,
                                   const std::shared_ptr<const AuthorizeHandler>& authorize) const {
  server.set_ask(this, [calls = calls_, authorize](const std::shared_ptr<Admission>& admission) {
    // Nobody is asked in vain: so an application that has fallen behind catches up.
    return calls->offer([authorize, admission] {
      if (admission->waits()) (*authorize)(admission);
    });
  });
}

void ServerCore::revoke(const std::string& token) {
  if (const auto running = server()) running->loop().call([&] { running->revoke(token); });
}

Ref<GstWebRTCServerStream> ServerCore::add_stream(const PushedStream::Settings& settings) {
  const std::scoped_lock changing(changing_);
  const auto running = server();
  if (!running)
    throw Error(ErrorCode::kClosed, "The server does not run; start it before it has streams.");
  pushed_.remove_if([](const auto& stream) { return !stream->stream(); });  // that are closed
  auto pushed = PushedStream::open(running, settings, book_);
  const auto stream = pushed->stream();
  auto object = stream ? book_->find(*stream) : nullptr;
  // A handler of stream-added may close it before it is returned here.
  if (!object) throw Error(ErrorCode::kClosed, "The stream has been closed already.");
  pushed_.push_back(std::move(pushed));
  return object;
}

std::string ServerCore::ice_servers_json() const {
  const auto running = server();
  const IceSettings ice = running ? running->ice() : with_ice_servers(settings()).ice;
  JsonWriter json;
  json.begin().begin_array("servers");
  for (const IceServer& server : ice_servers(ice, "application")) {
    json.begin().begin_array("urls").element(server.url).end_array();
    if (!server.username.empty())
      json.add("username", server.username).add("credential", server.credential);
    json.end();
  }
  const std::string text = json.end_array().end().text();
  return std::string(json_text(text, "servers"));
}

}  // namespace webrtcserver
