// SPDX-License-Identifier: LGPL-2.1-or-later
// server.hpp — one per address and port in a process: the web server, its streams and what it tells
// about them. open(), add() and their handles may be used from any thread; the rest lives on the
// server thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/authorizer.hpp"
#include "net/listener.hpp"
#include "net/static_files.hpp"
#include "net/stream_uri.hpp"
#include "net/tls.hpp"
#include "rtc/ice.hpp"
#include "server/custom_routes.hpp"
#include "server/gatekeeper.hpp"
#include "server/input_stream.hpp"
#include "server/metrics.hpp"
#include "server/offer_desk.hpp"
#include "server/output_stream.hpp"

namespace webrtcserver {

// The one thread that all servers of the process live on. It is started with the first server and
// never stopped, so that no last reference can ever be dropped on it that would have to join it.
LoopThread& server_thread();

class Server : public std::enable_shared_from_this<Server> {
 public:
  struct Settings {
    Endpoint endpoint;
    std::optional<TlsFiles> tls;
    bool tls_said = true;     // false: a running server may have it otherwise
    bool secure = false;      // there must be TLS
    IceSettings ice;          // local_addresses are for the server to fill in
    std::string auth_tokens;  // path of a TokenFile; empty: everybody may do everything
    std::vector<std::string> allowed_origins;  // see OriginPolicy
  };

  // The running server at the endpoint, or a new one. Not from the server thread. Throws what
  // Listener does, and Error(kSettingsConflict) when the running one has other settings.
  static std::shared_ptr<Server> open(const Settings& settings);

  // A stream stays until it is removed. A name may be there once in each direction; both throw
  // Error(kNameTaken).
  std::shared_ptr<OutputStream> add(OutputStream::Settings settings,
                                    std::weak_ptr<Stream::Observer> observer);
  std::shared_ptr<InputStream> add(InputStream::Settings settings,
                                   std::weak_ptr<InputStream::Observer> observer);
  // Its sessions are told `reason` and let go.
  void remove(const std::shared_ptr<Stream>& stream, std::string_view reason,
              std::string_view message);

  std::uint16_t port() const { return port_; }
  const std::vector<std::string>& urls() const { return urls_; }
  // Of everybody's streams.
  const IceSettings& ice() const { return settings_.ice; }
  LoopThread& loop() const { return loop_; }
  // Server thread, both.
  CustomRoutes& routes() { return *routes_; }
  OfferDesk& offers() { return *offers_; }
  const std::shared_ptr<ServerEvents>& events() const { return server_events_; }
  // Server thread.
  std::vector<std::shared_ptr<Stream>> streams() const;
  // Who asks for more than a file of tokens says; see Gatekeeper. Server thread, as the next.
  void set_ask(const void* owner, Gatekeeper::Ask ask);
  void remove_ask(const void* owner) { gatekeeper_.remove_ask(owner); }
  // Whoever is here because the application let this token in goes.
  void revoke(const std::string& token);
  // What a grant is good for now; nothing when it is not any more. Server thread.
  std::optional<Grant> renew(const Grant& grant) const { return authorizer_.renew(grant); }
  // Whether somebody should be told that nobody is asked for a token; once.
  bool tell_open() { return !authorizer_.asks() && !told_open_.exchange(true); }
  // SHA-256 of its certificate; empty without TLS.
  std::string fingerprint() const;

  // For open(): on any thread but the server's, since a host name may take its time to resolve. To
  // be destroyed on the server thread.
  explicit Server(const Settings& settings);
  ~Server();

 private:
  using Key = std::pair<std::string, Direction>;

  // Somebody who is told of streams.
  struct Reader {
    std::unique_ptr<EventStream> events;
    Grant grant;
  };

  template <typename Kind, typename Observer>
  std::shared_ptr<Kind> insert(typename Kind::Settings settings, Direction direction,
                               std::weak_ptr<Observer> observer);
  // The stream that a path stands for: the output of the name, or its input where there is no
  // output or a publisher asks. Null: none.
  std::shared_ptr<Stream> find(const HttpRequest& request) const;
  // The other way round: the path, with the query that it needs.
  std::string path_of(const Stream& stream) const;
  // What every route asks that has something to do with a stream: a grant, or the refusal to send.
  // There is no difference between a stream that exists and one that does not.
  Authorizer::Verdict authorize(const HttpRequest& request, const std::string& stream,
                                Permission permission) const {
    return authorizer_.authorize(request, stream, permission);
  }
  // What it would do on the stream of its path.
  std::optional<Permission> wanted_by(const HttpRequest& request) const;
  void begin_checking();
  // Looks whether everybody who is there may still be.
  void check_grants(bool renew);
  void follow_tokens();
  using GrantedHandler = std::function<void(const HttpRequest&, const Grant&, HttpReply)>;
  // For requests that have the permission for the stream that their path names.
  HttpReplyHandler guarded(Permission permission, GrantedHandler handler);
  void add_routes();
  HttpResponse page(const HttpRequest& request) const;
  void add_controls();
  WebSocketDecision open_socket(const HttpRequest& request);
  // WHIP and WHEP: the endpoints of all streams of a direction, and their sessions.
  void add_http_sessions(const std::string& path, Direction direction);
  void open_events(std::unique_ptr<EventStream> events, Grant grant);
  void announce(const Key& key);
  // To those who may know of the stream.
  void broadcast(std::string_view event, const Stream& stream, const std::string& data);
  std::string describe_all(const Grant& grant) const;
  std::string describe_metrics() const;
  std::string describe(const Stream& stream) const;

  const Settings settings_;
  LoopThread& loop_;
  Authorizer authorizer_;
  Gatekeeper gatekeeper_{loop_, authorizer_,
                         [this](const HttpRequest& request) { return wanted_by(request); }};
  std::atomic<bool> told_open_{false};
  Timer checking_;
  StaticFiles files_;
  std::unique_ptr<Listener> listener_;
  std::uint16_t port_ = 0;
  std::vector<std::string> urls_;
  std::map<Key, std::shared_ptr<Stream>> streams_;
  const std::shared_ptr<Metrics> metrics_ = std::make_shared<Metrics>();
  const std::shared_ptr<ServerEvents> server_events_ = std::make_shared<ServerEvents>();
  std::unique_ptr<OfferDesk> offers_;
  std::unique_ptr<CustomRoutes> routes_;
  std::map<EventStream*, Reader> events_;
  std::map<Key, Timer> announcements_;  // a change that is told soon
};

}  // namespace webrtcserver
