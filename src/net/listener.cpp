// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/listener.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "net/acceptor.hpp"
#include "net/connection_table.hpp"
#include "net/cross_origin.hpp"
#include "net/listening_sockets.hpp"
#include "net/origin_policy.hpp"
#include "net/pending_admission.hpp"
#include "net/pending_reply.hpp"
#include "net/request_check.hpp"
#include "net/request_counter.hpp"
#include "net/router.hpp"
#include "net/self_signed.hpp"
#include "net/server_certificate.hpp"
#include "net/soup_message.hpp"
#include "net/upgrades.hpp"
#include "net/web_socket_handshake.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr std::chrono::milliseconds kMaxSweepInterval{1'000};
// A client that sends each request before it has the answer to the last one has to connect anew
// after so many: GLib goes through the streams around its socket by recursion.
constexpr std::size_t kMaxLayers = 100;
constexpr const char* kServerName = "gst-webrtc-server";

std::string operator_host(const Endpoint& endpoint) {
  return g_hostname_is_ip_address(endpoint.interface.c_str()) ? "" : endpoint.interface;
}

// Files of our own making are brought up to date first.
std::unique_ptr<ServerCertificate> load(const TlsFiles& files, const Endpoint& endpoint) {
  std::function<void()> renew;
  if (files.self_signed) {
    renew = [files, interface = endpoint.interface] {
      keep_self_signed(files, own_names(interface));
    };
    renew();
  }
  return std::make_unique<ServerCertificate>(files, renew);
}

}  // namespace

class Listener::Implementation : public std::enable_shared_from_this<Listener::Implementation> {
 public:
  Implementation(LoopThread& loop, const Settings& settings)
      : loop_(loop),
        limits_(settings.limits),
        policy_(settings.tls.has_value(), operator_host(settings.endpoint),
                settings.allowed_origins),
        certificate_(settings.tls ? load(*settings.tls, settings.endpoint) : nullptr),
        sockets_(settings.endpoint),
        table_(std::make_shared<ConnectionTable>(settings.limits.max_connections,
                                                 settings.limits.max_connections_per_address)) {}

  void start() {
    // libsoup would decode the path before it can be split at its slashes.
    server_ = Ref<SoupServer>::adopt(SOUP_SERVER(
        g_object_new(SOUP_TYPE_SERVER, "raw-paths", TRUE, "server-header", kServerName, nullptr)));
    soup_server_add_early_handler(server_.get(), nullptr, on_headers, this, nullptr);
    soup_server_add_handler(server_.get(), nullptr, on_request, this, nullptr);
    g_signal_connect(server_.get(), "request-started", G_CALLBACK(on_started), this);
    if (certificate_) certificate_->watch(loop_);
    acceptor_ = std::make_unique<Acceptor>(
        loop_, table_, sockets_.sockets(), certificate_.get(),
        Acceptor::Timeouts{limits_.request_timeout, limits_.handshake_timeout},
        [this](const Ref<GIOStream>& stream, const std::shared_ptr<Connection>& connection) {
          serve(stream, connection);
        });
    const auto interval = std::clamp(std::min({limits_.request_timeout, limits_.handshake_timeout,
                                               limits_.response_timeout, limits_.idle_timeout}) /
                                         4,
                                     std::chrono::milliseconds(1), kMaxSweepInterval);
    sweep_timer_ = loop_.every(interval, [this] {
      table_->sweep();
      return true;
    });
  }

  void stop() {
    sweep_timer_.cancel();
    acceptor_.reset();
    if (server_) {
      g_signal_handlers_disconnect_by_data(server_.get(), this);
      soup_server_remove_handler(server_.get(), nullptr);
      soup_server_disconnect(server_.get());
      server_.reset();
    }
    certificate_.reset();
    table_->shut_down_all();
  }

  Router& router() { return router_; }
  void set_gate(Gate gate) { gate_ = std::move(gate); }
  const ListeningSockets& sockets() const { return sockets_; }
  bool secure() const { return certificate_ != nullptr; }
  std::string fingerprint() const {
    return certificate_ ? sha256_of(certificate_->current().get()) : "";
  }
  std::size_t connections() const { return table_->size(); }
  const CounterFamily& requests() const { return counter_.counted(); }

 private:
  // A connection between two requests; owned by the source that waits for the next.
  struct Resting {
    std::weak_ptr<Implementation> listener;
    Ref<GIOStream> stream;
    std::shared_ptr<Connection> connection;
  };

