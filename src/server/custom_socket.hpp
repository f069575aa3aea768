// SPDX-License-Identifier: LGPL-2.1-or-later
// custom_socket.hpp — a WebSocket that the application speaks on. Any thread, unless a method says
// otherwise.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/loop_thread.hpp"
#include "net/authorizer.hpp"
#include "net/grant.hpp"
#include "net/web_socket.hpp"
#include "server/application_calls.hpp"

namespace webrtcserver {

class CustomSocket final : public std::enable_shared_from_this<CustomSocket>,
                           private WebSocket::Listener {
 public:
  static constexpr std::size_t kMaxWaiting = 64;                // messages, in one direction
  static constexpr std::size_t kMaxWaitingBytes = 1024 * 1024;  // likewise

  // Told to the application, by way of its calls. Dropped with the last of them.
  struct Events {
    std::function<void(const std::string& text)> text;
    std::function<void()> closed;  // once, the last
  };

  // Server thread, which is that of `loop`. `gone` is called there, once. `grant`: what the client
  // may do.
  CustomSocket(LoopThread& loop, std::unique_ptr<WebSocket> socket, Grant grant,
               std::shared_ptr<ApplicationCalls> calls, std::function<void()> gone);
  ~CustomSocket();
  CustomSocket(const CustomSocket&) = delete;
  CustomSocket& operator=(const CustomSocket&) = delete;

  // Server thread. `begin` is the first call: it sets the events. Where too many calls wait, the
  // client is told to try again later.
  void start(std::function<void()> begin);
  // From within `begin`.
  void set_events(Events events) { events_ = std::move(events); }

  // UTF-8. False: it is closed, or too much waits already to be handed over. A client that does not
  // take a megabyte that it was sent loses the connection.
  bool send(std::string text);
  // What was sent before still goes out.
  void close();
  // Server thread.
  void end(CloseCode code, std::string_view reason);

  const std::string& peer_address() const { return peer_address_; }
  // As it was when it was last checked.
  Grant grant() const;
  // Server thread. Ends it where its token does not count any more. `renew`: what tokens are good
  // for may have changed.
  void check_grant(const Authorizer& authorizer, bool renew);

 private:
  void on_text(std::string_view text) override;
  void on_violation(std::string_view code, const std::string& message) override;
  void on_closed() override;

  void forget();

  LoopThread& loop_;
  const std::string peer_address_;
  const std::shared_ptr<ApplicationCalls> calls_;
  mutable std::mutex mutex_;
  Grant grant_;                        // guarded by mutex_
  std::unique_ptr<WebSocket> socket_;  // server thread; null once it is closed
  std::function<void()> gone_;         // server thread
  bool begun_ = false;                 // server thread
  Events events_;                      // used in the application's calls
  std::atomic<bool> closed_{false};
  std::atomic<std::size_t> heard_{0};  // messages that the application has not been told
  std::atomic<std::size_t> heard_bytes_{0};
  std::atomic<std::size_t> said_bytes_{0};  // that have not been handed over
};

}  // namespace webrtcserver
