// SPDX-License-Identifier: LGPL-2.1-or-later
// The channel over a real WebSocket on the loopback interface.
#include "signalling/web_socket_channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "net/listener.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver {
namespace {

using test::SignallingClient;
using testing::ElementsAre;

// The session's side: remembers what the browser said.
class Recorder final : public Channel::Listener {
 public:
  void on_answer(std::string sdp) override { add("answer " + sdp); }
  void on_candidate(unsigned media_index, std::string candidate) override {
    add("candidate " + std::to_string(media_index) + " " + candidate);
  }
  void on_request(std::string text) override { add("request " + text); }
  void on_left(std::string_view why) override {
    add("left " + std::string(why));
    if (when_left) when_left();
  }

  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, test::kPatience, [&] { return heard_.size() >= count; });
    return heard_;
  }

  std::function<void()> when_left;  // server thread

 private:
  void add(std::string text) {
    const std::scoped_lock lock(mutex_);
    heard_.push_back(std::move(text));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;  // guarded by mutex_
};

class WebSocketChannelTest : public testing::Test {
 protected:
  WebSocketChannelTest() {
    Listener::Settings settings;
    settings.endpoint = {"127.0.0.1", 0};
    listener_ = std::make_unique<Listener>(loop_, settings);
    loop_.call([this] {
      listener_->add_web_socket("/output", [this](const HttpRequest&) -> WebSocketDecision {
        return WebSocketAccept([this](std::unique_ptr<WebSocket> socket) {
          channel_ = std::make_unique<WebSocketChannel>(std::move(socket));
          channel_->set_listener(&recorder_);
          opened_.set_value();
        });
      });
    });
    client_ = std::make_unique<SignallingClient>(
        "ws://127.0.0.1:" + std::to_string(listener_->port()) + "/output");
    EXPECT_EQ(opened_.get_future().wait_for(test::kPatience), std::future_status::ready);
    EXPECT_TRUE(client_->wait([](const auto& seen) { return seen.open; }));
  }

  ~WebSocketChannelTest() override {
    loop_.call([this] { channel_.reset(); });
    client_.reset();
    listener_.reset();
  }

  template <typename Action>
  void on_server(Action&& action) {
    loop_.call([&] { action(*channel_); });
  }

  JsonReader data(const char* type) {
    EXPECT_TRUE(client_->wait_for(type)) << type;
    const auto seen = client_->seen();
    const auto* message = seen.find(type);
    // A copy keeps the document alive.
    return message ? message->data : JsonReader("{}");
  }

  // The code of the error that answers `text`.
  std::string error_for(const std::string& text) {
    const std::size_t before = client_->seen().count("error");
    client_->send(text);
    EXPECT_TRUE(client_->wait([&](const auto& seen) { return seen.count("error") > before; }))
        << text;
    const auto seen = client_->seen();
    return seen.messages.empty() ? "" : *seen.messages.back().data.string("code");
  }

  LoopThread loop_{"test"};
  Recorder recorder_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<WebSocketChannel> channel_;  // server thread
  std::promise<void> opened_;
  std::unique_ptr<SignallingClient> client_;
};

TEST_F(WebSocketChannelTest, SaysHello) {
  on_server([](auto& channel) {
    channel.send_hello({"s1",
                        "output",
                        "view",
                        {"view", "control"},
                        {{"stun:host:3478", "", ""}, {"turn:host:3478", "user", "pass\"word"}},
                        false});
  });
  const auto hello = data("hello");
  EXPECT_EQ(hello.string("session"), "s1");
  EXPECT_EQ(hello.string("stream"), "output");
  EXPECT_EQ(hello.string("role"), "view");
  EXPECT_EQ(hello.strings("allow"), (std::vector<std::string>{"view", "control"}));
  EXPECT_EQ(hello.string("ice_transport_policy"), "all");
}

TEST_F(WebSocketChannelTest, SaysHelloToRelayOnly) {
  on_server([](auto& channel) { channel.send_hello({"s1", "output", "view", {}, {}, true}); });
  EXPECT_EQ(data("hello").string("ice_transport_policy"), "relay");
}

TEST_F(WebSocketChannelTest, SaysTheState) {
  on_server(
      [](auto& channel) { channel.send_state("error", "no encoder \xE2\x80\x9Cx\xE2\x80\x9D"); });
  EXPECT_EQ(data("stream").string("state"), "error");
  EXPECT_EQ(data("stream").string("message"), "no encoder \xE2\x80\x9Cx\xE2\x80\x9D");
}

TEST_F(WebSocketChannelTest, OffersAsJetsonClientsExpectIt) {
  on_server([](auto& channel) {
    channel.send_description("v=0\r\ns=-\r\n");
    channel.send_candidate(1, "candidate:1 1 UDP 1 10.0.0.1 5 typ host");
  });
  EXPECT_EQ(data("sdp").string("type"), "offer");
  EXPECT_EQ(data("sdp").string("sdp"), "v=0\r\ns=-\r\n");
  EXPECT_EQ(data("ice").string("candidate"), "candidate:1 1 UDP 1 10.0.0.1 5 typ host");
  EXPECT_EQ(data("ice").integer("sdpMLineIndex"), 1);
}