  // Gives the connection to libsoup for one request.
  void serve(const Ref<GIOStream>& stream, const std::shared_ptr<Connection>& connection) {
    const auto local =
        Ref<GSocketAddress>::adopt(g_socket_get_local_address(connection->socket().get(), nullptr));
    const auto remote = Ref<GSocketAddress>::adopt(
        g_socket_get_remote_address(connection->socket().get(), nullptr));
    if (!local || !remote) return;  // gone already
    starting_ = connection;         // on_started() is called in the next line but one
    last_of_connection_ = layers_around(stream) >= kMaxLayers;
    soup_server_accept_iostream(server_.get(), stream.get(), local.get(), remote.get(), nullptr);
    starting_.reset();
  }

  // Waits for the next request of the connection. libsoup does not: it keeps connections open only
  // for its own listeners, and version 3.2.3 never frees one that its client closes between two
  // requests.
  void rest(Ref<GIOStream> stream, const std::shared_ptr<Connection>& connection) {
    connection->set_deadline(limits_.idle_timeout);
    auto* input = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream.get()));
    GSource* source = g_pollable_input_stream_create_source(input, nullptr);
    const auto ready = [](GObject*, gpointer data) -> gboolean {
      const auto& resting = *static_cast<Resting*>(data);
      guard("a further request", [&] {
        if (const auto self = resting.listener.lock())
          self->serve(resting.stream, resting.connection);
      });
      return G_SOURCE_REMOVE;
    };
    const auto destroy = [](gpointer data) {
      const std::unique_ptr<Resting> owned(static_cast<Resting*>(data));
    };
    auto resting =
        std::make_unique<Resting>(Resting{weak_from_this(), std::move(stream), connection});
    g_source_set_callback(source, G_SOURCE_FUNC(static_cast<GPollableSourceFunc>(ready)),
                          resting.release(), destroy);
    g_source_attach(source, loop_.context());
    g_source_unref(source);
  }

  // Signals of libsoup
  // -------------------------------------------------------------------------------

  static void on_started(SoupServer* /*server*/, SoupServerMessage* message, gpointer self) {
    attach_connection(message, static_cast<Implementation*>(self)->starting_);
    if (static_cast<Implementation*>(self)->last_of_connection_) {
      soup_message_headers_replace(soup_server_message_get_response_headers(message), "Connection",
                                   "close");
    }
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_chunk), self);
    g_signal_connect(message, "got-body", G_CALLBACK(on_body), self);
    g_signal_connect(message, "wrote-headers", G_CALLBACK(on_head), self);
    g_signal_connect(message, "wrote-body", G_CALLBACK(on_answered), self);
    set_deadline(message, static_cast<Implementation*>(self)->limits_.request_timeout);
  }

  static void on_chunk(SoupServerMessage* message, GBytes* /*chunk*/, gpointer self) {
    guard("reading a request", [&] {
      const SoupMessageBody* body = soup_server_message_get_request_body(message);
      if (body->length > static_cast<goffset>(kMaxBody))
        static_cast<Implementation*>(self)->upgrades_.refuse_body(message);
    });
  }

  static void on_body(SoupServerMessage* message, gpointer self) {
    set_deadline(message, static_cast<Implementation*>(self)->limits_.response_timeout);
  }

  static void on_head(SoupServerMessage* message, gpointer self) {
    guard("counting a request",
          [&] { static_cast<Implementation*>(self)->counter_.count(message); });
  }

  static void on_answered(SoupServerMessage* message, gpointer data) {
    guard("ending a request", [&] {
      auto* self = static_cast<Implementation*>(data);
      const auto connection = connection_of(message);
      if (!connection || !may_be_followed(message)) return;
      if (auto stream = steal_stream(message)) self->rest(std::move(stream), connection);
    });
  }

  static void on_headers(SoupServer* /*server*/, SoupServerMessage* message, const char* /*path*/,
                         GHashTable* /*query*/, gpointer self) {
    answer(message, [&] { static_cast<Implementation*>(self)->take_headers(message); });
  }

  static void on_request(SoupServer* /*server*/, SoupServerMessage* message, const char* /*path*/,
                         GHashTable* /*query*/, gpointer self) {
    answer(message, [&] { static_cast<Implementation*>(self)->take_request(message); });
  }

  static void set_deadline(SoupServerMessage* message, std::chrono::milliseconds timeout) {
    if (const auto connection = connection_of(message)) connection->set_deadline(timeout);
  }

  // What a handler throws is ours to know; the client is told that there was something.
  template <typename Body>
  static void answer(SoupServerMessage* message, Body&& body) {
    if (!guard("answering a request", false, [&] {
          body();
          return true;
        })) {
      guard("answering a request", [&] {
        if (connection_of(message))
          respond(message, HttpResponse::problem(500, "The server failed to answer."));
      });
    }
  }

  // Requests
  // -----------------------------------------------------------------------------------------

  // Everything that is decided before the body is read.
  void take_headers(SoupServerMessage* message) {
    const auto match = router_.match(raw_path(message));
    if (match) RequestCounter::set_route(message, *match->pattern);
    if (auto refusal = check_request(message, policy_)) {
      respond_early(message, std::move(*refusal));
      return;
    }
    SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
    if (soup_message_headers_get_content_length(headers) > static_cast<goffset>(kMaxBody)) {
      upgrades_.refuse_body(message);
      return;
    }
    HttpRequest request = read_request(message);
    if (match) request.captures = match->captures;
    auto decision = ask_gate(request, match ? match->route : nullptr);
    if (auto* later = std::get_if<GateLater>(&decision); later && !match)
      decision = HttpResponse(later->refusal);
    if (auto* refusal = std::get_if<HttpResponse>(&decision)) {
      respond_early(message, refusal->with(reading_headers(request, policy_)));
    } else if (auto* later = std::get_if<GateLater>(&decision)) {
      wait_for_gate(message, request, *later);
    } else if (match) {
      leave_http(message, request, *match->route);
    }
  }

  GateDecision ask_gate(const HttpRequest& request, const Router::Route* route) {
    if (!gate_ || is_preflight(request) || (route && is_public(*route, request))) return {};
    return gate_(request);
  }

  static bool is_public(const Router::Route& route, const HttpRequest& request) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!reads || wants_web_socket(request)) return false;
    return route.public_to == PublicTo::kEverybody ||
           (route.public_to == PublicTo::kBrowsers && wants_page(request));
  }

  // The time that it takes is not the client's.
  void wait_for_gate(SoupServerMessage* message, const HttpRequest& request,
                     const GateLater& later) {
    set_deadline(message, limits_.response_timeout);
    const auto pending = std::make_shared<PendingAdmission>(message, weak_from_this());
    pending->wait();
    later.ask([this, pending, request](const GateAnswer& answer) {
      pending->end([&](SoupServerMessage* again) { go_on(again, request, answer); });
    });
  }

  void go_on(SoupServerMessage* message, const HttpRequest& request, const GateAnswer& answer_of) {
    answer(message, [&] {
      set_deadline(message, limits_.request_timeout);
      if (const auto* refusal = std::get_if<HttpResponse>(&answer_of)) {
        HttpResponse response = *refusal;
        return respond_early(message, response.with(reading_headers(request, policy_)));
      }
      attach_grant(message, std::get<Grant>(answer_of));
      // Routes may have come and gone.
      const auto match = router_.match(raw_path(message));
      if (match) leave_http(message, granted(message, request, *match), *match->route);
    });
  }

  static HttpRequest granted(SoupServerMessage* message, HttpRequest request,
                             const Router::Match& match) {
    request.captures = match.captures;
    request.granted = grant_of(message);
    return request;
  }

  void leave_http(SoupServerMessage* message, const HttpRequest& request,
                  const Router::Route& route) const {
    if (route.web_socket && wants_web_socket(request)) {
      upgrades_.open_web_socket(message, request, route.web_socket);
    } else if (route.events && request.method == "GET") {
      upgrades_.open_events(message, request, route.events);
    }
  }

  void take_request(SoupServerMessage* message) {
    HttpRequest request = read_request(message);
    // libsoup would cut any answer into parts, and parts of parts cost memory.
    soup_message_headers_remove(soup_server_message_get_request_headers(message), "Range");
    const auto match = router_.match(raw_path(message));
    const auto pending = std::make_shared<PendingReply>(message, weak_from_this(),
                                                        reading_headers(request, policy_));
    HttpReply reply([pending](const HttpResponse& response) { pending->send(response); });
    if (match) {
      request.captures = match->captures;
      dispatch(request, *match->route, std::move(reply));
    } else {
      reply.send(HttpResponse::problem(404, "There is nothing at this address."));
    }
    pending->wait();
  }

  void dispatch(const HttpRequest& request, const Router::Route& route, HttpReply reply) const {
    if (is_preflight(request))
      return reply.send(answer_preflight(request, policy_, route.allowed()));
    auto handler = route.methods.find(request.method);
    if (handler == route.methods.end() && request.method == "HEAD")
      handler = route.methods.find("GET");
    if (handler == route.methods.end()) return reply.send(answer_without_handler(request, route));
    const HttpReplyHandler copy = handler->second;  // it may remove its own route
    copy(request, std::move(reply));
  }

  HttpResponse answer_without_handler(const HttpRequest& request,
                                      const Router::Route& route) const {
    if (request.method == "OPTIONS") {
      HttpResponse response;
      response.status = 204;
      response.with("Allow", route.allowed());
      return response;
    }
    if (request.method == "HEAD" && route.events)
      return HttpResponse::text(200, "", "text/event-stream");
    if (request.method == "GET" && route.web_socket) {
      return HttpResponse::problem(426, "Only WebSockets are served at this address.")
          .with("Upgrade", "websocket")
          .with("Connection", "Upgrade");
    }
    return HttpResponse::problem(405, "This address does not take " + request.method + ".")
        .with("Allow", route.allowed());
  }

  LoopThread& loop_;
  const Limits limits_;
  const OriginPolicy policy_;
  std::unique_ptr<ServerCertificate> certificate_;  // null: no TLS
  const ListeningSockets sockets_;
  const std::shared_ptr<ConnectionTable> table_;
  Router router_;
  Gate gate_;
  RequestCounter counter_;
  const Upgrades upgrades_{loop_, limits_, policy_, counter_};
  Ref<SoupServer> server_;
  std::shared_ptr<Connection> starting_;  // whose message libsoup is about to make
  bool last_of_connection_ = false;       // that message
  std::unique_ptr<Acceptor> acceptor_;
  Timer sweep_timer_;
};

