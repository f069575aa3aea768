// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/listener.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/json.hpp"
#include "listener_fixture.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawWebSocket;
using ::testing::HasSubstr;
using ::testing::Not;

class ListenerTest : public test::ListenerFixture {
 protected:
  void start_with_more_routes(const Listener::Settings& settings = {}) {
    start_with_routes(settings);
    add("GET", "/api/streams", [](const HttpRequest&) { return HttpResponse::json(200, "{}"); });
    add("GET", "/address",
        [](const HttpRequest& request) { return HttpResponse::text(200, request.peer_address); });
    add("GET", "/throw",
        [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret of the host"); });
  }
};

TEST_F(ListenerTest, AnswersRequestsOnOneConnection) {
  start_with_more_routes();
  RawClient client(port());
  const auto streams = client.get("/api/streams");
  EXPECT_EQ(streams.status, 200);
  EXPECT_EQ(streams.headers.at("content-type"), "application/json");
  EXPECT_EQ(streams.body, "{}");
  EXPECT_EQ(client.get("/output?x=1").body, "output");
  EXPECT_EQ(client.request("POST", "/echo", "", "hello").body, "hello");
  EXPECT_EQ(client.get("/address").body, "127.0.0.1");
  expect_connections(1);
}

TEST_F(ListenerTest, AnswersRequestsThatComeEarly) {
  start_with_more_routes();
  RawClient client(port());
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.write(text);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read_reply().body, std::to_string(i));
  expect_connections(1);
}

TEST_F(ListenerTest, HasWhoeverIsAlwaysEarlyConnectAnew) {
  start_with_routes();
  RawClient client(port());
  // The server takes them in at once: with some still unread, closing would cost answers.
  constexpr std::size_t kRequests = 150;
  std::string text;
  for (std::size_t i = 0; i < kRequests; ++i) text += "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.write(text);
  std::size_t answers = 0;
  for (bool last = false; !last && answers < kRequests; ++answers) {
    const auto reply = client.read_reply();
    ASSERT_EQ(reply.body, "x");
    const auto connection = reply.headers.find("connection");
    last = connection != reply.headers.end() && connection->second == "close";
  }
  // GLib would go through hundreds of streams, one in the other, by recursion.
  EXPECT_GE(answers, 100U);
  EXPECT_LT(answers, kRequests);
}

TEST_F(ListenerTest, ClosesWhenItIsAskedTo) {
  start_with_more_routes();
  RawClient client(port());
  EXPECT_EQ(client.get("/output", "Connection: close\r\n").body, "output");
  EXPECT_TRUE(client.at_end());
  RawClient old(port());
  old.write("GET /output HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.read_to_end(), HasSubstr("output"));
  expect_connections(0);
}

TEST_F(ListenerTest, NeverTakesABodyForARequest) {
  start_with_more_routes();
  add_sockets("/socket");
  for (const char* head : {"POST /output HTTP/1.1\r\nHost: evil.example\r\n",
                           "POST /output HTTP/1.1\r\nHost: localhost\r\n",
                           "GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"}) {
    for (const char* expectation : {"", "Expect: 100-continue\r\n"}) {
      RawClient client(port());
      const std::string inner =
          "GET /inner HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      client.write(std::string(head) + expectation +
                   "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner);
      client.half_close();
      EXPECT_THAT(client.read_to_end(), Not(HasSubstr("\r\n\r\ninner"))) << head;
    }
  }
}

TEST_F(ListenerTest, DecodesQueries) {
  start();
  add("GET", "/query", [](const HttpRequest& request) {
    std::string text;
    for (const auto& [name, value] : request.query) text += name + "=" + value + ";";
    return HttpResponse::text(200, text);
  });
  EXPECT_EQ(RawClient(port()).get("/query?embed&stream=a%20b+c&&x=&bad=%FF&=y&z=%00&e=1=2").body,
            "e=1=2;embed=;stream=a b c;x=;");
}

TEST_F(ListenerTest, GivesEveryResponseTheSafeHeaders) {
  start_with_more_routes();
  RawClient client(port());
  for (const char* target : {"/output", "/nothing/here"}) {
    const auto reply = client.get(target);
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(reply.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(reply.headers.at("cross-origin-resource-policy"), "same-origin");
    EXPECT_EQ(reply.headers.at("server"), "gst-webrtc-server");
    EXPECT_EQ(reply.headers.count("access-control-allow-origin"), 0U);
  }
}

TEST_F(ListenerTest, SaysWhatIsNotThere) {
  start_with_more_routes();
  const auto reply = RawClient(port()).get("/nothing/here");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(JsonReader(reply.body).integer("status"), 404);
}

TEST_F(ListenerTest, SaysWhichMethodsARouteTakes) {
  start_with_more_routes();
  RawClient client(port());
  auto reply = client.request("DELETE", "/api/streams");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD, OPTIONS");
  reply = client.request("OPTIONS", "/echo");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.headers.at("allow"), "OPTIONS, POST");
  EXPECT_EQ(client.request("BREW", "/echo").status, 405);
}

TEST_F(ListenerTest, ServesHeadWithoutABody) {
  start_with_more_routes();
  RawClient client(port());
  const auto reply = client.request("HEAD", "/output");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-length"), "6");
  EXPECT_EQ(client.get("/output").body, "output");  // nothing of the first was left in the stream
}

TEST_F(ListenerTest, TellsNothingAboutItsFailures) {
  start_with_more_routes();
  RawClient client(port());
  const auto reply = client.get("/throw");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  EXPECT_EQ(client.get("/output").status, 200);
}

TEST_F(ListenerTest, IgnoresRanges) {
  start_with_more_routes();
  const auto reply = RawClient(port()).get("/output", "Range: bytes=0-1,0-2,0-3\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "output");
}

TEST_F(ListenerTest, DecodesSegmentsAfterSplitting) {
  start_with_more_routes();
  RawClient client(port());
  EXPECT_EQ(client.get("/a%20b").body, "a b");
  EXPECT_EQ(client.get("/a%2Fb").status, 404);
  EXPECT_EQ(client.get("/%00").status, 404);
}

TEST_F(ListenerTest, AddsAndRemovesRoutesWhileItRuns) {
  start_with_more_routes();
  RawClient client(port());
  add("GET", "/late/{a}", [](const HttpRequest&) { return HttpResponse::text(200, "late"); });
  EXPECT_EQ(client.get("/late/1").body, "late");
  loop_.call([&] { listener_->remove("/late/{a}"); });
  EXPECT_EQ(client.get("/late/1").status, 404);
}

TEST_F(ListenerTest, RefusesForeignHosts) {
  start_with_more_routes();
  const auto get = [&](const std::string& text) {
    RawClient client(port());
    client.write(text);
    return client.read_reply();
  };
  EXPECT_EQ(get("GET /output HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
  EXPECT_EQ(get("GET /output HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n").status,
            400);
  EXPECT_EQ(get("GET /output HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(get("GET /output HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(get("GET http://evil.example/output HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 421);
  EXPECT_EQ(get("GET http://localhost/output HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
  EXPECT_EQ(get("GET /output HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

TEST_F(ListenerTest, RefusesChangesFromOtherOrigins) {
  start_with_more_routes();
  RawClient client(port());
  const std::string own = "Origin: http://127.0.0.1:" + std::to_string(port()) + "\r\n";
  EXPECT_EQ(client.request("POST", "/echo", own, "x").status, 201);
  EXPECT_EQ(client.request("POST", "/echo", "", "x").status, 201);
  EXPECT_EQ(client.get("/output", "Origin: http://evil.example\r\n").status,
            200);  // but its page may not read it
  EXPECT_EQ(client.request("POST", "/echo", "Origin: http://evil.example\r\n", "x").status, 403);
}

TEST_F(ListenerTest, LetsListedOriginsRead) {
  Listener::Settings settings;
  settings.allowed_origins = {"https://pages.example"};
  start_with_more_routes(settings);
  RawClient client(port());
  const std::string origin = "Origin: https://pages.example\r\n";
  auto reply = client.request("POST", "/echo", origin, "x");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://pages.example");
  EXPECT_EQ(reply.headers.at("vary"), "Origin");
  reply = client.request("OPTIONS", "/echo", origin + "Access-Control-Request-Method: POST\r\n");
  EXPECT_EQ(reply.headers.at("access-control-allow-methods"), "OPTIONS, POST");
}

TEST_F(ListenerTest, RefusesALargeBodyBeforeItIsSent) {
  start_with_more_routes();
  RawClient client(port());
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n");
  const auto reply = client.read_reply();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_THAT(reply.body, HasSubstr("65536"));
  EXPECT_TRUE(client.at_end());
  expect_connections(0);
}

TEST_F(ListenerTest, RefusesALargeBodyThatIsOnItsWay) {
  start_with_more_routes();
  RawClient client(port());
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
               std::string(500'000, 'x'));
  EXPECT_EQ(client.read_reply().status, 413);
}

TEST_F(ListenerTest, RefusesALargeBodyOfUnknownLength) {
  start_with_more_routes();
  RawClient client(port());
  client.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i) client.write(chunk);
  EXPECT_EQ(client.read_reply().status, 413);
}

TEST_F(ListenerTest, TakesABodyOfTheLargestSize) {
  start_with_more_routes();
  EXPECT_EQ(
      RawClient(port()).request("POST", "/echo", "", std::string(Listener::kMaxBody, 'x')).status,
      201);
}

TEST_F(ListenerTest, RefusesHeadersWithoutEnd) {
  start_with_more_routes();
  RawClient client(port());
  client.write_what_is_taken("GET /output HTTP/1.1\r\nHost: localhost\r\nX: " +
                             std::string(300'000, 'x'));
  EXPECT_TRUE(client.at_end());
  expect_connections(0);
}

TEST_F(ListenerTest, SurvivesGarbage) {
  start_with_more_routes();
  for (const std::string& garbage :
       {std::string("\x16\x03\x01\x02"), std::string("\0\0\0\0\r\n\r\n", 8),
        std::string("GET\r\n\r\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("\r\n\r\n\r\n"),
        std::string("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("GET /output HTTP/1.1\r\nHost: [\r\n\r\n"),
        std::string("GET /output HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n"),
        std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                    "chunked\r\n\r\nzz\r\n")}) {
    RawClient client(port());
    client.write_what_is_taken(garbage);
    client.half_close();
    client.read_to_end();
  }
  EXPECT_EQ(RawClient(port()).get("/output").status, 200);
  expect_connections(0);
}

TEST_F(ListenerTest, DropsARequestThatDoesNotComplete) {
  Listener::Settings settings;
  settings.limits.request_timeout = milliseconds(50);
  start_with_more_routes(settings);
  RawClient silent(port());
  RawClient slow(port());
  slow.write("GET /output HT");
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(slow.at_end());
  RawClient body(port());
  body.write("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx");
  EXPECT_TRUE(body.at_end());
  expect_connections(0);
}

TEST_F(ListenerTest, DropsAConnectionThatIsIdleAfterItsRequest) {
  Listener::Settings settings;
  settings.limits.idle_timeout = milliseconds(50);
  start_with_more_routes(settings);
  RawClient client(port());
  EXPECT_EQ(client.get("/output").status, 200);
  EXPECT_TRUE(client.at_end());
}

TEST_F(ListenerTest, DropsAClientThatDoesNotReadItsResponse) {
  Listener::Settings settings;
  settings.limits.response_timeout = milliseconds(50);
  start_with_routes(settings);
  add("GET", "/large",
      [](const HttpRequest&) { return HttpResponse::text(200, std::string(32 << 20, 'x')); });
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kNo, 4096);
  client.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect_connections(1);
  expect_connections(0);
}

TEST_F(ListenerTest, LimitsConnectionsOfOneAddress) {
  Listener::Settings settings;
  settings.endpoint = {"0.0.0.0", 0};
  settings.limits.max_connections_per_address = 2;
  start_with_routes(settings);
  auto first = std::make_unique<RawClient>(port());
  RawClient second(port());
  EXPECT_EQ(first->get("/output").status, 200);
  EXPECT_EQ(second.get("/output").status, 200);
  EXPECT_TRUE(RawClient(port()).at_end());
  EXPECT_TRUE(RawClient(port(), "127.0.0.2").at_end()) << "what counts is the client's address";
  RawClient other(port(), "127.0.0.1", RawClient::Tls::kNo, 0, "127.0.0.2");
  EXPECT_EQ(other.get("/output").status, 200);
}

TEST_F(ListenerTest, LimitsConnectionsInAll) {
  Listener::Settings settings;
  settings.limits.max_connections = 2;
  start_with_routes(settings);
  auto first = std::make_unique<RawClient>(port());
  RawClient second(port());
  EXPECT_EQ(first->get("/output").status, 200);
  EXPECT_EQ(second.get("/output").status, 200);
  EXPECT_TRUE(RawClient(port()).at_end());
  first.reset();
  expect_connections(1);
  EXPECT_EQ(RawClient(port()).get("/output").status, 200);
}

TEST_F(ListenerTest, CountsNoConnectionTwice) {
  start_with_more_routes();
  add_sockets("/{stream}");
  for (int i = 0; i < 300; ++i) {
    RawClient(port()).get("/output");
    RawWebSocket(port()).open("/output");
    RawClient client(port());
    client.write("GET /out");
  }
  expect_connections(0);
}

TEST_F(ListenerTest, CountsRequestsByWhatTheyFit) {
  start_with_more_routes();
  add_sockets("/socket");
  RawClient client(port());
  client.get("/output");
  client.get("/output?a=b");
  client.get("/nothing/here");
  RawClient stranger(port());
  stranger.write("GET /output HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  stranger.read_to_end();
  RawClient large(port());
  large.write("POST /output HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n");
  large.read_to_end();
  RawClient coffee(port());
  coffee.write("BREW /output HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  coffee.read_to_end();
  RawWebSocket socket(port());
  ASSERT_EQ(socket.open("/socket").status, 101);
  const auto count = [&](const char* method, const char* route, const char* status) {
    return loop_.call([&] { return listener_->requests().value({method, route, status}); });
  };
  EXPECT_EQ(count("GET", "/{stream}", "200"), 2U);
  EXPECT_EQ(count("GET", "none", "404"), 1U);
  EXPECT_EQ(count("GET", "/{stream}", "421"), 1U);
  EXPECT_EQ(count("POST", "/{stream}", "413"), 1U);
  EXPECT_EQ(count("other", "/{stream}", "405"), 1U);
  EXPECT_EQ(count("GET", "/socket", "101"), 1U);
}

TEST_F(ListenerTest, FreesItsPort) {
  start_with_more_routes();
  const auto before = port();
  RawClient client(before);
  EXPECT_EQ(client.get("/output").status, 200);
  listener_.reset();
  EXPECT_TRUE(client.at_end());
  Listener::Settings settings;
  settings.endpoint = {"127.0.0.1", before};
  start_with_routes(settings);
  EXPECT_EQ(RawClient(port()).get("/output").status, 200);
}

TEST_F(ListenerTest, ReportsAPortInUse) {
  start();
  Listener::Settings settings;
  settings.endpoint = {"127.0.0.1", port()};
  try {
    Listener second(loop_, settings);
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kAddressInUse);
  }
}

}  // namespace
}  // namespace webrtcserver
