// SPDX-License-Identifier: LGPL-2.1-or-later
// web_socket_channel.hpp — signalling as JSON text over a WebSocket: {"type":…,"data":{…}}.
// `sdp` and `ice` are as in the jetson-inference server, whose clients work unchanged; they ignore
// the other types (docs/protocol.md). Server thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/web_socket.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class WebSocketChannel final : public Channel, private WebSocket::Listener {
 public:
  explicit WebSocketChannel(std::unique_ptr<WebSocket> socket);
  ~WebSocketChannel() override;

  void set_listener(Channel::Listener* listener) override;
  void send_hello(const Hello& hello) override;
  void send_state(std::string_view state, std::string_view text) override;
  void send_description(const std::string& sdp) override;
  void send_candidate(unsigned media_index, const std::string& candidate) override;
  void send_error(std::string_view code, std::string_view text) override;
  void send_control(std::string_view json) override;
  void say_bye(std::string_view reason, std::string_view text) override;

 private:
  void on_text(std::string_view text) override;
  void on_violation(std::string_view code, const std::string& text) override;
  void on_closed() override;
  void refuse(std::string_view code, std::string_view text);

  std::unique_ptr<WebSocket> socket_;
  Channel::Listener* listener_ = nullptr;
};

}  // namespace webrtcserver