Listener::Listener(LoopThread& loop, const Settings& settings)
    : loop_(loop), implementation_(std::make_shared<Implementation>(loop, settings)) {
  loop_.call([this] { implementation_->start(); });
}

Listener::~Listener() {
  loop_.call([this] {
    implementation_->stop();
    implementation_.reset();
  });
}

std::uint16_t Listener::port() const {
  return implementation_->sockets().port();
}

bool Listener::secure() const {
  return implementation_->secure();
}

std::string Listener::fingerprint() const {
  return implementation_->fingerprint();
}

std::vector<std::string> Listener::media_addresses() const {
  return implementation_->sockets().media_addresses();
}

std::vector<std::string> Listener::urls() const {
  return implementation_->sockets().urls(secure());
}

std::size_t Listener::connections() const {
  return implementation_->connections();
}

const CounterFamily& Listener::requests() const {
  return implementation_->requests();
}

void Listener::add(const std::string& method, const std::string& pattern, HttpHandler handler) {
  add_later(method, pattern,
            [handler = std::move(handler)](const HttpRequest& request, HttpReply reply) {
              reply.send(handler(request));
            });
}

void Listener::add_later(const std::string& method, const std::string& pattern,
                         HttpReplyHandler handler) {
  implementation_->router().at(pattern).methods[method] = std::move(handler);
}

void Listener::add_web_socket(const std::string& pattern, WebSocketHandler handler) {
  implementation_->router().at(pattern).web_socket = std::move(handler);
}

void Listener::add_events(const std::string& pattern, EventsHandler handler) {
  implementation_->router().at(pattern).events = std::move(handler);
}

void Listener::remove(const std::string& pattern) {
  implementation_->router().remove(pattern);
}

void Listener::remove(const std::string& method, const std::string& pattern) {
  Router::Route& route = implementation_->router().at(pattern);
  route.methods.erase(method);
  if (route.is_empty()) remove(pattern);
}

void Listener::remove_web_socket(const std::string& pattern) {
  Router::Route& route = implementation_->router().at(pattern);
  route.web_socket = {};
  if (route.is_empty()) remove(pattern);
}

bool wants_page(const HttpRequest& request) {
  return request.header("accept").value_or("").find("text/html") != std::string::npos;
}

void Listener::set_gate(Gate gate) {
  implementation_->set_gate(std::move(gate));
}

void Listener::make_public(const std::string& pattern, PublicTo whom) {
  implementation_->router().at(pattern).public_to = whom;
}

}  // namespace webrtcserver
