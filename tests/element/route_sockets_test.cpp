// SPDX-License-Identifier: LGPL-2.1-or-later
// WebSockets on routes of an application's own.
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <vector>

#include "api_server.hpp"
#include "host_pipeline.hpp"
#include "net/grant.hpp"
#include "support/http_client.hpp"
#include "support/signalling_client.hpp"
#include "support/temporary_files.hpp"
#include "support/tokens.hpp"

namespace webrtcserver::test {
namespace {

// What happened to the sockets of a route, in its order.
class Log {
 public:
  void add(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    lines_.push_back(text);
  }
  std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }
  bool wait(std::size_t count) const {
    return eventually([&] { return lines().size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;  // guarded by mutex_
};

constexpr char kMessage[] = R"({"type":"hi","data":{}})";

// Writes down what the socket says, and says it back.
void echo(GstWebRTCServerSocket* socket, Log* log) {
  g_signal_connect(socket, "message",
                   G_CALLBACK(+[](GstWebRTCServerSocket* self, const gchar* text, Log* to) {
                     to->add(text);
                     gst_webrtc_server_socket_send(self, text);
                   }),
                   log);
  g_signal_connect(socket, "closed", G_CALLBACK(+[](GstWebRTCServerSocket* self, Log* to) {
                     EXPECT_FALSE(gst_webrtc_server_socket_send(self, "nobody hears it"));
                     to->add("closed");
                   }),
                   log);
}

TEST(RouteSockets, SpeakBothWaysUntilTheClientLeaves) {
  Log log;
  const ApiServer server;
  EXPECT_EQ(server.add_socket("/chat/{room}",
                              [&](GstWebRTCServerSocket* socket) {
                                log.add(std::string(gst_webrtc_server_socket_get_path(socket)) +
                                        " " + gst_webrtc_server_socket_get_capture(socket, "room") +
                                        " " + gst_webrtc_server_socket_get_query(socket, "q") +
                                        " " + gst_webrtc_server_socket_get_peer_address(socket));
                                echo(socket, &log);
                              }),
            "");
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(http_get(server.url("/chat/one")).status, 426);
  {
    SignallingClient client(server.url("/chat/one?q=2", "ws"));
    ASSERT_TRUE(client.wait([](const auto& seen) { return seen.open; }));
    client.send(kMessage);
    EXPECT_TRUE(client.wait_for("hi"));
    client.vanish();
    EXPECT_TRUE(log.wait(3));
  }
  EXPECT_EQ(log.lines(),
            (std::vector<std::string>{"/chat/one one 2 127.0.0.1", kMessage, "closed"}));
}

TEST(RouteSockets, AreClosedByTheApplicationAndByItsEnd) {
  Log log;
  std::promise<Ref<GstWebRTCServerSocket>> first;
  const ApiServer server;
  server.add_socket("/first", [&](GstWebRTCServerSocket* socket) {
    echo(socket, &log);
    first.set_value(Ref<GstWebRTCServerSocket>::retain(socket));
  });
  server.add_socket("/second", [&](GstWebRTCServerSocket* socket) {
    echo(socket, &log);
    log.add("second");
  });
  ASSERT_EQ(server.start(), "");
  SignallingClient one(server.url("/first", "ws"));
  const auto socket = first.get_future().get();
  EXPECT_TRUE(gst_webrtc_server_socket_send(socket.get(), kMessage));
  gst_webrtc_server_socket_close(socket.get());
  gst_webrtc_server_socket_close(socket.get());
  EXPECT_TRUE(one.wait_for("hi"));
  EXPECT_TRUE(one.wait_closed());
  EXPECT_TRUE(log.wait(1));
  SignallingClient two(server.url("/second", "ws"));
  EXPECT_TRUE(log.wait(2));
  server.stop();
  EXPECT_TRUE(two.wait_closed());
  EXPECT_TRUE(log.wait(3));
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"closed", "second", "closed"}));
  EXPECT_FALSE(gst_webrtc_server_socket_send(socket.get(), "late"));
}

TEST(RouteSockets, AreAskedForATokenAndAnOrigin) {
  const TemporaryFolder folder;
  const std::string path = write_tokens(
      folder, "[" + token_entry("viewer-0123456789", R"(["output"])", R"(["view"])") + "]");
  Log log;
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + path);
  server.add_socket("/chat", [&](GstWebRTCServerSocket* socket) {
    const bool view = gst_webrtc_server_socket_is_allowed(socket, "output", "view");
    const bool control = gst_webrtc_server_socket_is_allowed(socket, "output", "control");
    log.add(std::string(view ? "view" : "") + (control ? "control" : ""));
  });
  ASSERT_EQ(server.start(), "");
  SignallingClient stranger(server.url("/chat", "ws"));
  EXPECT_TRUE(stranger.wait_closed());
  EXPECT_EQ(stranger.seen().upgrade_status, 401);
  SignallingClient viewer(server.url("/chat?token=viewer-0123456789", "ws"));
  EXPECT_TRUE(log.wait(1));
  EXPECT_EQ(log.lines().front(), "view");
}

