// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers that a handler gives later than it returns.
#include "net/pending_reply.hpp"

#include <gmock/gmock.h>

#include "listener_fixture.hpp"

namespace webrtcserver {
namespace {

using test::RawClient;
using ::testing::HasSubstr;

class PendingReplyTest : public test::ListenerFixture {
 protected:
  // What is posted to /later waits in `replies_`.
  void start_with_route(Listener::Settings settings = {}) {
    start(std::move(settings));
    loop_.call([this] {
      listener_->add_later("POST", "/later", [this](const HttpRequest&, HttpReply reply) {
        waiting_.push_back(std::move(reply));
        arrivals_.add(0);
      });
    });
  }

  std::string post() {
    return "POST /later HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
  }

  void answer(std::size_t index, const HttpResponse& response) {
    loop_.call([&] { waiting_[index].send(response); });
  }

  std::vector<HttpReply> waiting_;  // of the loop
  test::Recorder<int> arrivals_;
};

TEST_F(PendingReplyTest, ComeInTheOrderOfTheAnswers) {
  start_with_route();
  RawClient first(port());
  RawClient second(port());
  first.write(post());
  arrivals_.wait_for(1);
  second.write(post());
  arrivals_.wait_for(2);
  answer(1, HttpResponse::text(200, "two"));
  EXPECT_EQ(second.read_reply().body, "two");
  answer(0, HttpResponse::text(201, "one"));
  EXPECT_EQ(first.read_reply().body, "one");
  // The connections go on.
  EXPECT_EQ(first.get("/nothing").status, 404);
}

TEST_F(PendingReplyTest, OneThatIsForgottenIsAFailureOfTheServer) {
  start_with_route();
  RawClient client(port());
  client.write(post());
  arrivals_.wait_for(1);
  loop_.call([&] { waiting_.clear(); });
  const auto reply = client.read_reply();
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("failed to answer"));
}

TEST_F(PendingReplyTest, AClientThatIsGoneIsNotAnswered) {
  start_with_route();
  {
    RawClient client(port());
    client.write(post());
    arrivals_.wait_for(1);
  }
  answer(0, HttpResponse::text(200, "late"));
  expect_connections(0);
}

TEST_F(PendingReplyTest, AListenerMayGoFirst) {
  start_with_route();
  RawClient client(port());
  client.write(post());
  arrivals_.wait_for(1);
  listener_.reset();
  answer(0, HttpResponse::text(200, "late"));
}

// Nobody waits for ever: the connection ends with Limits::response_timeout.
TEST_F(PendingReplyTest, AnAnswerThatDoesNotComeEndsTheConnection) {
  Listener::Settings settings;
  settings.limits.response_timeout = std::chrono::milliseconds(50);
  start_with_route(std::move(settings));
  RawClient client(port());
  client.write(post());
  EXPECT_TRUE(client.at_end());
  loop_.call([&] { waiting_.clear(); });
  expect_connections(0);
}

}  // namespace
}  // namespace webrtcserver
