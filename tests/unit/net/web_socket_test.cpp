// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket.hpp"

#include <gmock/gmock.h>
#include <libsoup/soup.h>

#include <future>

#include "listener_fixture.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawWebSocket;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CloseCode code_of(const RawWebSocket::Frame& frame) {
  EXPECT_EQ(frame.opcode, Opcode::kClose);
  return parse_close(frame.payload);
}

class WebSocketTest : public test::ListenerFixture {
 protected:
  void start_echo(const WebSocket::Limits& limits = {}) {
    Listener::Settings settings;
    settings.limits.web_socket = limits;
    start(settings);
    add_sockets("/{stream}");
    add("GET", "/{stream}", [](const HttpRequest&) { return HttpResponse::text(200, "page"); });
  }

  std::unique_ptr<RawWebSocket> connect(int receive_buffer = 0) {
    auto socket =
        std::make_unique<RawWebSocket>(port(), "127.0.0.1", RawClient::Tls::kNo, receive_buffer);
    EXPECT_EQ(socket->open("/output").status, 101);
    return socket;
  }

  // Runs `action` with the server's side of the only socket.
  template <typename Action>
  void with_socket(Action&& action) {
    loop_.call([&] { action(*sockets_.at(0)); });
  }
};

TEST_F(WebSocketTest, EchoesText) {
  start_echo();
  const auto socket = connect();
  for (const std::size_t size : {0U, 5U, 126U, 64U * 1024U}) {
    socket->send(Opcode::kText, std::string(size, 'x'));
    EXPECT_EQ(socket->receive_message().payload.size(), size);
  }
  with_socket([](auto& mine) { EXPECT_EQ(mine.socket().peer_address(), "127.0.0.1"); });
}

TEST_F(WebSocketTest, SharesItsPatternWithAPage) {
  start_echo();
  EXPECT_EQ(RawClient(port()).get("/output").body, "page");
}

TEST_F(WebSocketTest, SpeaksWithLibsoup) {
  start_echo();
  LoopThread client("client");
  std::promise<std::string> heard;
  client.call([&] {
    const auto session = Ref<SoupSession>::adopt(soup_session_new());
    const std::string url = "ws://127.0.0.1:" + std::to_string(port()) + "/output";
    const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
    const auto connected = [](GObject* source, GAsyncResult* result, gpointer data) {
      auto* socket = soup_session_websocket_connect_finish(SOUP_SESSION(source), result, nullptr);
      ASSERT_TRUE(socket);
      const auto got = [](SoupWebsocketConnection* from, gint, GBytes* bytes, gpointer promise) {
        gsize size = 0;
        const void* text = g_bytes_get_data(bytes, &size);
        static_cast<std::promise<std::string>*>(promise)->set_value(
            {static_cast<const char*>(text), size});
        soup_websocket_connection_close(from, 1000, "done");
      };
      g_signal_connect(
          socket, "message",
          G_CALLBACK(static_cast<void (*)(SoupWebsocketConnection*, gint, GBytes*, gpointer)>(got)),
          data);
      g_signal_connect(socket, "closed", G_CALLBACK(g_object_unref), nullptr);
      soup_websocket_connection_send_text(socket, "héllo");
    };
    soup_session_websocket_connect_async(session.get(), message.get(), nullptr, nullptr,
                                         G_PRIORITY_DEFAULT, nullptr, connected, &heard);
  });
  auto text = heard.get_future();
  ASSERT_EQ(text.wait_for(std::chrono::seconds(test::kDeadline)), std::future_status::ready);
  EXPECT_EQ(text.get(), "héllo");
  EXPECT_THAT(events_.wait_for(2), ElementsAre("text héllo", "closed"));
}

TEST_F(WebSocketTest, MayBeRefusedInsteadOfOpened) {
  start();
  loop_.call([&] {
    listener_->add_web_socket("/full", [](const HttpRequest&) -> WebSocketDecision {
      return HttpResponse::problem(503, "Full.").with("Retry-After", "10");
    });
  });
  RawWebSocket socket(port());
  const auto reply = socket.open("/full");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.headers.at("retry-after"), "10");
  EXPECT_EQ(RawWebSocket(port()).open("/unknown").status, 404);
  EXPECT_EQ(RawClient(port()).get("/full").status, 426);
}

