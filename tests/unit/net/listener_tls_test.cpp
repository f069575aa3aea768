// SPDX-License-Identifier: LGPL-2.1-or-later
// listener_tls_test.cpp — the listener over TLS.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "listener_fixture.hpp"
#include "net/listener.hpp"
#include "support/patience.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawWebSocket;
using ::testing::HasSubstr;

class TlsListenerTest : public test::ListenerFixture {
 protected:
  TlsListenerTest() {
    const auto key = test::make_key();
    settings_.tls = TlsFiles{folder_.write("certificate.pem", test::certificate_pem(key)),
                             folder_.write("key.pem", test::key_pem(key))};
  }

  void start_with_routes(const Listener::Settings& settings) {
    start(settings);
    add("GET", "/{stream}", [](const HttpRequest& request) {
      return HttpResponse::text(200, request.captures.at("stream"));
    });
    add("POST", "/echo",
        [](const HttpRequest& request) { return HttpResponse::text(201, request.body); });
  }

  const test::TemporaryFolder folder_;
  Listener::Settings settings_;
};

TEST_F(TlsListenerTest, SpeaksHttpsAndWss) {
  start_with_routes(settings_);
  add_sockets("/{stream}");
  EXPECT_EQ(listener_->urls().front().substr(0, 8), "https://");
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kYes);
  EXPECT_EQ(client.get("/output").body, "output");
  EXPECT_EQ(client.get("/output").body, "output");
  RawWebSocket socket(port(), "127.0.0.1", RawClient::Tls::kYes);
  ASSERT_EQ(socket.open("/output").status, 101);
  socket.send(Opcode::kText, "hello");
  EXPECT_EQ(socket.receive_message().payload, "hello");
}

TEST_F(TlsListenerTest, SwapsItsCertificateUnderLoad) {
  start_with_routes(settings_);
  const auto in_use = [this] { return loop_.call([this] { return listener_->fingerprint(); }); };
  const auto ask = [this] {
    RawClient client(port(), "127.0.0.1", RawClient::Tls::kYes);
    return client.get("/output").body;
  };
  std::atomic<bool> swapped{false};
  std::atomic<unsigned> answers{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!swapped) {
        EXPECT_EQ(ask(), "output");
        ++answers;
      }
    });
  }
  for (int i = 0; i < 2; ++i) {
    const std::string before = in_use();
    const auto key = test::make_key();
    // In one step each, as certbot does; between the two they do not fit.
    std::filesystem::rename(folder_.write("new", test::certificate_pem(key)),
                            folder_.path("certificate.pem"));
    std::filesystem::rename(folder_.write("new", test::key_pem(key)), folder_.path("key.pem"));
    const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
    while (in_use() == before && std::chrono::steady_clock::now() < deadline)
      EXPECT_EQ(ask(), "output");
    EXPECT_NE(in_use(), before);
  }
  swapped = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(answers, 0U);
}

TEST_F(TlsListenerTest, RefusesALargeBodyOverTls) {
  start_with_routes(settings_);
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kYes);
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
               std::string(100'000, 'x'));
  EXPECT_EQ(client.read_reply().status, 413);
}

TEST_F(TlsListenerTest, TellsPlainHttpWhereToGo) {
  start_with_routes(settings_);
  RawClient client(port());
  client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto reply = client.read_reply();
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(client.read_until("\n"), HasSubstr("https://"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(TlsListenerTest, DropsHandshakesThatDoNotComplete) {
  settings_.limits.request_timeout = milliseconds(100);
  settings_.limits.handshake_timeout = milliseconds(100);
  start_with_routes(settings_);
  RawClient silent(port());
  RawClient stuck(port());
  stuck.write("\x16\x03\x01");
  RawClient garbage(port());
  garbage.write("\x16garbage, garbage, garbage, garbage");
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(stuck.at_end());
  expect_connections(0);
}

TEST_F(TlsListenerTest, HandshakesThatHangLeaveRoomForOthers) {
  settings_.limits.request_timeout = std::chrono::minutes(10);
  settings_.limits.handshake_timeout = std::chrono::minutes(10);
  start_with_routes(settings_);
  // Their own host's share, and more; all begin a handshake and say no more.
  std::vector<std::unique_ptr<RawClient>> stuck;
  for (int i = 0; i < 30; ++i) {
    stuck.push_back(std::make_unique<RawClient>(port()));
    stuck.back()->write("\x16\x03\x01");
  }
  RawClient other(port(), "127.0.0.1", RawClient::Tls::kYes, 0, "127.0.0.2");
  EXPECT_EQ(other.get("/output").body, "output");
  // Those that leave make room for the host's own.
  stuck.clear();
  EXPECT_EQ(RawClient(port(), "127.0.0.1", RawClient::Tls::kYes).get("/output").status, 200);
}

TEST_F(TlsListenerTest, HandshakesThatHangHoldTheirSlotsForAMoment) {
  settings_.limits.request_timeout = std::chrono::minutes(10);
  start_with_routes(settings_);
  // Two hosts have all slots, and more of their own wait for them.
  std::vector<std::unique_ptr<RawClient>> stuck;
  for (int i = 0; i < 60; ++i) {
    stuck.push_back(std::make_unique<RawClient>(port(), "127.0.0.1", RawClient::Tls::kNo, 0,
                                                i % 2 == 0 ? "127.0.0.1" : "127.0.0.3"));
    stuck.back()->write("\x16\x03\x01");
  }
  RawClient other(port(), "127.0.0.1", RawClient::Tls::kYes, 0, "127.0.0.2");
  EXPECT_EQ(other.get("/output").body, "output");
}

TEST_F(TlsListenerTest, ARequestHasItsOwnTimeAfterTheHandshake) {
  settings_.limits.request_timeout = std::chrono::minutes(10);
  start_with_routes(settings_);
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kYes);
  // It begins later, so its end comes when the first one's handshake would have had to be done.
  RawClient stuck(port());
  stuck.write("\x16\x03\x01");
  EXPECT_TRUE(stuck.at_end());
  EXPECT_EQ(client.get("/output").body, "output");
}

TEST_F(TlsListenerTest, NeverFallsBackToPlainText) {
  settings_.tls->key = folder_.path("missing.pem");
  try {
    start(settings_);
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTls);
  }
}

TEST_F(TlsListenerTest, IsNotStoppedByAClientThatDoesNotRead) {
  settings_.limits.response_timeout = milliseconds(50);
  start_with_routes(settings_);
  add("GET", "/large",
      [](const HttpRequest&) { return HttpResponse::text(200, std::string(32 << 20, 'x')); });
  RawClient deaf(port(), "127.0.0.1", RawClient::Tls::kYes, 4096);
  deaf.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect_connections(0);
  EXPECT_EQ(RawClient(port(), "127.0.0.1", RawClient::Tls::kYes).get("/output").status, 200);
}

}  // namespace
}  // namespace webrtcserver
