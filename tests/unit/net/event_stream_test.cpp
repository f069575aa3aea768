// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/event_stream.hpp"

#include <gtest/gtest.h>

#include "listener_fixture.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using test::RawClient;

class EventStreamTest : public test::ListenerFixture {
 protected:
  ~EventStreamTest() override {
    loop_.call([&] { stream_.reset(); });
  }

  void start_events(const EventStream::Limits& limits = {}) {
    Listener::Settings settings;
    settings.limits.events = limits;
    start(settings);
    loop_.call([&] {
      listener_->add_events("/events", [this](const HttpRequest& request) -> EventsDecision {
        if (request.query.count("refuse") > 0) return HttpResponse::problem(503, "Full.");
        return EventsAccept([this](std::unique_ptr<EventStream> stream) {
          stream_ = std::move(stream);
          stream_->on_closed([this] {
            events_.add("closed");
            stream_.reset();
          });
          stream_->send("hello", "{}");
        });
      });
    });
  }

  void send(const std::string& event, const std::string& data) {
    loop_.call([&] {
      if (stream_) stream_->send(event, data);
    });
  }

  std::unique_ptr<EventStream> stream_;  // loop's thread
};

TEST_F(EventStreamTest, SendsEvents) {
  start_events();
  RawClient client(port());
  const auto head = client.get("/events");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(head.headers.at("cache-control"), "no-store");
  EXPECT_EQ(head.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(client.read_until("\n\n"), "event: hello\ndata: {}\n\n");
  send("change", R"({"a":1})");
  EXPECT_EQ(client.read_until("\n\n"), "event: change\ndata: {\"a\":1}\n\n");
}

TEST_F(EventStreamTest, SplitsDataIntoLines) {
  start_events();
  RawClient client(port());
  client.get("/events");
  client.read_until("\n\n");
  send("lines", "a\nb\r\nc\rd\n");
  EXPECT_EQ(client.read_until("\n\n"),
            "event: lines\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
}

TEST_F(EventStreamTest, MayBeRefused) {
  start_events();
  RawClient client(port());
  EXPECT_EQ(RawClient(port()).get("/events?refuse").status, 503);
  EXPECT_EQ(client.request("HEAD", "/events").headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(client.request("POST", "/events").status, 405);
}

TEST_F(EventStreamTest, PingsItsReader) {
  EventStream::Limits limits;
  limits.ping_interval = milliseconds(10);
  start_events(limits);
  RawClient client(port());
  client.get("/events");
  client.read_until("\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ": ping\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ": ping\n\n");
}

TEST_F(EventStreamTest, NoticesAReaderThatLeaves) {
  start_events();
  {
    RawClient client(port());
    client.get("/events");
    client.read_until("\n\n");
  }
  events_.wait_for(1);
  expect_connections(0);
}

TEST_F(EventStreamTest, EndsTheResponseWhenItIsDestroyed) {
  start_events();
  RawClient client(port());
  client.get("/events");
  client.read_until("\n\n");
  loop_.call([&] {
    stream_->send("last", "1");
    stream_.reset();
  });
  EXPECT_EQ(client.read_until("\n\n"), "event: last\ndata: 1\n\n");
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(events_.values().empty());
}

TEST_F(EventStreamTest, DropsAReaderThatDoesNotRead) {
  EventStream::Limits limits;
  limits.max_backlog = 100'000;
  start_events(limits);
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kNo, 4096);
  client.get("/events");
  loop_.call([&] {
    for (int i = 0; i < 1'000; ++i) stream_->send("large", std::string(50'000, 'x'));
  });
  events_.wait_for(1);
  expect_connections(0);
}

TEST_F(EventStreamTest, DropsAReaderThatIsStuck) {
  EventStream::Limits limits;
  limits.max_backlog = 64 * 1024 * 1024;
  limits.stall_timeout = milliseconds(50);
  start_events(limits);
  RawClient client(port(), "127.0.0.1", RawClient::Tls::kNo, 4096);
  client.get("/events");
  send("large", std::string(32 * 1024 * 1024, 'x'));
  events_.wait_for(1);
}

}  // namespace
}  // namespace webrtcserver
