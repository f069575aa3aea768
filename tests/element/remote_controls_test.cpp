// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties `remote-controls` and `control-policy`, and the signal `control-changed`: what an
// application declares itself, and who may change it. No main loop runs here.
#include <gmock/gmock.h>
#include <gst/webrtcserver/webrtcserver.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "base/json.hpp"
#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPath[] = "/api/controls/output";

std::string pipeline(const std::string& properties) {
  return "videotestsrc name=src is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! "
         "webrtcsink name=sink uri=webrtc://127.0.0.1:0/output " +
         properties;
}

HttpAnswer ask(const HostPipeline& host, const std::string& request) {
  return http("PATCH", host.url(kPath), {{"Content-Type", "application/json"}},
              R"({"id":1,"request":)" + request + "}");
}

std::string set(int id, const std::string& values) {
  return R"({"id":)" + std::to_string(id) + R"(,"request":{"type":"set","values":)" + values + "}}";
}

std::string plain(int id, const char* type) {
  return R"({"id":)" + std::to_string(id) + R"(,"request":{"type":")" + type + "\"}}";
}

// What was told, from whatever thread.
class Diary {
 public:
  void note(const std::string& entry) {
    const std::scoped_lock lock(mutex_);
    entries_.push_back(entry);
    changed_.notify_all();
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return entries_.size() >= count; });
    return entries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;  // guarded by mutex_
};

std::string text_of(const GValue* value) {
  return take_string(gst_value_serialize(value));
}

class RemoteControls : public ::testing::Test {
 protected:
  RemoteControls() {
    gst_webrtc_server_controls_add_number(controls_.get(), "speed", "Speed", 1, 0, 10, 1, nullptr);
    gst_webrtc_server_controls_add_action(controls_.get(), "reset", "Again", nullptr);
    g_signal_connect(controls_.get(), "changed::speed",
                     G_CALLBACK(+[](GstWebRTCServerControls*, const gchar* name,
                                    const GValue* value, const gchar* by, Diary* diary) {
                       diary->note(std::string(name) + "=" + text_of(value) + " " + by);
                     }),
                     &diary_);
    g_signal_connect(controls_.get(), "activated",
                     G_CALLBACK(+[](GstWebRTCServerControls*, const gchar* name, const gchar* by,
                                    Diary* diary) { diary->note(std::string(name) + " " + by); }),
                     &diary_);
  }

  void give_to(const HostPipeline& host) const {
    g_object_set(host.sink(), "remote-controls", controls_.get(), nullptr);
  }

  Diary diary_;  // ahead of what tells it
  const Ref<GstWebRTCServerControls> controls_ =
      Ref<GstWebRTCServerControls>::adopt(gst_webrtc_server_controls_new());
};

TEST_F(RemoteControls, AreTurnedByBrowsersAndHeardByTheApplication) {
  const HostPipeline host(pipeline("controls=\"pattern=src.pattern\""));
  give_to(host);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  ASSERT_EQ(viewer.peer().channel().wait_label(), "control");
  const std::string session = viewer.signalling().seen().text("hello", "session");
  viewer.peer().channel().say(set(1, R"({"speed":7,"pattern":"snow"})"));
  viewer.peer().channel().say(R"({"id":2,"request":{"type":"action","name":"reset"}})");
  viewer.peer().channel().say(set(3, R"({"speed":11})"));
  const auto heard = viewer.peer().channel().heard(5);
  EXPECT_THAT(heard, Contains(HasSubstr(R"("values":{"speed":7},"by":")" + session + "\"")));
  EXPECT_THAT(heard, Contains(R"({"type":"ControlResponseMessage","id":1,"error":null})"));
  EXPECT_THAT(heard, Contains(R"({"type":"ControlResponseMessage","id":2,"error":null})"));
  EXPECT_THAT(heard, Contains(HasSubstr(R"("id":3,"error":{"code":"range","control":"speed")")));
  EXPECT_THAT(diary_.wait_for(2), ElementsAre("speed=7 " + session, "reset " + session));
  EXPECT_EQ(gst_webrtc_server_controls_get_number(controls_.get(), "speed"), 7);
}