TEST_F(WebSocketChannelTest, SaysErrorsAndBye) {
  on_server([](auto& channel) {
    channel.send_error("no-common-codec", "H264 was offered.");
    channel.say_bye("error", "H264 was offered.");
    channel.send_state("live", "nobody hears this");
  });
  EXPECT_EQ(data("error").string("code"), "no-common-codec");
  EXPECT_EQ(data("error").string("message"), "H264 was offered.");
  EXPECT_EQ(data("bye").string("reason"), "error");
  EXPECT_TRUE(client_->wait_closed());
  EXPECT_EQ(client_->seen().count("stream"), 0U);
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("left The connection ended."));
}

TEST_F(WebSocketChannelTest, HearsAnswersAndCandidates) {
  client_->send(R"({"type":"sdp","data":{"type":"answer","sdp":"v=0\r\n"}})");
  client_->send(
      R"({"type":"ice","data":{"candidate":"candidate:1","sdpMLineIndex":2,"sdpMid":"x"}})");
  client_->send(R"({"type":"ice","data":{"candidate":"","sdpMLineIndex":0}})");
  client_->send(R"({"type":"ice","data":{"candidate":""}})");
  EXPECT_THAT(recorder_.wait_for(4), ElementsAre("answer v=0\r\n", "candidate 2 candidate:1",
                                                 "candidate 0 ", "candidate 0 "));
}

TEST_F(WebSocketChannelTest, HearsBye) {
  client_->send(R"({"type":"bye","data":{}})");
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("left The viewer left."));
}

TEST_F(WebSocketChannelTest, HearsThatTheConnectionEnded) {
  client_->vanish();
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("left The connection ended."));
}

TEST_F(WebSocketChannelTest, MayBeDestroyedByWhatItTells) {
  recorder_.when_left = [this] { channel_.reset(); };
  client_->send(R"({"type":"bye"})");
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("left The viewer left."));
  EXPECT_TRUE(client_->wait_closed());
}

TEST_F(WebSocketChannelTest, SaysWhatIsWrongWithAMessage) {
  for (const char* text :
       {"", "garbage", "[]", "3", "{", R"({"type":)", "{\"type\":\"sdp\"}}",
        "{\"\xC3\xA9\xE2\x82\xAC", "\xC3\xA9", "{\xF0\x9F\x98\x80}", "{\"a\":\xC3\xA9}"})
    EXPECT_EQ(error_for(text), "bad-json") << text;
  std::string deep = R"({"type":"sdp","data":)";
  for (int i = 0; i < 10'000; ++i) deep += '[';
  EXPECT_EQ(error_for(deep), "bad-json");
  for (const char* text :
       {"{}", R"({"type":3})", R"({"type":"hello","data":{}})", R"({"type":"sdp"})",
        R"({"type":"sdp","data":3})", R"({"type":"sdp","data":{}})",
        R"({"type":"sdp","data":{"type":"offer","sdp":"v=0"}})",
        R"({"type":"sdp","data":{"type":"answer"}})",
        R"({"type":"sdp","data":{"type":"answer","sdp":3}})", R"({"type":"ice","data":{}})",
        R"({"type":"ice","data":{"candidate":"c"}})",
        R"({"type":"ice","data":{"sdpMLineIndex":0}})",
        R"({"type":"ice","data":{"candidate":null,"sdpMLineIndex":0}})",
        R"({"type":"ice","data":{"candidate":"c","sdpMLineIndex":"0"}})",
        R"({"type":"ice","data":{"candidate":"c","sdpMLineIndex":-1}})",
        R"({"type":"ice","data":{"candidate":"c","sdpMLineIndex":256}})",
        R"({"type":"ice","data":{"candidate":"c","sdpMLineIndex":99999999999}})"}) {
    EXPECT_EQ(error_for(text), "bad-message") << text;
  }
  // Nothing of it reached the session, and the channel still works.
  client_->send(R"({"type":"ice","data":{"candidate":"c","sdpMLineIndex":255}})");
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("candidate 255 c"));
}

TEST_F(WebSocketChannelTest, SaysThatAMessageIsTooLarge) {
  client_->send(std::string(64 * 1024 + 1, ' '));
  EXPECT_EQ(data("error").string("code"), "too-large");
  EXPECT_TRUE(client_->wait_closed());
}

TEST_F(WebSocketChannelTest, PassesRequestsOnAsTheyAre) {
  const std::string request = R"({"id":1,"request":{"type":"message","data":"\\u0000"}})";
  client_->send(request);
  EXPECT_THAT(recorder_.wait_for(1), ElementsAre("request " + request));
}

TEST_F(WebSocketChannelTest, SendsMessagesAsTheyAre) {
  on_server([](Channel& channel) {
    channel.send_control(R"({"type":"message","data":{"word":"hello"}})");
  });
  ASSERT_TRUE(client_->wait_for("message"));
  EXPECT_EQ(client_->seen().text("message", "word"), "hello");
}

TEST_F(WebSocketChannelTest, IsSilentWithoutAListener) {
  on_server([](auto& channel) { channel.set_listener(nullptr); });
  client_->send(R"({"type":"bye","data":{}})");
  on_server([](auto& channel) { channel.send_state("live", ""); });
  EXPECT_TRUE(client_->wait_for("stream"));
  client_->vanish();
  EXPECT_TRUE(recorder_.wait_for(0).empty());
}

}  // namespace
}  // namespace webrtcserver
