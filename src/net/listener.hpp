// SPDX-License-Identifier: LGPL-2.1-or-later
// listener.hpp — a bound address and the routes it serves: HTTP/1.1, WebSockets, server-sent
// events. Handlers run on the server thread (that of the loop), where the routes are added and
// removed too.
//
// Connections are accepted and TLS is spoken by an Acceptor, so that each is counted and has a
// deadline from its first moment; libsoup then reads the requests. What leaves HTTP (a WebSocket,
// an event stream, the answer to a request that is too large) is taken from libsoup as a
// SocketChannel.
//
// Every request must name a Host that the OriginPolicy allows. Requests that may change something,
// and WebSockets, must come from an Origin that it allows. What is answered to a listed Origin, its
// pages may read (CORS); their preflights are answered here and reach no handler.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/counter_family.hpp"
#include "base/loop_thread.hpp"
#include "net/event_stream.hpp"
#include "net/grant.hpp"
#include "net/http.hpp"
#include "net/http_reply.hpp"
#include "net/stream_uri.hpp"
#include "net/tls.hpp"
#include "net/web_socket.hpp"

namespace webrtcserver {

// A refusal is sent instead of the upgrade (404, 503 with Retry-After, …); accepting takes the
// socket.
using WebSocketAccept = std::function<void(std::unique_ptr<WebSocket>)>;
using WebSocketDecision = std::variant<HttpResponse, WebSocketAccept>;
using WebSocketHandler = std::function<WebSocketDecision(const HttpRequest&)>;

// What a gate says of a request: nothing against it, a refusal, or that it will say so.
using GateAnswer = std::variant<Grant, HttpResponse>;
struct GateLater {
  HttpResponse refusal;  // the answer where there is nothing to be let in to
  std::function<void(const std::function<void(const GateAnswer&)>& done)> ask;
};
using GateDecision = std::variant<std::monostate, HttpResponse, GateLater>;

// To whom GET and HEAD of a pattern are answered without a token.
enum class PublicTo { kNobody, kEverybody, kBrowsers };

// Whether a browser shows the answer as a page.
bool wants_page(const HttpRequest& request);

using EventsAccept = std::function<void(std::unique_ptr<EventStream>)>;
using EventsDecision = std::variant<HttpResponse, EventsAccept>;
using EventsHandler = std::function<EventsDecision(const HttpRequest&)>;

class Listener {
 public:
  static constexpr std::size_t kMaxBody = 64 * 1024;  // bytes; more is answered with 413

  struct Limits {
    std::size_t max_connections = 1024;             // at most half of what RLIMIT_NOFILE allows
    std::size_t max_connections_per_address = 128;  // an IPv6 /64 network counts as one address
    // Accepting, the end of TLS's handshake, or first byte → whole request.
    std::chrono::milliseconds request_timeout{10'000};
    std::chrono::milliseconds handshake_timeout{2'000};  // TLS, from its turn; few run at a time
    std::chrono::milliseconds response_timeout{30'000};  // whole request → whole response
    std::chrono::milliseconds idle_timeout{15'000};      // between two requests
    WebSocket::Limits web_socket;
    EventStream::Limits events;
  };

  struct Settings {
    Endpoint endpoint;
    std::optional<TlsFiles> tls;
    std::vector<std::string> allowed_origins;  // see OriginPolicy
    Limits limits;
  };

  // Binds and listens. Throws Error: kAddressInUse; kAddressUnavailable (a privileged port, an
  // address that is not this machine's, a name that does not resolve); kTls. Any thread; not the
  // server thread when the interface is a host name, because resolving it may take seconds.
  Listener(LoopThread& loop, const Settings& settings);
  // Closes the port and every connection, WebSockets and event streams included; what was written
  // to them before still goes out. Any thread, but not from inside a handler.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;  // the real one
  bool secure() const;
  // SHA-256 of the certificate that new connections get; empty without TLS. Server thread.
  std::string fingerprint() const;
  // Where media may leave from, numeric: the addresses that are bound to; none when that is every
  // one. A server on loopback has a proxy in front of it, or a browser beside it that does not send
  // from loopback: its media may use every address of the machine.
  std::vector<std::string> media_addresses() const;
  // Every URL a person could type, the most useful first: "http://localhost:8554/",
  // "http://192.168.1.7:8554/".
  std::vector<std::string> urls() const;
  std::size_t connections() const;  // server thread
  const CounterFamily& requests() const;

  // Patterns are those of Router: "/api/streams", "/{stream}", "/assets/{path...}". One pattern may
  // have handlers for several methods, a WebSocket and an event stream at once. GET also serves
  // HEAD. A second handler for the same replaces the first.
  void add(const std::string& method, const std::string& pattern, HttpHandler handler);
  // The same for an answer that takes its time, Limits::response_timeout at most.
  void add_later(const std::string& method, const std::string& pattern, HttpReplyHandler handler);
  void add_web_socket(const std::string& pattern, WebSocketHandler handler);
  void add_events(const std::string& pattern, EventsHandler handler);
  void remove(const std::string& pattern);  // everything on the pattern
  // One of several.
  void remove(const std::string& method, const std::string& pattern);
  void remove_web_socket(const std::string& pattern);

  // Asked before a request is answered, whatever its method and even where there is no route; its
  // refusal is the answer. Preflights, which no browser sends with a token, do not come to it, and
  // neither do GET and HEAD of patterns that are public to whoever asks. It may answer later, on
  // the server thread: until then nothing more is read of the request, which then has the grant.
  using Gate = std::function<GateDecision(const HttpRequest&)>;
  void set_gate(Gate gate);
  void make_public(const std::string& pattern, PublicTo whom = PublicTo::kEverybody);

 private:
  class Implementation;

  LoopThread& loop_;
  std::shared_ptr<Implementation> implementation_;  // connections that rest hold it weakly
};

}  // namespace webrtcserver