TEST_F(WebSocketTest, IsClosedWhenItsRouteFails) {
  start();
  loop_.call([&] {
    listener_->add_web_socket("/decide", [](const HttpRequest&) -> WebSocketDecision {
      throw std::runtime_error("secret");
    });
    listener_->add_web_socket("/accept", [](const HttpRequest&) -> WebSocketDecision {
      return WebSocketAccept(
          [](std::unique_ptr<WebSocket>) { throw std::runtime_error("secret"); });
    });
  });
  EXPECT_EQ(RawWebSocket(port()).open("/decide").status, 500);
  RawWebSocket accepted(port());
  EXPECT_EQ(accepted.open("/accept").status, 101);
  EXPECT_EQ(code_of(accepted.receive()), CloseCode::kGoingAway);
  accepted.write(RawWebSocket::encode(Opcode::kClose, ""));
  EXPECT_TRUE(accepted.at_end());
  expect_connections(0);
}

TEST_F(WebSocketTest, IsRefusedToOtherOrigins) {
  start_echo();
  RawWebSocket socket(port());
  EXPECT_EQ(socket.open("/output", "Origin: http://evil.example\r\n").status, 403);
  RawWebSocket own(port());
  EXPECT_EQ(
      own.open("/output", "Origin: http://127.0.0.1:" + std::to_string(port()) + "\r\n").status,
      101);
}

