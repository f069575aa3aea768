// SPDX-License-Identifier: LGPL-2.1-or-later
// The property `controls`: what browsers see of a pipeline and change in it. No main loop runs
// here; tests/browser/controls.test.js has one, in gst-launch-1.0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string pipeline(const std::string& controls) {
  return "videotestsrc name=src is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! "
         "textoverlay name=overlay text=hello ! webrtcsink name=sink "
         "uri=webrtc://127.0.0.1:0/output controls=\"" +
         controls + "\"";
}

std::string controls_of(const HostPipeline& host) {
  return http_get(host.url("/api/controls/output")).body;
}

HttpAnswer set(const HostPipeline& host, const std::string& values) {
  return http("PATCH", host.url("/api/controls/output"), {{"Content-Type", "application/json"}},
              R"({"id":1,"request":{"type":"set","values":)" + values + "}}");
}

// Empty: it starts.
std::string refusal(const std::string& controls) {
  const HostPipeline host(pipeline(controls));
  return host.play() ? "" : host.wait_error();
}

TEST(Controls, AreWhatThePropertiesAre) {
  const HostPipeline host(
      pipeline("text=overlay.text,max-length=20;pattern=src.pattern;"
               "speed=src.horizontal-speed,min=-10,max=10,label=Speed;"
               "silent=overlay.silent;colour=overlay.color,color;"
               "height=overlay.text-height"));
  ASSERT_TRUE(host.play());
  const std::string all = controls_of(host);
  EXPECT_THAT(all, HasSubstr(R"("name":"text","label":"Text to be display.","type":"string",)"
                             R"("maxLength":20,"value":"hello")"));
  EXPECT_THAT(all, HasSubstr(R"x({"value":"snow","label":"Random (television snow)"})x"));
  EXPECT_THAT(all, HasSubstr(R"("name":"speed","label":"Speed","type":"number","min":-10,)"
                             R"("max":10,"step":1,"value":0)"));
  EXPECT_THAT(all, HasSubstr(R"("type":"boolean","value":false)"));
  EXPECT_THAT(all, HasSubstr(R"("type":"color","value":"#ffffffff")"));
  EXPECT_THAT(all, HasSubstr(R"("readOnly":true)"));  // text-height
}

TEST(Controls, ChangeThePipeline) {
  const HostPipeline host(pipeline("pattern=src.pattern;speed=src.horizontal-speed"));
  ASSERT_TRUE(host.play());
  const HttpAnswer answer = set(host, R"({"speed":7,"pattern":"ball"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"type":"ControlResponseMessage","id":1,"error":null})");
  int speed = 0;
  int pattern = 0;
  g_object_get(host.element("src").get(), "horizontal-speed", &speed, "pattern", &pattern, nullptr);
  EXPECT_EQ(speed, 7);
  EXPECT_EQ(pattern, 18);
}

TEST(Controls, TextIsNoMarkup) {
  const HostPipeline host(pipeline("text=overlay.text"));
  ASSERT_TRUE(host.play());
  EXPECT_EQ(set(host, R"({"text":"a<b&c"})").status, 200);
  gchar* text = nullptr;
  g_object_get(host.element("overlay").get(), "text", &text, nullptr);
  EXPECT_EQ(take_string(text), "a&lt;b&amp;c");
  EXPECT_THAT(controls_of(host), HasSubstr(R"("value":"a<b&c")"));
}

TEST(Controls, AWrongWishChangesNothingAndSaysWhy) {
  const HostPipeline host(pipeline("speed=src.horizontal-speed,min=0,max=5;text=overlay.text"));
  ASSERT_TRUE(host.play());
  const HttpAnswer answer = set(host, R"({"text":"new","speed":6})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            R"({"type":"ControlResponseMessage","id":1,"error":{"code":"range",)"
            R"("control":"speed","message":"\"speed\" takes whole numbers from 0 to 5."}})");
  EXPECT_THAT(controls_of(host), AllOf(HasSubstr(R"("rev":0)"), HasSubstr("hello")));
  const std::string url = host.url("/api/controls/output");
  EXPECT_EQ(http("PATCH", url, {{"Content-Type", "text/plain"}}, "{}").status, 415);
  EXPECT_EQ(http("PATCH", url, {{"Content-Type", "application/json"}}, "{").status, 400);
  EXPECT_EQ(http("PATCH", url, {{"Content-Type", "application/json"}},
                 R"({"id":1,"request":{"type":"message","data":1}})")
                .status,
            400);
  EXPECT_EQ(http_get(host.url("/api/controls/other")).status, 404);
}

TEST(Controls, EveryViewerSeesEveryChange) {
  const HostPipeline host(pipeline("speed=src.horizontal-speed"));
  ASSERT_TRUE(host.play());
  SignallingClient first(host.socket_url());
  SignallingClient second(host.socket_url());
  ASSERT_TRUE(first.wait_for("controls"));
  ASSERT_TRUE(second.wait_for("controls"));
  first.send(R"({"id":5,"request":{"type":"set","values":{"speed":3}}})");
  for (SignallingClient* each : {&first, &second}) EXPECT_TRUE(each->wait_for("changed"));
  EXPECT_TRUE(first.wait_for("ControlResponseMessage"));
  EXPECT_FALSE(second.seen().find("ControlResponseMessage"));
  // What the application changes itself, too.
  g_object_set(host.element("src").get(), "horizontal-speed", 9, nullptr);
  EXPECT_TRUE(second.wait([](const auto& seen) { return seen.count("changed") == 2; }));
  EXPECT_THAT(controls_of(host), HasSubstr(R"("value":9)"));
}

TEST(Controls, AnElementThatIsGoneIsSaid) {
  const HostPipeline host(pipeline("shape=other.pattern") +
                          " videotestsrc name=other is-live=true ! fakesink name=end");
  ASSERT_TRUE(host.play());
  for (const char* name : {"other", "end"}) {
    const auto element = host.element(name);
    gst_bin_remove(GST_BIN(host.get()), element.get());
    gst_element_set_state(element.get(), GST_STATE_NULL);
  }
  const HttpAnswer answer = set(host, R"({"shape":"snow"})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"gone","control":"shape")"));
}

TEST(Controls, StartUpSaysWhatIsThere) {
  EXPECT_THAT(refusal("text=nothing.text"),
              AllOf(HasSubstr("\"nothing\""), HasSubstr("overlay"), HasSubstr("src")));
  EXPECT_THAT(refusal("text=overlay.texxt"),
              AllOf(HasSubstr("\"texxt\""), HasSubstr("valignment"), HasSubstr("text")));
  EXPECT_THAT(refusal("caps=src.parent"), HasSubstr("no control"));
  EXPECT_THAT(refusal("speed=src.horizontal-speed,min=5,max=1"), HasSubstr("range of speed"));
  EXPECT_THAT(refusal("speed=src.horizontal-speed,min=much"), HasSubstr("no number"));
  EXPECT_THAT(refusal("text=overlay.text,min=1"), HasSubstr("is for numbers"));
  EXPECT_THAT(refusal("text=overlay.text,colour=1"), HasSubstr("no option"));
  EXPECT_THAT(refusal("text=overlay.text;text=src.pattern"), HasSubstr("two controls"));
  EXPECT_THAT(refusal("te xt=overlay.text"), HasSubstr("cannot name"));
  for (const char* none : {"text", "text=", "text=overlay", "=overlay.text", "text=.text"})
    EXPECT_THAT(refusal(none), HasSubstr("controls:")) << none;
  EXPECT_EQ(refusal("text=overlay.text;"), "");
}

TEST(Controls, AStreamWithoutThemSaysSo) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  EXPECT_THAT(controls_of(host), HasSubstr(R"("controls":[])"));
  EXPECT_THAT(set(host, R"({"speed":1})").body, HasSubstr("unknown-control"));
  SignallingClient viewer(host.socket_url());
  ASSERT_TRUE(viewer.wait_for("sdp"));
  EXPECT_FALSE(viewer.seen().find("controls"));
}

TEST(Controls, ComeBackWithTheStream) {
  const HostPipeline host(pipeline("speed=src.horizontal-speed"));
  ASSERT_TRUE(host.play());
  EXPECT_EQ(set(host, R"({"speed":3})").status, 200);
  ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(controls_of(host), HasSubstr(R"("value":3)"));
  EXPECT_EQ(set(host, R"({"speed":4})").status, 200);
}

}  // namespace
}  // namespace webrtcserver::test
