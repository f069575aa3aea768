// SPDX-License-Identifier: LGPL-2.1-or-later
// event_stream.hpp — one reader of server-sent events (the HTML standard's text/event-stream).
// Server thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop_thread.hpp"

namespace webrtcserver {

class SocketChannel;

class EventStream {
 public:
  struct Limits {
    std::size_t max_backlog = 1024 * 1024;  // bytes that wait because the reader does not read
    std::chrono::milliseconds ping_interval{
        15'000};  // a comment line, so that proxies keep it open
    std::chrono::milliseconds stall_timeout{
        30'000};  // with bytes waiting and none taken by the reader
  };

  // Made by the HTTP listener once it has sent the response's head, and handed to the route.
  EventStream(LoopThread& loop, std::shared_ptr<SocketChannel> channel, std::string peer_address,
              const Limits& limits);
  // Ends the response once what was sent has left.
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // `data` may have line breaks, `event` may not. Ignored once the reader is gone.
  void send(std::string_view event, std::string_view data);
  // Called once when the reader is gone or was dropped; never from inside a method of the stream,
  // which it may destroy.
  void on_closed(std::function<void()> callback);

  bool is_open() const;
  const std::string& peer_address() const;

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;
};

}  // namespace webrtcserver
