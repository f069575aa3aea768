// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <utility>

#include "base/guard.hpp"
#include "net/connection_stream.hpp"
#include "net/handshake_slots.hpp"
#include "net/socket_channel.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr int kAcceptsAtOnce = 64;  // then the loop's other sources have their turn
constexpr std::chrono::milliseconds kPauseAfterFailure{100};
constexpr char kTlsHandshakeRecord = 0x16;  // RFC 8446, section 5.1

constexpr std::string_view kPlainTextOnTlsPort =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: "
    "close\r\n\r\n"
    "This port speaks HTTPS: write https:// in front of the address.\n";

class DiscardingListener : public SocketChannel::Listener {
  void on_bytes(std::string_view /*bytes*/) override {}
  void on_end(SocketChannel::End /*end*/) override {}
};

// Not g_tls_server_connection_new(): that reads the system's hundred authorities for each
// connection, 30 ms in which the thread serves nobody, to check a client's certificate that is
// never asked for.
Ref<GTlsConnection> make_tls(const Ref<GIOStream>& plain, const Ref<GTlsCertificate>& certificate,
                             GError** error) {
  gpointer made =
      g_initable_new(g_tls_backend_get_server_connection_type(g_tls_backend_get_default()), nullptr,
                     error, "base-io-stream", plain.get(), "certificate", certificate.get(),
                     "database", nullptr, nullptr);
  return Ref<GTlsConnection>::adopt(made ? G_TLS_CONNECTION(made) : nullptr);
}

void remove(GSource*& source) {
  if (!source) return;
  g_source_destroy(source);
  g_source_unref(source);
  source = nullptr;
}

}  // namespace

struct Acceptor::Shared : std::enable_shared_from_this<Acceptor::Shared> {
  struct Port {
    Ref<GSocket> socket;
    GSource* source = nullptr;
    Timer pause;
  };
  // A connection whose first byte or TLS handshake is awaited; owned by the source or call that
  // waits.
  struct Pending {
    std::weak_ptr<Shared> acceptor;
    std::shared_ptr<Connection> connection;
    Ref<GTlsConnection> tls;
  };

  Shared(LoopThread& loop, std::shared_ptr<ConnectionTable> table,
         const ServerCertificate* certificate, Timeouts timeouts, Ready ready)
      : loop_(loop),
        table_(std::move(table)),
        certificate_(certificate),
        timeouts_(timeouts),
        ready_(std::move(ready)),
        handshakes_([this](const auto& connection) { begin_handshake(connection); }) {}

  ~Shared() {
    for (Port& port : ports_) remove(port.source);
  }

  void watch(Port& port) {
    port.source = g_socket_create_source(port.socket.get(), G_IO_IN, nullptr);
    const auto callback = [](GSocket*, GIOCondition, gpointer data) -> gboolean {
      auto* closure = static_cast<std::pair<Shared*, Port*>*>(data);
      return guard("accepting a connection", true,
                   [&] { return closure->first->accept(*closure->second); });
    };
    const auto destroy = [](gpointer data) {
      const std::unique_ptr<std::pair<Shared*, Port*>> owned(
          static_cast<std::pair<Shared*, Port*>*>(data));
    };
    g_source_set_callback(port.source, G_SOURCE_FUNC(static_cast<GSocketSourceFunc>(callback)),
                          std::make_unique<std::pair<Shared*, Port*>>(this, &port).release(),
                          destroy);
    g_source_attach(port.source, loop_.context());
  }

  bool accept(Port& port) {
    const auto self = shared_from_this();
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
      GError* error = nullptr;
      auto socket = Ref<GSocket>::adopt(g_socket_accept(port.socket.get(), nullptr, &error));
      if (!socket) {
        const Owned<GError> owned(error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return true;
        // Out of descriptors or memory: the connection stays in the queue, so trying again at once
        // would only spin.
        GST_WARNING("A connection cannot be accepted: %s", error->message);
        remove(port.source);
        port.pause = loop_.after(kPauseAfterFailure, [this, &port] { watch(port); });
        return false;
      }
      take(std::move(socket));
    }
    return true;
  }

  void take(Ref<GSocket> socket) {
    g_socket_set_blocking(socket.get(), FALSE);
    g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
    auto connection = table_->admit(std::move(socket));
    if (!connection) return;
    connection->set_deadline(timeouts_.request);
    if (certificate_) {
      await_first_byte(std::move(connection));
    } else {
      auto plain = plain_stream(*connection);
      ready_(make_connection_stream(std::move(plain), connection), connection);
    }
  }

  static Ref<GIOStream> plain_stream(const Connection& connection) {
    return Ref<GIOStream>::adopt(
        G_IO_STREAM(g_socket_connection_factory_create_connection(connection.socket().get())));
  }

