// SPDX-License-Identifier: LGPL-2.1-or-later
// raw_client.hpp — a client that sends exactly the bytes a test gives it. Every wait ends after
// kDeadline, with an exception that fails the test.
#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ref.hpp"
#include "net/web_socket_frames.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {

inline constexpr unsigned kDeadline = kPatience.count();  // seconds

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

class RawClient {
 public:
  enum class Tls { kNo, kYes };

  explicit RawClient(std::uint16_t port, const std::string& address = "127.0.0.1",
                     Tls tls = Tls::kNo, int receive_buffer = 0, const std::string& source = "");

  void write(std::string_view bytes);
  // Writes until everything is out or the server has stopped taking bytes; returns how many it
  // took.
  std::size_t write_what_is_taken(std::string_view bytes);
  // One response; its body by Content-Length, or up to the end of the stream.
  Reply read_reply(bool head = false);
  std::string read_until(std::string_view mark);
  std::string read_to_end();
  bool at_end();  // waits for more bytes or the end of the stream
  void half_close();

  // A GET with the usual Host and more headers ("Name: value\r\n").
  Reply get(const std::string& target, const std::string& more_headers = "");
  Reply request(const std::string& method, const std::string& target,
                const std::string& more_headers = "", const std::string& body = "");

 protected:
  std::string read(std::size_t count);

 private:
  bool fill();  // false at the end of the stream

  Ref<GSocketConnection> connection_;
  Ref<GIOStream> stream_;
  std::string host_;
  std::string buffer_;
};

class RawWebSocket : public RawClient {
 public:
  struct Frame {
    Opcode opcode;
    std::string payload;
  };

  static constexpr const char* kHandshake =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  using RawClient::RawClient;

  // The answer to the handshake; 101 when it was accepted.
  Reply open(const std::string& target, const std::string& more_headers = "");
  void send(Opcode opcode, std::string_view payload, bool fin = true, bool masked = true);
  Frame receive();
  // The next frame that is not a ping.
  Frame receive_message();

  static std::string encode(Opcode opcode, std::string_view payload, bool fin = true,
                            bool masked = true);
};

}  // namespace webrtcserver::test