TEST_F(WebSocketTest, NegotiatesNoCompression) {
  start_echo();
  RawWebSocket socket(port());
  const auto reply = socket.open(
      "/output", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
  EXPECT_EQ(reply.status, 101);
  EXPECT_EQ(reply.headers.count("sec-websocket-extensions"), 0U);
}

TEST_F(WebSocketTest, AnswersPings) {
  start_echo();
  const auto socket = connect();
  socket->send(Opcode::kPing, "are you there");
  const auto frame = socket->receive();
  EXPECT_EQ(frame.opcode, Opcode::kPong);
  EXPECT_EQ(frame.payload, "are you there");
}

TEST_F(WebSocketTest, ReadsWhatCameWithTheHandshake) {
  start_echo();
  RawWebSocket socket(port());
  socket.write("GET /output HTTP/1.1\r\nHost: localhost\r\n" +
               std::string(RawWebSocket::kHandshake) + "\r\n" +
               RawWebSocket::encode(Opcode::kText, "early"));
  EXPECT_EQ(socket.read_reply().status, 101);
  EXPECT_EQ(socket.receive_message().payload, "early");
}

TEST_F(WebSocketTest, ClosesWhenThePeerCloses) {
  start_echo();
  const auto socket = connect();
  socket->write(RawWebSocket::encode(Opcode::kClose, "\x03\xE8"));
  EXPECT_EQ(code_of(socket->receive()), CloseCode::kNormal);
  EXPECT_TRUE(socket->at_end());
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
  expect_connections(0);
}

TEST_F(WebSocketTest, SendsWhatWasQueuedBeforeItCloses) {
  start_echo();
  const auto socket = connect();
  with_socket([](auto& mine) {
    mine.socket().send_text("last words");
    mine.socket().close(WebSocket::kGoingAway, "reason");
    mine.socket().close(WebSocket::kNormal, "twice");
    mine.socket().send_text("too late");
    EXPECT_FALSE(mine.socket().is_open());
  });
  EXPECT_EQ(socket->receive_message().payload, "last words");
  const auto close = socket->receive();
  EXPECT_EQ(code_of(close), CloseCode::kGoingAway);
  EXPECT_EQ(close.payload.substr(2), "reason");
  EXPECT_TRUE(events_.values().empty());
  socket->write(RawWebSocket::encode(Opcode::kClose, "\x03\xE9"));
  EXPECT_TRUE(socket->at_end());
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
}

TEST_F(WebSocketTest, DoesNotWaitForADeadPeerToClose) {
  WebSocket::Limits limits;
  limits.close_timeout = milliseconds(20);
  start_echo(limits);
  const auto socket = connect();
  with_socket([](auto& mine) { mine.socket().close(WebSocket::kNormal, ""); });
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
  expect_connections(0);
}

TEST_F(WebSocketTest, NoticesAPeerThatVanishes) {
  start_echo();
  connect().reset();
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
  expect_connections(0);
}

TEST_F(WebSocketTest, MayBeDestroyedInItsOwnCalls) {
  start_echo();
  const auto in_text = connect();
  with_socket([](auto& mine) { mine.when_text = [&mine](std::string_view) { mine.destroy(); }; });
  in_text->send(Opcode::kText, "a");
  EXPECT_EQ(code_of(in_text->receive()), CloseCode::kGoingAway);
  loop_.call([&] { sockets_.clear(); });
  const auto in_close = connect();
  with_socket([](auto& mine) { mine.when_closed = [&mine] { mine.destroy(); }; });
  in_close->write(RawWebSocket::encode(Opcode::kClose, ""));
  events_.wait_for(2);
}

TEST_F(WebSocketTest, SaysGoodbyeWhenItIsDestroyed) {
  start_echo();
  const auto socket = connect();
  with_socket([](auto& mine) { mine.destroy(); });
  EXPECT_EQ(code_of(socket->receive()), CloseCode::kGoingAway);
  socket->write(RawWebSocket::encode(Opcode::kClose, "\x03\xE9"));
  EXPECT_TRUE(socket->at_end());
  EXPECT_TRUE(events_.values().empty());
  expect_connections(0);
}

TEST_F(WebSocketTest, SaysGoodbyeWhenTheServerEnds) {
  start_echo();
  const auto socket = connect();
  with_socket([](auto& mine) {
    mine.socket().send_text("bye");
    mine.destroy();
  });
  listener_.reset();
  EXPECT_EQ(socket->receive_message().payload, "bye");
  EXPECT_EQ(code_of(socket->receive()), CloseCode::kGoingAway);
  EXPECT_TRUE(socket->at_end());
}

TEST_F(WebSocketTest, RefusesALargeMessage) {
  start_echo();
  const auto socket = connect();
  socket->write(RawWebSocket::encode(Opcode::kText, std::string(64 * 1024 + 1, 'x')));
  EXPECT_THAT(socket->receive_message().payload, HasSubstr("65536"));
  EXPECT_EQ(code_of(socket->receive_message()), CloseCode::kTooLarge);
  EXPECT_TRUE(socket->at_end());
  EXPECT_THAT(events_.wait_for(2), ElementsAre("violation too-large", "closed"));
}

TEST_F(WebSocketTest, RefusesALargeMessageInFragments) {
  start_echo();
  const auto socket = connect();
  socket->send(Opcode::kText, std::string(60'000, 'x'), false);
  socket->send(Opcode::kContinuation, std::string(60'000, 'x'), false);
  EXPECT_THAT(socket->receive_message().payload, HasSubstr("65536"));
  EXPECT_EQ(code_of(socket->receive_message()), CloseCode::kTooLarge);
}

TEST_F(WebSocketTest, RefusesBinaryAndBrokenMessages) {
  start_echo();
  const auto binary = connect();
  binary->send(Opcode::kBinary, "x");
  EXPECT_EQ(binary->receive_message().opcode, Opcode::kText);
  EXPECT_EQ(code_of(binary->receive_message()), CloseCode::kUnsupportedData);
  const auto unmasked = connect();
  unmasked->send(Opcode::kText, "x", true, false);
  EXPECT_EQ(unmasked->receive_message().opcode, Opcode::kText);
  EXPECT_EQ(code_of(unmasked->receive_message()), CloseCode::kProtocolError);
  const auto not_text = connect();
  not_text->send(Opcode::kText, "\xFF");
  EXPECT_EQ(not_text->receive_message().opcode, Opcode::kText);
  EXPECT_EQ(code_of(not_text->receive_message()), CloseCode::kBadData);
  const auto bad_close = connect();
  bad_close->send(Opcode::kClose, "x");
  EXPECT_EQ(bad_close->receive_message().opcode, Opcode::kText);
  EXPECT_EQ(code_of(bad_close->receive_message()), CloseCode::kProtocolError);
}

TEST_F(WebSocketTest, StopsAFloodOfMessages) {
  WebSocket::Limits limits;
  limits.messages_per_second = 1;
  limits.message_burst = 400;
  start_echo(limits);
  const auto socket = connect();
  with_socket([](auto& mine) { mine.when_text = [](std::string_view) {}; });
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += RawWebSocket::encode(Opcode::kText, "{}");
  socket->write_what_is_taken(flood);
  EXPECT_THAT(socket->receive_message().payload, HasSubstr("More messages"));
  EXPECT_EQ(code_of(socket->receive_message()), CloseCode::kPolicyViolation);
  EXPECT_TRUE(socket->at_end());
  const auto events = events_.wait_for(402);
  EXPECT_EQ(events.size(), 402U);
  EXPECT_EQ(events.at(400), "violation rate");
  EXPECT_EQ(events.at(401), "closed");
}

// Twice what a session takes: that too much comes is its to say, and it goes on.
TEST_F(WebSocketTest, TakesABurstOfMessages) {
  start_echo();
  const auto socket = connect();
  std::string burst;
  for (int i = 0; i < 800; ++i) burst += RawWebSocket::encode(Opcode::kText, "{}");
  socket->write(burst);
  EXPECT_THAT(events_.wait_for(800), Each("text {}"));
}

TEST_F(WebSocketTest, StopsAFloodOfPings) {
  WebSocket::Limits limits;
  limits.messages_per_second = 1;
  limits.message_burst = 10;
  start_echo(limits);
  const auto socket = connect();
  std::string flood;
  for (int i = 0; i < 1'000; ++i) flood += RawWebSocket::encode(Opcode::kPing, "");
  socket->write_what_is_taken(flood);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(socket->receive().opcode, Opcode::kPong);
  EXPECT_EQ(socket->receive().opcode, Opcode::kText);
  EXPECT_EQ(code_of(socket->receive()), CloseCode::kPolicyViolation);
}

TEST_F(WebSocketTest, StopsAFloodOfBytes) {
  WebSocket::Limits limits;
  limits.bytes_per_second = 1;
  limits.byte_burst = 100'000;
  start_echo(limits);
  const auto socket = connect();
  with_socket([](auto& mine) { mine.when_text = [](std::string_view) {}; });
  std::string flood;
  for (int i = 0; i < 10; ++i)
    flood += RawWebSocket::encode(Opcode::kText, std::string(50'000, 'x'));
  socket->write_what_is_taken(flood);
  EXPECT_THAT(socket->receive_message().payload, HasSubstr("More bytes"));
  EXPECT_EQ(code_of(socket->receive_message()), CloseCode::kPolicyViolation);
}

TEST_F(WebSocketTest, PingsASilentPeerAndDropsIt) {
  WebSocket::Limits limits;
  limits.ping_interval = milliseconds(20);
  limits.idle_timeout = milliseconds(100);
  start_echo(limits);
  const auto socket = connect();
  EXPECT_EQ(socket->receive().opcode, Opcode::kPing);
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
  expect_connections(0);
}

TEST_F(WebSocketTest, KeepsAPeerThatAnswersPings) {
  WebSocket::Limits limits;
  limits.ping_interval = milliseconds(20);
  limits.idle_timeout = milliseconds(500);
  start_echo(limits);
  const auto socket = connect();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(socket->receive().opcode, Opcode::kPing);
    socket->send(Opcode::kPong, "");
  }
  EXPECT_TRUE(events_.values().empty());
}

TEST_F(WebSocketTest, DropsAPeerThatDoesNotReadWhenItsBacklogIsFull) {
  WebSocket::Limits limits;
  limits.max_backlog = 100'000;
  start_echo(limits);
  const auto socket = connect(4096);
  loop_.call([&] {
    for (int i = 0; i < 1'000 && sockets_.at(0)->socket().is_open(); ++i) {
      sockets_.at(0)->socket().send_text(std::string(50'000, 'x'));
      EXPECT_LE(sockets_.at(0)->socket().backlog(), limits.max_backlog);
    }
  });
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
  expect_connections(0);
}

TEST_F(WebSocketTest, DropsAPeerThatDoesNotReadAfterAWhile) {
  WebSocket::Limits limits;
  limits.max_backlog = 64 * 1024 * 1024;
  limits.stall_timeout = milliseconds(50);
  start_echo(limits);
  const auto socket = connect(4096);
  with_socket([](auto& mine) { mine.socket().send_text(std::string(32 * 1024 * 1024, 'x')); });
  EXPECT_THAT(events_.wait_for(1), ElementsAre("closed"));
}

TEST_F(WebSocketTest, DeliversWhatASlowPeerReads) {
  WebSocket::Limits limits;
  limits.max_backlog = 64 * 1024 * 1024;
  start_echo(limits);
  const auto socket = connect(4096);
  with_socket([](auto& mine) {
    mine.socket().send_text(std::string(8 * 1024 * 1024, 'x'));
    mine.socket().send_text("end");
    EXPECT_GT(mine.socket().backlog(), 0U);
  });
  EXPECT_EQ(socket->receive_message().payload.size(), 8U * 1024 * 1024);
  EXPECT_EQ(socket->receive_message().payload, "end");
  with_socket([](auto& mine) { EXPECT_EQ(mine.socket().backlog(), 0U); });
}

}  // namespace
}  // namespace webrtcserver
