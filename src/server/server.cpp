// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/server.hpp"

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "rtc/host_names.hpp"
#include "rtc/warm_up.hpp"
#include "server/control_routes.hpp"
#include "server/server_options.hpp"
#include "server/server_registry.hpp"
#include "server/session.hpp"
#include "signalling/web_socket_channel.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// Changes within this time are told as one: a hundred viewers that come at once are not a hundred
// events.
constexpr std::chrono::milliseconds kAnnouncementDelay{200};

// How much longer than its token a session may live.
constexpr std::chrono::seconds kCheckInterval{1};

// How long the last to leave a server waits for peers and encoders that are still being stopped.
constexpr std::chrono::seconds kFarewellLimit{5};

}  // namespace

LoopThread& server_thread() {
  static auto* const thread =
      new LoopThread("webrtcserver");  // NOLINT: never stopped, see the header
  return *thread;
}

std::shared_ptr<Server> Server::open(const Settings& settings) {
  auto& registry = ServerRegistry::instance();
  const bool any_port = settings.endpoint.port == 0;
  if (!any_port) {
    if (auto running = registry.find_or_claim(settings.endpoint)) {
      check_agreement(running->settings_, settings);
      return running;
    }
  }
  std::unique_ptr<Server> created;
  try {
    if (settings.secure && !settings.tls) {
      throw Error(
          ErrorCode::kTls,
          "webrtcs:// needs a certificate: set tls-certificate and tls-key, or $SSL_CERT and "
          "$SSL_KEY, or tls=self-signed.");
    }
    created = std::make_unique<Server>(settings);
  } catch (...) {
    if (!any_port) registry.leave(settings.endpoint);
    throw;
  }
  const Endpoint endpoint{settings.endpoint.interface, created->port()};
  // The last handle may go on any thread; what a server owns must go on its own.
  std::shared_ptr<Server> server(created.release(), [endpoint](Server* old) {
    server_thread().call([old] { const std::unique_ptr<Server> owned(old); });
    ServerRegistry::instance().leave(endpoint);
    // What still closes uses GStreamer, and the program may deinitialise it next, which would hang.
    if (!server_thread().is_current()) SerialQueue::wait_idle(kFarewellLimit);
  });
  registry.fill(endpoint, server);
  warm_up_peers();
  // The first session finds the names of its servers known.
  if (webrtcbin_waits_for_names()) with_known_addresses(ice_servers(settings.ice, ""));
  return server;
}

Server::Server(const Settings& settings)
    : settings_(settings), loop_(server_thread()), authorizer_(settings.auth_tokens) {
  Listener::Settings listen{settings.endpoint, settings.tls, settings.allowed_origins, {}};
  // Behind a reverse proxy or NAT all viewers share one address.
  listen.limits.max_connections_per_address = listen.limits.max_connections;
  listener_ = std::make_unique<Listener>(loop_, listen);
  port_ = listener_->port();
  urls_ = listener_->urls();
  offers_ = std::make_unique<OfferDesk>(
      loop_, [this](const std::string& name, Direction direction) -> std::shared_ptr<Stream> {
        const auto found = streams_.find({name, direction});
        return found == streams_.end() ? nullptr : found->second;
      });
  routes_ = std::make_unique<CustomRoutes>(*listener_, authorizer_, [this](const auto& name) {
    return streams_.count({name, Direction::kSend}) + streams_.count({name, Direction::kReceive}) >
           0;
  });
  loop_.call([this] {
    add_routes();
    follow_tokens();
  });
  GST_INFO("listening at %s",
           urls_.empty() ? settings.endpoint.text().c_str() : urls_.front().c_str());
}

Server::~Server() {
  for (const auto& entry : streams_) {
    Stream& stream = *entry.second;
    stream.end("closing", "The server closes.");
    server_events_->tell([&](auto& listener) { listener.on_stream_removed(stream); });
  }
}