TEST_F(RemoteControls, OverHttpToo) {
  const HostPipeline host(pipeline(""));
  give_to(host);
  ASSERT_TRUE(host.play());
  EXPECT_THAT(http_get(host.url(kPath)).body,
              AllOf(HasSubstr(R"({"name":"reset","label":"Again","type":"action"})"),
                    HasSubstr(R"("name":"speed")")));
  EXPECT_EQ(ask(host, R"({"type":"action","name":"reset"})").status, 200);
  EXPECT_THAT(diary_.wait_for(1), ElementsAre("reset http"));
  const HttpAnswer no_action = ask(host, R"({"type":"action","name":"speed"})");
  EXPECT_EQ(no_action.status, 422);
  EXPECT_THAT(no_action.body, HasSubstr(R"("code":"type","control":"speed")"));
  EXPECT_EQ(ask(host, R"({"type":"acquire"})").status, 400);
}

TEST_F(RemoteControls, OutliveTheStreamAndServeTheNext) {
  {
    const HostPipeline first(pipeline(""));
    give_to(first);
    ASSERT_TRUE(first.play());
    EXPECT_EQ(ask(first, R"({"type":"set","values":{"speed":7}})").status, 200);
  }
  EXPECT_TRUE(gst_webrtc_server_controls_set_number(controls_.get(), "speed", 8, nullptr));
  const HostPipeline second(pipeline(""));
  give_to(second);
  ASSERT_TRUE(second.play());
  EXPECT_THAT(http_get(second.url(kPath)).body, HasSubstr(R"("value":8)"));
}

TEST_F(RemoteControls, ChangeWhileBrowsersWatch) {
  const HostPipeline host(pipeline(""));
  give_to(host);
  ASSERT_TRUE(host.play());
  SignallingClient viewer(host.socket_url());
  ASSERT_TRUE(viewer.wait_for("controls"));
  EXPECT_TRUE(
      gst_webrtc_server_controls_add_toggle(controls_.get(), "late", nullptr, FALSE, nullptr));
  EXPECT_TRUE(viewer.wait([](const auto& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [](const auto& message) {
      return message.text.find(R"("name":"late")") != std::string::npos;
    });
  }));
  EXPECT_TRUE(gst_webrtc_server_controls_set_number(controls_.get(), "speed", 3, nullptr));
  EXPECT_TRUE(viewer.wait_for("changed"));
}

TEST_F(RemoteControls, ANameOfTheElementsIsTaken) {
  const HostPipeline clash(pipeline("controls=\"speed=src.horizontal-speed\""));
  give_to(clash);
  EXPECT_FALSE(clash.play());
  EXPECT_THAT(clash.wait_error(), AllOf(HasSubstr("\"speed\""), HasSubstr("remote-controls")));
  const HostPipeline host(pipeline("controls=\"pattern=src.pattern\""));
  give_to(host);
  ASSERT_TRUE(host.play());
  EXPECT_FALSE(
      gst_webrtc_server_controls_add_toggle(controls_.get(), "pattern", nullptr, FALSE, nullptr));
}

TEST_F(RemoteControls, EveryChangeIsASignalOfTheElement) {
  const HostPipeline host(pipeline("controls=\"pattern=src.pattern\""));
  give_to(host);
  Diary changes;
  g_signal_connect(host.sink(), "control-changed",
                   G_CALLBACK(+[](GstElement*, const gchar* name, const GValue* value,
                                  Diary* diary) { diary->note(name + ("=" + text_of(value))); }),
                   &changes);
  ASSERT_TRUE(host.play());
  EXPECT_EQ(ask(host, R"({"type":"set","values":{"pattern":"snow"}})").status, 200);
  EXPECT_THAT(changes.wait_for(1), ElementsAre("pattern=snow"));
  gst_util_set_object_arg(G_OBJECT(host.element("src").get()), "pattern", "ball");
  EXPECT_THAT(changes.wait_for(2), ElementsAre("pattern=snow", "pattern=ball"));
  EXPECT_TRUE(gst_webrtc_server_controls_set_number(controls_.get(), "speed", 3, nullptr));
  EXPECT_THAT(changes.wait_for(3), ElementsAre("pattern=snow", "pattern=ball", "speed=3"));
}

TEST(Controls, AValueThatTheElementDoesNotTakeIsSaid) {
  const HostPipeline host(
      pipeline("controls=\"distance=coder.key-int-max;rate=coder.bitrate\"") +
      " videotestsrc is-live=true ! x264enc name=coder key-int-max=30 ! fakesink");
  ASSERT_TRUE(host.play());
  const HttpAnswer answer = ask(host, R"({"type":"set","values":{"distance":60,"rate":500}})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"unchanged","control":"distance")"));
  unsigned rate = 0;
  unsigned distance = 0;
  g_object_get(host.element("coder").get(), "bitrate", &rate, "key-int-max", &distance, nullptr);
  EXPECT_EQ(distance, 30U);
  EXPECT_EQ(rate, 500U);  // what can be done of it is
  EXPECT_EQ(ask(host, R"({"type":"set","values":{"distance":30}})").status, 200);
}

