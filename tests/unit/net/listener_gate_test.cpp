// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is asked before a listener answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "listener_fixture.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

using ListenerGateTest = ListenerFixture;

TEST_F(ListenerGateTest, AsksItsGateOnEveryMethodOfEveryResource) {
  Listener::Settings settings;
  settings.allowed_origins = {"https://pages.example"};
  start_with_routes(settings);
  add_sockets("/{stream}");
  loop_.call([&] {
    listener_->add_events("/events", [](const HttpRequest&) -> EventsDecision {
      return EventsAccept([](std::unique_ptr<EventStream>) {});
    });
    listener_->make_public("/{stream}");
    listener_->set_gate([](const HttpRequest& request) -> GateDecision {
      if (request.header("authorization") == "Bearer good") return {};
      return HttpResponse::problem(401, "No.").with("WWW-Authenticate", "Bearer");
    });
  });
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"}) {
    for (const char* path : {"/echo", "/events", "/nothing/here"}) {
      RawClient client(port());
      client.write(std::string(method) + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      const auto reply = client.read_reply(std::string(method) == "HEAD");
      EXPECT_EQ(reply.status, 401) << method << " " << path;
      EXPECT_EQ(reply.headers.at("www-authenticate"), "Bearer");
    }
  }
  RawWebSocket socket(port());
  EXPECT_EQ(socket.open("/output").status, 401);
  RawWebSocket welcome(port());
  EXPECT_EQ(welcome.open("/output", "Authorization: Bearer good\r\n").status, 101);
  RawClient client(port());
  EXPECT_EQ(client.get("/output").status, 200);
  const std::string origin = "Origin: https://pages.example\r\n";
  auto reply =
      client.request("OPTIONS", "/echo", origin + "Access-Control-Request-Method: POST\r\n");
  EXPECT_EQ(reply.status, 204);
  reply = client.request("POST", "/echo", origin + "Authorization: Bearer good\r\n", "x");
  EXPECT_EQ(reply.status, 201);
  reply = client.request("POST", "/echo", origin, "x");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://pages.example");
}

TEST_F(ListenerGateTest, WhatIsPublicToBrowsersIsAskedOfPrograms) {
  start_with_routes();
  add_sockets("/{stream}");
  loop_.call([&] {
    listener_->add("GET", "/{stream}",
                   [](const HttpRequest&) { return HttpResponse::text(200, "page"); });
    listener_->make_public("/{stream}", PublicTo::kBrowsers);
    listener_->set_gate(
        [](const HttpRequest&) -> GateDecision { return HttpResponse::problem(401, "No."); });
  });
  RawClient client(port());
  EXPECT_EQ(client.request("GET", "/output", "Accept: text/html,*/*\r\n").status, 200);
  RawClient program(port());
  EXPECT_EQ(program.request("GET", "/output", "Accept: */*\r\n").status, 401);
}