TEST(RouteSockets, AllowWhatTheirTokenDoesAndEndWithIt) {
  const TemporaryFolder folder;
  const auto entry = [](const char* allow) {
    return token_entry("viewer-0123456789", R"(["output"])", allow);
  };
  const std::string other = token_entry("other-0123456789", R"(["output"])", R"(["view"])");
  const std::string path = write_tokens(folder, "[" + entry(R"(["view"])") + "," + other + "]");
  Log log;
  std::promise<Ref<GstWebRTCServerSocket>> opened;
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + path);
  server.add_socket("/chat", [&](GstWebRTCServerSocket* socket) {
    echo(socket, &log);
    opened.set_value(Ref<GstWebRTCServerSocket>::retain(socket));
  });
  ASSERT_EQ(server.start(), "");
  SignallingClient viewer(server.url("/chat?token=viewer-0123456789", "ws"));
  const auto socket = opened.get_future().get();
  const auto controls = [&] {
    return gst_webrtc_server_socket_is_allowed(socket.get(), "output", "control") != FALSE;
  };
  EXPECT_FALSE(controls());
  write_tokens(folder, "[" + entry(R"(["view","control"])") + "," + other + "]");
  EXPECT_TRUE(eventually(controls));
  EXPECT_FALSE(viewer.seen().closed);
  write_tokens(folder, "[" + other + "]");
  EXPECT_TRUE(viewer.wait_closed());
  EXPECT_TRUE(log.wait(1));
  EXPECT_EQ(log.lines(), std::vector<std::string>{"closed"});
}

TEST(RouteSockets, EndWhenTheirTokenExpires) {
  const TemporaryFolder folder;
  const std::string path =
      write_tokens(folder, "[" +
                               token_entry("guest-0123456789", R"(["output"])", R"(["view"])",
                                           ",\"expires\":" + std::to_string(seconds_now() + 3)) +
                               "]");
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + path);
  server.add_socket("/chat", [](GstWebRTCServerSocket*) {});
  ASSERT_EQ(server.start(), "");
  SignallingClient guest(server.url("/chat?token=guest-0123456789", "ws"));
  EXPECT_TRUE(guest.wait([](const auto& seen) { return seen.open; }));
  EXPECT_TRUE(guest.wait_closed());
}

TEST(RouteSockets, AClientThatSaysMoreThanIsHeardIsSentAway) {
  Log log;
  std::promise<void> open;
  const ApiServer server;
  server.add_socket("/chat", [&](GstWebRTCServerSocket* socket) {
    echo(socket, &log);
    open.get_future().wait();
  });
  ASSERT_EQ(server.start(), "");
  SignallingClient client(server.url("/chat", "ws"));
  ASSERT_TRUE(client.wait([](const auto& seen) { return seen.open; }));
  for (int i = 0; i < 65; ++i) client.send(kMessage);
  EXPECT_TRUE(client.wait_closed());
  open.set_value();
  // It hears what was kept, and then that this was all.
  EXPECT_TRUE(log.wait(65));
  EXPECT_EQ(log.lines().size(), 65U);
  EXPECT_EQ(log.lines().back(), "closed");
  EXPECT_EQ(http_get(server.url("/healthz")).status, 200);
}

TEST(RouteSockets, WhatIsSaidAtOnceIsBounded) {
  std::promise<Ref<GstWebRTCServerSocket>> opened;
  const ApiServer server;
  server.add_socket("/chat", [&](GstWebRTCServerSocket* socket) {
    opened.set_value(Ref<GstWebRTCServerSocket>::retain(socket));
  });
  ASSERT_EQ(server.start(), "");
  SignallingClient client(server.url("/chat", "ws"));
  const auto socket = opened.get_future().get();
  EXPECT_FALSE(gst_webrtc_server_socket_send(socket.get(), std::string(1'100'000, 'x').c_str()));
  EXPECT_TRUE(gst_webrtc_server_socket_send(socket.get(), kMessage));
  EXPECT_TRUE(client.wait_for("hi"));
}

}  // namespace
}  // namespace webrtcserver::test