// The session's name, once it has heard of the controls.
std::string join(SignallingClient& viewer) {
  viewer.wait_for("controls");
  return viewer.seen().text("hello", "session");
}

// Waits for the reply to a request.
bool answers(SignallingClient& viewer, int id, const std::string& words) {
  const std::string head = R"("id":)" + std::to_string(id) + R"(,"error":)" + words;
  return viewer.wait([&](const auto& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [&](const auto& message) {
      return message.type == "ControlResponseMessage" &&
             message.text.find(head) != std::string::npos;
    });
  });
}

bool hears_of(SignallingClient& viewer, const std::string& holder) {
  return viewer.wait([&](const auto& seen) {
    return !seen.messages.empty() &&
           std::any_of(seen.messages.begin(), seen.messages.end(), [&](const auto& message) {
             return message.type == "holder" &&
                    message.text.find("\"holder\":" + holder + "}") != std::string::npos;
           });
  });
}

TEST(Controls, TheFirstHasControlUntilItLeaves) {
  const HostPipeline host(pipeline("control-policy=first controls=\"pattern=src.pattern\""));
  ASSERT_TRUE(host.play());
  EXPECT_EQ(ask(host, R"({"type":"set","values":{"pattern":"snow"}})").status, 200);
  auto first = std::make_unique<SignallingClient>(host.socket_url());
  const std::string name = join(*first);
  SignallingClient second(host.socket_url());
  const std::string other = join(second);
  EXPECT_THAT(second.seen().find("controls")->text,
              HasSubstr(R"("policy":"first","holder":")" + name + "\""));
  second.send(set(1, R"({"pattern":"ball"})"));
  EXPECT_TRUE(answers(second, 1, R"({"code":"not-in-control","message":")" + name));
  first->send(set(1, R"({"pattern":"ball"})"));
  EXPECT_TRUE(answers(*first, 1, "null"));
  const HttpAnswer refused = ask(host, R"({"type":"set","values":{"pattern":"snow"}})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"not-in-control")"));
  first->vanish();
  EXPECT_TRUE(hears_of(second, "\"" + other + "\""));
  second.send(set(2, R"({"pattern":"blue"})"));
  EXPECT_TRUE(answers(second, 2, "null"));
}

TEST(Controls, WhoTakesControlHasItUntilItIsGivenBack) {
  const HostPipeline host(pipeline("control-policy=exclusive controls=\"pattern=src.pattern\""));
  ASSERT_TRUE(host.play());
  SignallingClient one(host.socket_url());
  SignallingClient other(host.socket_url());
  const std::string name = join(one);
  join(other);
  one.send(set(1, R"({"pattern":"ball"})"));
  EXPECT_TRUE(answers(one, 1, R"({"code":"not-in-control")"));
  one.send(plain(2, "acquire"));
  EXPECT_TRUE(answers(one, 2, "null"));
  for (SignallingClient* each : {&one, &other}) EXPECT_TRUE(hears_of(*each, "\"" + name + "\""));
  other.send(plain(3, "acquire"));
  EXPECT_TRUE(answers(other, 3, R"({"code":"held","message":")" + name));
  other.send(set(4, R"({"pattern":"snow"})"));
  EXPECT_TRUE(answers(other, 4, R"({"code":"not-in-control")"));
  one.send(set(5, R"({"pattern":"ball"})"));
  EXPECT_TRUE(answers(one, 5, "null"));
  one.send(plain(6, "release"));
  EXPECT_TRUE(answers(one, 6, "null"));
  EXPECT_TRUE(hears_of(other, "null"));
  other.send(plain(7, "acquire"));
  EXPECT_TRUE(answers(other, 7, "null"));
}

TEST(Controls, TextWithNulIsRefusedAndNotCut) {
  const HostPipeline host(
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! textoverlay name=overlay "
      "text=hello ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output "
      "controls=\"text=overlay.text\"");
  ASSERT_TRUE(host.play());
  const HttpAnswer answer = ask(host, "{\"type\":\"set\",\"values\":{\"text\":\"a\\u0000b\"}}");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"type","control":"text")"));
  EXPECT_THAT(http_get(host.url(kPath)).body, HasSubstr(R"("value":"hello")"));
}

}  // namespace
}  // namespace webrtcserver::test