// A gate that is answered for by the test.
class SlowGate {
 public:
  Listener::Gate gate() {
    return [this](const HttpRequest& request) -> GateDecision {
      return GateLater{HttpResponse::problem(401, "No."), [this, request](const auto& done) {
                         const std::scoped_lock lock(mutex_);
                         asked_.push_back(done);
                       }};
    };
  }
  std::size_t asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_.size();
  }
  bool wait(std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (asked() < count && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return asked() >= count;
  }
  // On the server's thread.
  void answer(std::size_t which, const GateAnswer& answer) const {
    std::function<void(const GateAnswer&)> done;
    {
      const std::scoped_lock lock(mutex_);
      done = asked_[which];
    }
    done(answer);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::function<void(const GateAnswer&)>> asked_;  // guarded by mutex_
};

TEST_F(ListenerGateTest, MayTakeItsTime) {
  SlowGate gate;
  start_with_routes();
  add_sockets("/{stream}");
  loop_.call([&] {
    listener_->set_gate(gate.gate());
    listener_->add("GET", "/who", [](const HttpRequest& request) {
      return HttpResponse::text(200, request.granted ? request.granted->token : "nobody");
    });
  });
  Grant grant = Grant::everything();
  grant.token = "somebody";
  RawClient client(port());
  client.write("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(gate.wait(1));
  loop_.call([&] { gate.answer(0, grant); });
  EXPECT_EQ(client.read_reply().body, "somebody");
  // The same connection, with a body that was there before the answer.
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(gate.wait(2));
  loop_.call([&] { gate.answer(1, grant); });
  EXPECT_EQ(client.read_reply().body, "hello");
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(gate.wait(3));
  loop_.call([&] {
    gate.answer(2, HttpResponse::problem(403, "No."));
    gate.answer(2, grant);  // which is late
  });
  EXPECT_EQ(client.read_reply().status, 403);
  RawWebSocket socket(port());
  std::thread later([&] {
    EXPECT_TRUE(gate.wait(4));
    loop_.call([&] { gate.answer(3, grant); });
  });
  EXPECT_EQ(socket.open("/output").status, 101);
  later.join();
  // What is not there is not asked about.
  EXPECT_EQ(RawClient(port()).get("/nothing/here").status, 401);
  EXPECT_EQ(gate.asked(), 4U);
}

TEST_F(ListenerGateTest, MayBeAnsweredWhenNobodyIsThereAnyMore) {
  SlowGate gate;
  start_with_routes();
  loop_.call([&] { listener_->set_gate(gate.gate()); });
  {
    RawClient client(port());
    client.write("GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_TRUE(gate.wait(1));
  }
  loop_.call([&] { gate.answer(0, Grant::everything()); });
  RawClient client(port());
  client.write("GET /two HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(gate.wait(2));
  listener_.reset();
  loop_.call([&] { gate.answer(1, Grant::everything()); });
}

TEST_F(ListenerGateTest, TellsItsGateOfEveryHeaderOfAName) {
  start_with_routes();
  loop_.call([&] {
    listener_->set_gate([](const HttpRequest& request) -> GateDecision {
      return HttpResponse::text(401, request.header("authorization").value_or("(none)"));
    });
  });
  RawClient client(port());
  const auto reply =
      client.get("/echo", "Authorization: Bearer one\r\nAuthorization: Bearer two\r\n");
  EXPECT_EQ(reply.body, "Bearer one, Bearer two");
}

TEST_F(ListenerGateTest, TakesNoPathWithoutEnd) {
  start_with_routes();
  add_sockets("/{stream}");
  add("GET", "/files/{path...}", [](const HttpRequest& request) {
    return HttpResponse::text(200, std::to_string(request.captures.at("path").size()));
  });
  constexpr std::size_t kMost = 8 * 1024;
  const std::string longest = "/files/" + std::string(kMost - 7, '/');
  EXPECT_EQ(RawClient(port()).get(longest).status, 200);
  EXPECT_EQ(RawClient(port()).get(longest + "?and=" + std::string(1024, 'a')).status, 200);
  EXPECT_EQ(RawClient(port()).get(longest + "/").status, 414);
  // Nor where there is no route, nor as a WebSocket's.
  EXPECT_EQ(RawClient(port()).get("/nothing/" + std::string(kMost, 'a')).status, 414);
  EXPECT_EQ(RawWebSocket(port()).open("/" + std::string(kMost, 'a')).status, 414);
}

TEST_F(ListenerGateTest, SurvivesATokenThatFillsItsHeaders) {
  start_with_routes();
  loop_.call([&] {
    listener_->set_gate(
        [](const HttpRequest&) -> GateDecision { return HttpResponse::problem(401, "No."); });
  });
  for (const std::size_t size : {60U, 64U, 1024U}) {
    RawClient client(port());
    client.write_what_is_taken("GET /output?token=" + std::string(size * 1024, 'a') +
                               " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string answer = client.read_to_end();  // or none
    EXPECT_THAT(answer, ::testing::Not(HasSubstr(" 200 "))) << size;
  }
  expect_connections(0);
}

}  // namespace
}  // namespace webrtcserver::test
