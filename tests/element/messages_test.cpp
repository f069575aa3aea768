// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages between an application and its browsers, through the elements' signals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "base/json.hpp"
#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What `data-channel-message` said.
class Heard {
 public:
  explicit Heard(GstElement* element) : element_(Ref<GstElement>::retain(element)) {
    handler_ = g_signal_connect(
        element, "data-channel-message",
        G_CALLBACK(+[](GstElement*, const gchar* session, const gchar* json, Heard* self) {
          const std::scoped_lock lock(self->mutex_);
          self->words_.push_back(std::string(session) + " " + json);
          self->changed_.notify_all();
        }),
        this);
  }
  ~Heard() { g_signal_handler_disconnect(element_.get(), handler_); }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, test::kPatience, [&] { return words_.size() >= count; });
    return words_;
  }

 private:
  const Ref<GstElement> element_;
  gulong handler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> words_;  // guarded by mutex_
};

bool send(GstElement* element, const char* session, const char* json) {
  gboolean sent = FALSE;
  g_signal_emit_by_name(element, "send-message", session, json, &sent);
  return sent != FALSE;
}

std::string request(int id, const std::string& data) {
  return R"({"id":)" + std::to_string(id) + R"(,"request":{"type":"message","data":)" + data + "}}";
}

std::string session_of(Browser& browser);

// Waits until both sides have the data channel open.
bool opens(const HostPipeline& host, Browser& browser) {
  return browser.peer().channel().wait_label() == "control" && eventually([&] {
           return host.statistic("sessions/" + session_of(browser) + "/data-channel") == "true";
         });
}

std::string session_of(Browser& browser) {
  browser.signalling().wait_for("hello");
  return browser.signalling().seen().text("hello", "session");
}

TEST(Messages, ReachEveryViewerOrOne) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer first(host.socket_url());
  Viewer second(host.socket_url());
  for (Viewer* viewer : {&first, &second}) {
    ASSERT_TRUE(viewer->watch());
    ASSERT_TRUE(opens(host, *viewer));
  }
  EXPECT_TRUE(send(host.sink(), session_of(second).c_str(), R"({"to":"one"})"));
  EXPECT_TRUE(send(host.sink(), nullptr, R"({"to":"all"})"));
  const std::string all = R"({"type":"message","data":{"to":"all"}})";
  EXPECT_THAT(first.peer().channel().heard(1), ElementsAre(all));
  EXPECT_THAT(second.peer().channel().heard(2),
              ElementsAre(R"({"type":"message","data":{"to":"one"}})", all));
}

TEST(Messages, AreNotSentWhereTheyCannotBe) {
  const HostPipeline host(kLiveVideo);
  EXPECT_FALSE(send(host.sink(), nullptr, "1"));
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(send(host.sink(), nullptr, "1"));
  EXPECT_FALSE(send(host.sink(), "s0", "1"));
  EXPECT_FALSE(send(host.sink(), nullptr, "no JSON"));
  EXPECT_FALSE(send(host.sink(), nullptr, nullptr));
  EXPECT_FALSE(send(host.sink(), nullptr, ("\"" + std::string(65536, 'x') + "\"").c_str()));
}

TEST(Messages, OfAViewerReachTheApplicationAndAreAnswered) {
  const HostPipeline host(kLiveVideo);
  Heard heard(host.sink());
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(opens(host, viewer));
  viewer.peer().channel().say(request(1, R"({"big":100000000000000000000})"));
  viewer.peer().channel().say(request(2, "NaN"));
  viewer.peer().channel().say(request(3, "\"" + std::string(17000, 'x') + "\""));
  viewer.peer().channel().say("no JSON");
  viewer.peer().channel().say(request(4, "\"last\""));
  const auto answers = viewer.peer().channel().heard(5);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0], R"({"type":"ControlResponseMessage","id":1,"error":null})");
  EXPECT_THAT(answers[1], HasSubstr(R"("id":2,"error":{"code":"bad-json")"));
  EXPECT_THAT(answers[2], HasSubstr(R"("id":3,"error":{"code":"too-large")"));
  EXPECT_THAT(answers[3], HasSubstr(R"("id":null,"error":{"code":"bad-json")"));
  EXPECT_EQ(answers[4], R"({"type":"ControlResponseMessage","id":4,"error":null})");
  const std::string session = session_of(viewer);
  EXPECT_THAT(heard.wait_for(2),
              ElementsAre(session + R"( {"big":100000000000000000000})", session + R"( "last")"));
}

