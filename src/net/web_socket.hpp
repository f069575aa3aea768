// SPDX-License-Identifier: LGPL-2.1-or-later
// web_socket.hpp — one browser's WebSocket, with the limits a hostile browser needs.
// Server thread, like its listener's calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop_thread.hpp"
#include "net/web_socket_frames.hpp"

namespace webrtcserver {

class SocketChannel;

class WebSocket {
 public:
  struct Limits {
    std::size_t max_message = 64 * 1024;  // bytes, once its fragments are joined
    // Sustained; messages and control frames. Above what a session refuses with an answer, because
    // whoever exceeds it here loses the socket.
    double messages_per_second = 400;
    double message_burst = 800;
    double bytes_per_second = 512.0 * 1024;  // sustained; everything received
    double byte_burst = 1024.0 * 1024;
    std::size_t max_backlog = 1024 * 1024;  // bytes that wait because the peer does not read
    std::chrono::milliseconds ping_interval{10'000};
    std::chrono::milliseconds idle_timeout{30'000};  // without a byte from the peer
    std::chrono::milliseconds stall_timeout{
        10'000};  // with bytes waiting and none taken by the peer
    std::chrono::milliseconds close_timeout{2'000};  // for the peer's half of the closing handshake
  };

  // Every call may destroy the WebSocket.
  class Listener {
   public:
    virtual void on_text(std::string_view text) = 0;
    // The peer broke a limit; `code` is the signalling protocol's error code: "too-large", "rate"
    // or "bad-message". A send_text() made here still precedes the close, which follows by itself.
    virtual void on_violation(std::string_view code, const std::string& message) = 0;
    // The last call, exactly once, unless the WebSocket was destroyed before; also follows an own
    // close(). Never made from inside a method of the WebSocket.
    virtual void on_closed() = 0;

   protected:
    ~Listener() = default;
  };

  static constexpr CloseCode kNormal = CloseCode::kNormal;
  static constexpr CloseCode kGoingAway = CloseCode::kGoingAway;
  static constexpr CloseCode kPolicyViolation = CloseCode::kPolicyViolation;
  static constexpr CloseCode kTooLarge = CloseCode::kTooLarge;
  static constexpr CloseCode kInternalError = CloseCode::kInternalError;
  static constexpr CloseCode kTryAgainLater = CloseCode::kTryAgainLater;

  // Made by the HTTP listener once it has answered the handshake, and handed to the route.
  WebSocket(LoopThread& loop, std::shared_ptr<SocketChannel> channel, std::string peer_address,
            const Limits& limits);
  // Without a close() before, says kGoingAway. The closing handshake goes on without this object.
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Nothing is read from the network before a listener is set. Null ends the calls. The listener
  // must outlive the WebSocket or be replaced.
  void set_listener(Listener* listener);

  // Valid UTF-8. Ignored after close() and when the peer is gone.
  void send_text(std::string_view text);
  // Sends what was queued, then the close frame. `reason` is cut to 123 bytes. Twice is once.
  void close(CloseCode code, std::string_view reason);

  bool is_open() const;                     // neither side has begun to close
  const std::string& peer_address() const;  // numeric, without port
  std::size_t backlog() const;  // bytes that were sent here and not yet taken by the kernel

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;
};

}  // namespace webrtcserver