std::vector<std::shared_ptr<Stream>> Server::streams() const {
  std::vector<std::shared_ptr<Stream>> streams;
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

std::string Server::fingerprint() const {
  return loop_.call([this] { return listener_->fingerprint(); });
}

void Server::follow_tokens() {
  listener_->set_gate([this](const HttpRequest& request) { return gatekeeper_.decide(request); });
  if (!authorizer_.asks()) return;
  authorizer_.watch(loop_, {[this] { check_grants(true); },
                            [this](const std::string& message) {
                              for (const auto& [key, stream] : streams_) {
                                if (const auto observer = stream->observer().lock())
                                  observer->on_warning(message);
                              }
                            }});
  begin_checking();
}

void Server::begin_checking() {
  checking_ = loop_.every(kCheckInterval, [this] {
    check_grants(false);
    return true;
  });
}

void Server::set_ask(const void* owner, Gatekeeper::Ask ask) {
  const bool asked = authorizer_.asks();
  gatekeeper_.set_ask(owner, std::move(ask));
  begin_checking();
  // Nobody stays who has come in while nobody asked.
  if (!asked) check_grants(true);
}

void Server::revoke(const std::string& token) {
  authorizer_.revoke(token);
  check_grants(true);
  authorizer_.revoke({});
}

std::optional<Permission> Server::wanted_by(const HttpRequest& request) const {
  const auto found = request.captures.find("stream");
  if (found == request.captures.end()) return {};
  const std::string& name = found->second;
  if (request.path == "/api/controls/" + name)
    return request.method == "PATCH" ? Permission::kControl : Permission::kView;
  if (request.path.starts_with("/" + name + "/whip")) return Permission::kPublish;
  if (request.path.starts_with("/" + name + "/whep")) return Permission::kView;
  if (request.path != "/" + name) return {};  // a route of the application's
  const auto role = request.query.find("role");
  if (role != request.query.end() && role->second == "publish") return Permission::kPublish;
  const auto stream = find(request);
  return stream ? stream->permission() : Permission::kView;
}

void Server::check_grants(bool renew) {
  const auto streams = streams_;  // whose sessions may end, which is told
  for (const auto& [key, stream] : streams) {
    for (const auto& session : stream->sessions()) session->check_grant(authorizer_, renew);
  }
  routes_->check_grants(renew);
  const std::int64_t now = seconds_now();
  // A reader who comes again is told what is right for it now.
  std::erase_if(events_,
                [&](const auto& entry) { return renew || entry.second.grant.expired(now); });
}

void Server::add_routes() {
  listener_->add("GET", "/healthz",
                 [](const HttpRequest&) { return HttpResponse::text(200, "ok\n"); });
  listener_->add("GET", "/api/streams", [this](const HttpRequest& request) {
    auto verdict = authorizer_.identify(request);
    if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
    return HttpResponse::json(200, describe_all(std::get<Grant>(verdict)))
        .with("Cache-Control", "no-store");
  });
  listener_->add("GET", "/metrics", [this](const HttpRequest& request) {
    auto verdict = authorizer_.identify(request);
    if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
    if (!std::get<Grant>(verdict).covers("*"))
      return HttpResponse::problem(403, "The numbers are of all streams; the token is not.");
    return HttpResponse::text(200, describe_metrics(), PrometheusText::kContentType)
        .with("Cache-Control", "no-store");
  });
  listener_->add_events("/api/events", [this](const HttpRequest& request) -> EventsDecision {
    auto verdict = authorizer_.identify(request);
    if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
    return EventsAccept(
        [this, grant = std::get<Grant>(verdict)](std::unique_ptr<EventStream> events) {
          open_events(std::move(events), grant);
        });
  });
  const auto serve = [this](const char* prefix) {
    return [this, prefix = std::string(prefix)](const HttpRequest& request) {
      const auto path = request.captures.find("path");
      return files_.serve(request, prefix + (path == request.captures.end() ? "" : path->second));
    };
  };
  listener_->add_later("GET", "/", [this](const HttpRequest& request, HttpReply reply) {
    const HttpReplyHandler custom = routes_->front_page();
    if (custom) return custom(request, std::move(reply));
    reply.send(files_.serve(request, "index.html"));
  });
  listener_->add("GET", "/favicon.ico", serve("assets/favicon.svg"));
  listener_->add("GET", "/webrtc-client.js", serve("webrtc-client.js"));
  listener_->add("GET", "/webrtc-client/{path...}", serve("webrtc-client/"));
  listener_->add("GET", "/assets/{path...}", serve("assets/"));
  listener_->add("GET", "/{stream}", [this](const HttpRequest& request) { return page(request); });
  listener_->add_web_socket("/{stream}",
                            [this](const HttpRequest& request) { return open_socket(request); });
  add_controls();
  add_http_sessions("/{stream}/whep", Direction::kSend);
  add_http_sessions("/{stream}/whip", Direction::kReceive);
  // They hold no secrets, and who types a token needs the page for it.
  for (const char* pattern : {"/healthz", "/", "/favicon.ico", "/webrtc-client.js",
                              "/webrtc-client/{path...}", "/assets/{path...}", "/{stream}"})
    listener_->make_public(pattern);
}

HttpReplyHandler Server::guarded(Permission permission, GrantedHandler handler) {
  return [this, permission, handler = std::move(handler)](const HttpRequest& request,
                                                          HttpReply reply) {
    auto verdict = authorize(request, request.captures.at("stream"), permission);
    if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return reply.send(*refusal);
    handler(request, std::get<Grant>(verdict), std::move(reply));
  };
}

void Server::add_http_sessions(const std::string& path, Direction direction) {
  const auto permission = direction == Direction::kSend ? Permission::kView : Permission::kPublish;
  const auto add = [&](const char* method, const std::string& pattern, GrantedHandler handler) {
    listener_->add_later(method, pattern, guarded(permission, std::move(handler)));
  };
  add("POST", path,
      [this, direction](const HttpRequest& request, const Grant& grant, HttpReply reply) {
        offers_->post(direction, request, grant, std::move(reply));
      });
  for (const char* method : {"OPTIONS", "GET"}) {
    add(method, path, [this, direction](const HttpRequest& request, const Grant&, HttpReply reply) {
      if (streams_.count({request.captures.at("stream"), direction}) == 0)
        return reply.send(HttpResponse::problem(404, "There is no stream of this name."));
      reply.send(HttpSessions::describe_endpoint(ice_servers(settings_.ice, "endpoint")));
    });
  }
  const std::string session = path + "/{session}";
  add("PATCH", session, [this](const HttpRequest& request, const Grant&, HttpReply reply) {
    offers_->sessions()->patch(request, std::move(reply));
  });
  add("DELETE", session, [this](const HttpRequest& request, const Grant&, HttpReply reply) {
    offers_->sessions()->remove(request, std::move(reply));
  });
  add("GET", session, [this](const HttpRequest& request, const Grant&, HttpReply reply) {
    reply.send(offers_->sessions()->look(request));
  });
  add("OPTIONS", session, [](const HttpRequest&, const Grant&, HttpReply reply) {
    reply.send(HttpSessions::describe_session());
  });
}

void Server::add_controls() {
  constexpr char kPath[] = "/api/controls/{stream}";
  listener_->add_later("GET", kPath,
                       guarded(Permission::kView, [this](const HttpRequest& request,
                                                         const Grant& grant, HttpReply reply) {
                         tell_controls(find(request), grant, std::move(reply));
                       }));
  listener_->add_later("PATCH", kPath,
                       guarded(Permission::kControl,
                               [this](const HttpRequest& request, const Grant&, HttpReply reply) {
                                 take_control_request(find(request), request, std::move(reply));
                               }));
}

HttpResponse Server::page(const HttpRequest& request) const {
  const std::string& name = request.captures.at("stream");
  const bool browser = request.header("accept").value_or("").find("text/html") != std::string::npos;
  const auto role = request.query.find("role");
  const bool publishes = role != request.query.end() && role->second == "publish";
  auto verdict = authorize(request, name, publishes ? Permission::kPublish : Permission::kView);
  // Without a role, to publish is as good.
  if (std::holds_alternative<HttpResponse>(verdict) && role == request.query.end()) {
    auto other = authorize(request, name, Permission::kPublish);
    if (std::holds_alternative<Grant>(other)) verdict = std::move(other);
  }
  if (auto* refusal = std::get_if<HttpResponse>(&verdict)) {
    // Everybody may have the page, from which nothing can be told of the stream.
    if (browser && is_stream_name(name)) return files_.serve(request, "index.html");
    return std::move(*refusal);
  }
  const bool known = find(request) != nullptr;
  if (!known && (!browser || !is_stream_name(name))) {
    return HttpResponse::problem(404, "There is no stream of this name.");
  }
  // A viewer who reloads while the stream is away gets the page, which waits for the stream.
  HttpResponse response = files_.serve(request, "index.html");
  if (!known && response.status == 200) response.status = 404;
  return response;
}

std::shared_ptr<Stream> Server::find(const HttpRequest& request) const {
  const std::string& name = request.captures.at("stream");
  const auto role = request.query.find("role");
  const auto output = streams_.find({name, Direction::kSend});
  const auto input = streams_.find({name, Direction::kReceive});
  const bool publishes = role != request.query.end() && role->second == "publish";
  if (input != streams_.end() && (publishes || output == streams_.end())) return input->second;
  return output == streams_.end() || publishes ? nullptr : output->second;
}

std::string Server::path_of(const Stream& stream) const {
  const std::string& name = stream.settings().name;
  const bool hidden =
      stream.direction() == Direction::kReceive && streams_.count({name, Direction::kSend}) > 0;
  return "/" + name + (hidden ? "?role=publish" : "");
}

WebSocketDecision Server::open_socket(const HttpRequest& request) {
  const auto found = find(request);
  const auto role = request.query.find("role");
  const bool publishes = found ? found->permission() == Permission::kPublish
                               : role != request.query.end() && role->second == "publish";
  auto verdict = authorize(request, request.captures.at("stream"),
                           publishes ? Permission::kPublish : Permission::kView);
  if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
  if (!found) return HttpResponse::problem(404, "There is no stream of this name.");
  if (const auto full = why_full(*found))
    return HttpResponse::problem(503, *full).with("Retry-After", "10");
  return WebSocketAccept([stream = std::weak_ptr<Stream>(found), grant = std::get<Grant>(verdict),
                          client = client_of(request)](std::unique_ptr<WebSocket> socket) {
    const auto target = stream.lock();
    if (!target) return;
    auto channel = std::make_unique<WebSocketChannel>(std::move(socket));
    channel->set_grant(grant);
    channel->set_client(client);
    target->admit(std::move(channel));
  });
}

void Server::open_events(std::unique_ptr<EventStream> events, Grant grant) {
  EventStream* const key = events.get();
  events->on_closed([this, key] { events_.erase(key); });
  events->send("streams", describe_all(grant));
  events_.emplace(key, Reader{std::move(events), std::move(grant)});
}

template <typename Kind, typename Observer>
std::shared_ptr<Kind> Server::insert(typename Kind::Settings settings, Direction direction,
                                     std::weak_ptr<Observer> observer) {
  return loop_.call([&] {
    const Key key(settings.name, direction);
    if (streams_.count(key) > 0) {
      throw Error(ErrorCode::kNameTaken, std::string("The server already has a stream ") +
                                             (direction == Direction::kSend ? "to" : "from") +
                                             " browsers named \"" + settings.name +
                                             "\"; give this one another name in its uri.");
    }
    if (routes_->reserves(settings.name)) {
      throw Error(ErrorCode::kNameTaken, "The application's routes have the name \"" +
                                             settings.name +
                                             "\"; give the stream another in its uri.");
    }
    settings.ice.local_addresses = listener_->media_addresses();
    settings.metrics = metrics_;
    settings.events = server_events_;
    auto stream = std::make_shared<Kind>(loop_, std::move(settings), std::move(observer),
                                         [this, key] { announce(key); });
    streams_.emplace(key, stream);
    // A series that begins with its first event hides that event from Prometheus.
    metrics_->sessions_begun.add({key.first, stream->role()}, 0);
    metrics_->sessions_connected.add({key.first, stream->role()}, 0);
    metrics_->session_failures.add({key.first, stream->role(), "ice-failed"}, 0);
    broadcast("stream-added", *stream, describe(*stream));
    server_events_->tell([&](auto& listener) { listener.on_stream_added(stream); });
    return stream;
  });
}

std::shared_ptr<OutputStream> Server::add(OutputStream::Settings settings,
                                          std::weak_ptr<Stream::Observer> observer) {
  return insert<OutputStream>(std::move(settings), Direction::kSend, std::move(observer));
}

std::shared_ptr<InputStream> Server::add(InputStream::Settings settings,
                                         std::weak_ptr<InputStream::Observer> observer) {
  return insert<InputStream>(std::move(settings), Direction::kReceive, std::move(observer));
}

void Server::remove(const std::shared_ptr<Stream>& stream, std::string_view reason,
                    std::string_view message) {
  loop_.call([&] {
    const Key key(stream->settings().name, stream->direction());
    stream->end(reason, message);
    streams_.erase(key);
    announcements_.erase(key);
    server_events_->tell([&](auto& listener) { listener.on_stream_removed(*stream); });
    broadcast("stream-removed", *stream,
              JsonWriter()
                  .begin()
                  .add("name", key.first)
                  .add("direction", key.second == Direction::kSend ? "out" : "in")
                  .end()
                  .text());
  });
}

void Server::announce(const Key& key) {
  if (announcements_.count(key) > 0) return;
  announcements_.emplace(key, loop_.after(kAnnouncementDelay, [this, key] {
    const auto stream = streams_.find(key);
    if (stream != streams_.end()) {
      broadcast("stream-changed", *stream->second, describe(*stream->second));
      server_events_->tell([&](auto& listener) { listener.on_stream_changed(*stream->second); });
    }
    announcements_.erase(key);
  }));
}

void Server::broadcast(std::string_view event, const Stream& stream, const std::string& data) {
  for (const auto& [key, reader] : events_) {
    if (reader.grant.allows(stream.permission(), stream.settings().name))
      reader.events->send(event, data);
  }
}

std::string Server::describe_all(const Grant& grant) const {
  JsonWriter json;
  json.begin();
  for (const auto& [key, stream] : streams_) {
    if (!grant.allows(stream->permission(), stream->settings().name)) continue;
    json.begin(path_of(*stream).c_str());
    stream->describe(json);
    json.end();
  }
  return json.end().text();
}

std::string Server::describe_metrics() const {
  std::vector<std::shared_ptr<Stream>> streams;
  for (const auto& [key, stream] : streams_) {
    stream->count();
    streams.push_back(stream);
  }
  PrometheusText text;
  describe_now(text, streams);
  text.family("webrtcserver_connections", PrometheusText::Type::kGauge,
              "TCP connections, those of WebSockets and event streams among them.")
      .sample({}, listener_->connections());
  listener_->requests().write(text);
  metrics_->write(text);
  describe_process(text);
  return text.text();
}

std::string Server::describe(const Stream& stream) const {
  JsonWriter json;
  json.begin().begin(path_of(stream).c_str());
  stream.describe(json);
  return json.end().end().text();
}

}  // namespace webrtcserver