TEST(Messages, GoOverTheWebSocketWithoutADataChannel) {
  const HostPipeline host(kLiveVideo);
  Heard heard(host.sink());
  ASSERT_TRUE(host.play());
  Browser browser(host.socket_url(), {.data = RemotePeer::Data::kIgnore});
  ASSERT_TRUE(browser.answer());
  ASSERT_TRUE(browser.peer().wait_connected());
  EXPECT_TRUE(send(host.sink(), nullptr, R"({"word":"hello"})"));
  ASSERT_TRUE(browser.signalling().wait_for("message"));
  EXPECT_EQ(browser.signalling().seen().text("message", "word"), "hello");
  browser.signalling().send(request(5, "[1]"));
  EXPECT_THAT(heard.wait_for(1), ElementsAre(session_of(browser) + " [1]"));
  EXPECT_TRUE(browser.signalling().wait_for("ControlResponseMessage"));
}

// An application that takes its time with one browser's messages delays nobody else's.
TEST(Messages, OfOneBrowserWaitForNoOther) {
  const HostPipeline host(kLiveVideo);
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;                // guarded by mutex
    std::vector<std::string> passed;  // guarded by mutex
  } gate;
  g_signal_connect(host.sink(), "data-channel-message",
                   G_CALLBACK(+[](GstElement*, const gchar*, const gchar* json, Gate* shared) {
                     std::unique_lock lock(shared->mutex);
                     if (std::string(json) == "\"slow\"") {
                       shared->changed.wait_for(lock, std::chrono::seconds(30),
                                                [&] { return shared->open; });
                     }
                     shared->passed.emplace_back(json);
                     shared->changed.notify_all();
                   }),
                   &gate);
  ASSERT_TRUE(host.play());
  Viewer slow(host.socket_url());
  Viewer quick(host.socket_url());
  for (Viewer* viewer : {&slow, &quick}) {
    ASSERT_TRUE(viewer->watch());
    ASSERT_TRUE(opens(host, *viewer));
  }
  slow.peer().channel().say(request(1, "\"slow\""));
  quick.peer().channel().say(request(1, "\"quick\""));
  std::unique_lock lock(gate.mutex);
  EXPECT_TRUE(gate.changed.wait_for(lock, test::kPatience, [&] { return !gate.passed.empty(); }));
  EXPECT_THAT(gate.passed, ElementsAre("\"quick\""));
  gate.open = true;
  gate.changed.notify_all();
  EXPECT_TRUE(
      gate.changed.wait_for(lock, test::kPatience, [&] { return gate.passed.size() == 2; }));
}

TEST(Messages, TravelToAndFromAPublisher) {
  const HostPipeline host(
      "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input ! videoconvert ! fakesink");
  const auto source = host.element("source");
  Heard heard(source.get());
  ASSERT_TRUE(host.start());
  Publisher publisher(host.url("/input", "ws"));
  ASSERT_TRUE(publisher.answer());
  ASSERT_TRUE(opens(host, publisher));
  publisher.peer().channel().say(request(1, "\"up\""));
  EXPECT_THAT(heard.wait_for(1), ElementsAre(session_of(publisher) + " \"up\""));
  EXPECT_TRUE(send(source.get(), session_of(publisher).c_str(), "\"down\""));
  EXPECT_THAT(publisher.peer().channel().heard(2), Contains(R"({"type":"message","data":"down"})"));
}

}  // namespace
}  // namespace webrtcserver::test
