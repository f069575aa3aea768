// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/web_socket_channel.hpp"

#include "base/json.hpp"
#include "signalling/client_messages.hpp"

namespace webrtcserver {

namespace {

// What may wait for a browser before messages of the application are dropped: a quarter of what
// ends the connection, so that they never do.
constexpr std::size_t kMaxBacklog = 256 * 1024;

// {"type":"<type>","data":{ … written by `fill` … }}
template <typename Fill>
std::string message(const char* type, Fill&& fill) {
  JsonWriter json;
  json.begin().add("type", type).begin("data");
  fill(json);
  return json.end().end().text();
}

}  // namespace

WebSocketChannel::WebSocketChannel(std::unique_ptr<WebSocket> socket)
    : socket_(std::move(socket)) {}

WebSocketChannel::~WebSocketChannel() {
  socket_->set_listener(nullptr);
}

void WebSocketChannel::set_listener(Channel::Listener* listener) {
  listener_ = listener;
  socket_->set_listener(listener ? this : nullptr);
}

void WebSocketChannel::send_hello(const Hello& hello) {
  socket_->send_text(message("hello", [&](JsonWriter& json) {
    json.add("session", hello.session).add("stream", hello.stream).add("role", hello.role);
    json.begin_array("allow");
    for (const std::string& permission : hello.allow) json.element(permission);
    json.end_array();
    if (hello.navigation) json.add("navigation", true);
    json.add("ice_transport_policy", hello.relay_only ? "relay" : "all").begin_array("ice_servers");
    for (const IceServer& server : hello.ice_servers) {
      json.begin().begin_array("urls").element(server.url).end_array();
      if (!server.username.empty())
        json.add("username", server.username).add("credential", server.credential);
      json.end();
    }
    json.end_array();
  }));
}

void WebSocketChannel::send_state(std::string_view state, std::string_view text) {
  socket_->send_text(
      message("stream", [&](JsonWriter& json) { json.add("state", state).add("message", text); }));
}

void WebSocketChannel::send_description(const std::string& sdp) {
  socket_->send_text(
      message("sdp", [&](JsonWriter& json) { json.add("type", "offer").add("sdp", sdp); }));
}

void WebSocketChannel::send_candidate(unsigned media_index, const std::string& candidate) {
  socket_->send_text(message("ice", [&](JsonWriter& json) {
    json.add("candidate", candidate).add("sdpMLineIndex", media_index);
  }));
}

void WebSocketChannel::send_error(std::string_view code, std::string_view text) {
  socket_->send_text(
      message("error", [&](JsonWriter& json) { json.add("code", code).add("message", text); }));
}

void WebSocketChannel::send_control(std::string_view json) {
  if (socket_->backlog() + json.size() <= kMaxBacklog) socket_->send_text(json);
}

void WebSocketChannel::say_bye(std::string_view reason, std::string_view text) {
  socket_->send_text(
      message("bye", [&](JsonWriter& json) { json.add("reason", reason).add("message", text); }));
  socket_->close(WebSocket::kNormal, reason);
}

void WebSocketChannel::on_text(std::string_view text) {
  if (!listener_) return;
  try {
    ClientMessage message = read_client_message(text);
    switch (message.kind) {
      case ClientMessage::Kind::kAnswer:
        return listener_->on_answer(std::move(message.text));
      case ClientMessage::Kind::kCandidate:
        return listener_->on_candidate(message.media_index, std::move(message.text));
      case ClientMessage::Kind::kBye:
        return listener_->on_left("The viewer left.");
      case ClientMessage::Kind::kRequest:
        return listener_->on_request(std::move(message.text));
    }
  } catch (const RefusedMessage& refused) {
    refuse(refused.code(), refused.what());
  }
}

void WebSocketChannel::on_violation(std::string_view code, const std::string& text) {
  refuse(code, text);
}

void WebSocketChannel::refuse(std::string_view code, std::string_view text) {
  send_error(code, text);
  if (listener_) listener_->on_refused(code);
}

void WebSocketChannel::on_closed() {
  if (listener_) listener_->on_left("The connection ended.");
}

}  // namespace webrtcserver