  // GIO's handshake takes a thread of a small pool, so it does not begin before the peer does.
  void await_first_byte(std::shared_ptr<Connection> connection) {
    GSource* source = g_socket_create_source(connection->socket().get(), G_IO_IN, nullptr);
    const auto callback = [](GSocket*, GIOCondition, gpointer data) -> gboolean {
      auto& pending = *static_cast<Pending*>(data);
      return guard("a TLS connection", false, [&] {
        const auto acceptor = pending.acceptor.lock();
        return acceptor && acceptor->look_at_first_byte(pending.connection);
      });
    };
    const auto destroy = [](gpointer data) {
      const std::unique_ptr<Pending> owned(static_cast<Pending*>(data));
    };
    auto pending =
        std::make_unique<Pending>(Pending{weak_from_this(), std::move(connection), nullptr});
    g_source_set_callback(source, G_SOURCE_FUNC(static_cast<GSocketSourceFunc>(callback)),
                          pending.release(), destroy);
    g_source_attach(source, loop_.context());
    g_source_unref(source);
  }

  // Returns whether it has to be awaited further.
  bool look_at_first_byte(const std::shared_ptr<Connection>& connection) {
    char first = 0;
    GInputVector vector{&first, 1};
    gint flags = G_SOCKET_MSG_PEEK;
    GError* error = nullptr;
    const gssize count = g_socket_receive_message(connection->socket().get(), nullptr, &vector, 1,
                                                  nullptr, nullptr, &flags, nullptr, &error);
    const Owned<GError> owned(error);
    if (count < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return true;
    if (count <= 0) return false;
    if (first == kTlsHandshakeRecord) {
      handshakes_.enter(connection);
    } else {
      const auto channel = SocketChannel::create(
          loop_, make_connection_stream(plain_stream(*connection), connection),
          connection->socket(), {kPlainTextOnTlsPort.size(), timeouts_.request});
      channel->write(kPlainTextOnTlsPort);
      channel->start(std::make_shared<DiscardingListener>());
      channel->finish();
    }
    return false;
  }

  void begin_handshake(const std::shared_ptr<Connection>& connection) {
    GError* error = nullptr;
    const auto plain = plain_stream(*connection);
    auto tls = make_tls(plain, certificate_->current(), &error);
    if (!tls) {
      const Owned<GError> owned(error);
      GST_WARNING("TLS with %s: %s", connection->peer_address().c_str(), error->message);
      return handshakes_.end(*connection);
    }
    const std::array<const char*, 2> protocols = {"http/1.1", nullptr};
    g_tls_connection_set_advertised_protocols(tls.get(), protocols.data());
    // Browsers drop connections without TLS's farewell; HTTP's own lengths tell a cut answer.
    g_tls_connection_set_require_close_notify(tls.get(), FALSE);
    // It holds one of few slots: the time that a request may take would be too much.
    connection->set_deadline(timeouts_.handshake);
    auto pending = std::make_unique<Pending>(Pending{weak_from_this(), connection, tls});
    g_tls_connection_handshake_async(tls.get(), G_PRIORITY_DEFAULT, nullptr, on_handshake,
                                     pending.release());
  }

  static void on_handshake(GObject* /*source*/, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<Pending> pending(static_cast<Pending*>(data));
    guard("a TLS handshake", [&] {
      GError* error = nullptr;
      const bool done = g_tls_connection_handshake_finish(pending->tls.get(), result, &error);
      const Owned<GError> owned(error);
      // Closed through the wrapper in any case, so that a failed connection does not wait either.
      auto stream = make_connection_stream(Ref<GIOStream>::retain(G_IO_STREAM(pending->tls.get())),
                                           pending->connection);
      const auto acceptor = pending->acceptor.lock();
      if (acceptor) acceptor->handshakes_.end(*pending->connection);
      if (done && acceptor) {
        pending->connection->set_deadline(acceptor->timeouts_.request);
        acceptor->ready_(std::move(stream), pending->connection);
      } else {
        GST_DEBUG("No TLS with %s: %s", pending->connection->peer_address().c_str(),
                  error ? error->message : "closing");
        pending->connection->shut_down();
      }
    });
  }

  LoopThread& loop_;
  const std::shared_ptr<ConnectionTable> table_;
  const ServerCertificate* const certificate_;
  const Timeouts timeouts_;
  const Ready ready_;
  HandshakeSlots handshakes_;
  std::vector<Port> ports_;  // complete before the first is watched
};

Acceptor::Acceptor(LoopThread& loop, std::shared_ptr<ConnectionTable> table,
                   std::vector<Ref<GSocket>> sockets, const ServerCertificate* certificate,
                   Timeouts timeouts, Ready ready)
    : shared_(std::make_shared<Shared>(loop, std::move(table), certificate, timeouts,
                                       std::move(ready))) {
  for (auto& socket : sockets) {
    shared_->ports_.emplace_back();
    shared_->ports_.back().socket = std::move(socket);
  }
  for (auto& port : shared_->ports_) shared_->watch(port);
}

Acceptor::~Acceptor() = default;

}  // namespace webrtcserver
