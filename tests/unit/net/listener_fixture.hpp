// SPDX-License-Identifier: LGPL-2.1-or-later
// listener_fixture.hpp — a listener on loopback with its loop, and sockets that record what they
// hear.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/listener.hpp"
#include "raw_client.hpp"

namespace webrtcserver::test {

// Values that one thread adds and another waits for.
template <typename T>
class Recorder {
 public:
  void add(T value) {
    const std::scoped_lock lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }

  // The first `count` values; fails the test when they do not come before the deadline.
  std::vector<T> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(kDeadline),
                                  [&] { return values_.size() >= count; }));
    return values_;
  }

  std::vector<T> values() {
    const std::scoped_lock lock(mutex_);
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;  // guarded by mutex_
};

// A WebSocket whose texts are echoed, and recorded with everything else that happens to it.
class RecordingSocket final : private WebSocket::Listener {
 public:
  explicit RecordingSocket(Recorder<std::string>& events) : events_(events) {}

  void take(std::unique_ptr<WebSocket> socket) {
    socket_ = std::move(socket);
    socket_->set_listener(this);
  }

  WebSocket& socket() { return *socket_; }
  void destroy() { socket_.reset(); }

  std::function<void(std::string_view)> when_text = [this](std::string_view text) {
    socket_->send_text(text);
  };
  std::function<void()> when_closed = [] {};

 private:
  void on_text(std::string_view text) override {
    events_.add("text " + std::string(text.substr(0, 20)));
    when_text(text);
  }

  void on_violation(std::string_view code, const std::string& message) override {
    events_.add("violation " + std::string(code));
    socket_->send_text("error: " + message);
  }

  void on_closed() override {
    events_.add("closed");
    when_closed();
  }

  Recorder<std::string>& events_;
  std::unique_ptr<WebSocket> socket_;
};

class ListenerFixture : public ::testing::Test {
 protected:
  ~ListenerFixture() override {
    loop_.call([&] { sockets_.clear(); });
    listener_.reset();
  }

  void start(Listener::Settings settings = {}) {
    if (settings.endpoint == Endpoint()) settings.endpoint = {"127.0.0.1", 0};
    listener_ = std::make_unique<Listener>(loop_, settings);
  }

  // With a stream's page and a POST that says again what it was told.
  void start_with_routes(const Listener::Settings& settings = {}) {
    start(settings);
    add("GET", "/{stream}", [](const HttpRequest& request) {
      return HttpResponse::text(200, request.captures.at("stream"));
    });
    add("POST", "/echo",
        [](const HttpRequest& request) { return HttpResponse::text(201, request.body); });
  }

  std::uint16_t port() const { return listener_->port(); }

  void add(const std::string& method, const std::string& pattern, HttpHandler handler) {
    loop_.call([&] { listener_->add(method, pattern, std::move(handler)); });
  }

  // Records the WebSockets of a route.
  void add_sockets(const std::string& pattern) {
    loop_.call([&] {
      listener_->add_web_socket(pattern, [this](const HttpRequest&) -> WebSocketDecision {
        return WebSocketAccept([this](std::unique_ptr<WebSocket> socket) {
          sockets_.push_back(std::make_unique<RecordingSocket>(events_));
          sockets_.back()->take(std::move(socket));
        });
      });
    });
  }

  // Waits until as many connections are left.
  void expect_connections(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(kDeadline);
    std::size_t left = 0;
    while ((left = loop_.call([&] { return listener_->connections(); })) != count &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(left, count);
  }

  LoopThread loop_{"test"};
  std::unique_ptr<Listener> listener_;
  Recorder<std::string> events_;
  std::vector<std::unique_ptr<RecordingSocket>> sockets_;  // loop's thread
};

}  // namespace webrtcserver::test
