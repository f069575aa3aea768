// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/upgrades.hpp"

#include <libsoup/soup.h>

#include <utility>

#include "base/error.hpp"
#include "net/connection_table.hpp"
#include "net/cross_origin.hpp"
#include "net/soup_message.hpp"
#include "net/web_socket_handshake.hpp"

namespace webrtcserver {

namespace {

// A connection that only has its last answer to write.
class DiscardingListener : public SocketChannel::Listener {
  void on_bytes(std::string_view /*bytes*/) override {}
  void on_end(SocketChannel::End /*end*/) override {}
};

}  // namespace

std::shared_ptr<SocketChannel> Upgrades::take_over(SoupServerMessage* message,
                                                   const SocketChannel::Limits& limits) const {
  const auto connection = connection_of(message);
  auto stream = steal_stream(message);
  if (!connection || !stream) throw Error(ErrorCode::kClosed, "The connection is gone.");
  connection->clear_deadline();
  return SocketChannel::create(loop_, std::move(stream), connection->socket(), limits);
}

void Upgrades::refuse_body(SoupServerMessage* message) const {
  const auto response =
      HttpResponse::problem(413, "The body of a request may have at most " +
                                     std::to_string(Listener::kMaxBody) + " bytes.");
  const std::string text = write_response(response);
  counter_.count(message, response.status);
  const auto channel = take_over(message, {text.size(), limits_.request_timeout});
  channel->write(text);
  channel->start(std::make_shared<DiscardingListener>());
  channel->finish();
}

void Upgrades::open_web_socket(SoupServerMessage* message, const HttpRequest& request,
                               const WebSocketHandler& handler) const {
  if (auto wrong = check_web_socket_handshake(request)) {
    respond_early(message, *wrong);
    return;
  }
  auto decision = WebSocketHandler(handler)(request);
  if (const auto* refusal = std::get_if<HttpResponse>(&decision)) {
    respond_early(message, *refusal);
    return;
  }
  const WebSocket::Limits& limits = limits_.web_socket;
  counter_.count(message, 101);
  auto channel = take_over(message, {limits.max_backlog, limits.stall_timeout});
  channel->write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      web_socket_accept(request) + "\r\n\r\n");
  std::get<WebSocketAccept>(decision)(
      std::make_unique<WebSocket>(loop_, std::move(channel), request.peer_address, limits));
}

void Upgrades::open_events(SoupServerMessage* message, const HttpRequest& request,
                           const EventsHandler& handler) const {
  auto decision = EventsHandler(handler)(request);
  if (auto* refusal = std::get_if<HttpResponse>(&decision)) {
    respond_early(message, refusal->with(reading_headers(request, policy_)));
    return;
  }
  HttpResponse head;
  head.content_type = "text/event-stream";
  head.with("Cache-Control", "no-store").with("X-Accel-Buffering", "no");
  head.with(reading_headers(request, policy_));
  const EventStream::Limits& limits = limits_.events;
  counter_.count(message, head.status);
  auto channel = take_over(message, {limits.max_backlog, limits.stall_timeout});
  channel->write(write_response(head));
  std::get<EventsAccept>(decision)(
      std::make_unique<EventStream>(loop_, std::move(channel), request.peer_address, limits));
}

void respond_early(SoupServerMessage* message, HttpResponse response) {
  respond(message, response.with("Connection", "close"));
}

}  // namespace webrtcserver
