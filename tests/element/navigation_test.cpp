// SPDX-License-Identifier: LGPL-2.1-or-later
// enable-data-channel-navigation: what browsers do on the picture, seen by the element before
// webrtcsink.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "support/temporary_files.hpp"
#include "support/tokens.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The navigation events that go up through an element's source pad, in short.
class Upstream {
 public:
  Upstream(const HostPipeline& host, const char* element) {
    pad_ = Ref<GstPad>::adopt(gst_element_get_static_pad(host.element(element).get(), "src"));
    probe_ =
        gst_pad_add_probe(pad_.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, this, nullptr);
  }
  ~Upstream() { gst_pad_remove_probe(pad_.get(), probe_); }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  std::vector<std::string> wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return seen_.size() >= count; });
    return seen_;
  }

 private:
  static GstPadProbeReturn on_event(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer self) {
    GstEvent* event = gst_pad_probe_info_get_event(info);
    if (GST_EVENT_TYPE(event) == GST_EVENT_NAVIGATION)
      static_cast<Upstream*>(self)->note(gst_event_get_structure(event));
    return GST_PAD_PROBE_OK;
  }

  void note(const GstStructure* structure) {
    std::string words = gst_structure_get_string(structure, "event");
    if (const char* key = gst_structure_get_string(structure, "key")) words.append(" ").append(key);
    double x = 0;
    double y = 0;
    if (gst_structure_get_double(structure, "pointer_x", &x) &&
        gst_structure_get_double(structure, "pointer_y", &y)) {
      words +=
          " " + std::to_string(static_cast<int>(x)) + "," + std::to_string(static_cast<int>(y));
    }
    {
      const std::scoped_lock lock(mutex_);
      seen_.push_back(std::move(words));
    }
    changed_.notify_all();
  }

  Ref<GstPad> pad_;
  gulong probe_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;  // guarded by mutex_
};

std::string pipeline(const std::string& more = "enable-data-channel-navigation=true") {
  return "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
         "! identity name=before ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output " +
         more;
}

// A browser that says what is done on its picture.
class Browser {
 public:
  explicit Browser(const std::string& url) : client_(url) { EXPECT_TRUE(client_.wait_for("sdp")); }

  // The reply's error, or "null".
  std::string navigate(const std::string& event, const std::string& more = "") {
    const std::size_t before = client_.seen().count("ControlResponseMessage");
    client_.send(R"({"id":)" + std::to_string(before + 1) +
                 R"(,"request":{"type":"navigationEvent","event":)" + event + more + "}}");
    client_.wait([&](const auto& seen) { return seen.count("ControlResponseMessage") > before; });
    std::string text;
    for (const auto& message : client_.seen().messages)
      if (message.type == "ControlResponseMessage") text = message.text;
    const auto error = JsonReader(text).object("error");
    return error ? error->string("code").value_or("") : "null";
  }

  SignallingClient& client() { return client_; }

 private:
  SignallingClient client_;
};

TEST(Navigation, GoesUpstreamInTheCoordinatesOfTheCaps) {
  const HostPipeline host(pipeline());
  ASSERT_TRUE(host.play());
  Upstream upstream(host, "before");
  Browser browser(host.socket_url());
  EXPECT_TRUE(browser.client().seen().find("hello")->data.boolean("navigation"));
  EXPECT_THAT(http_get(host.url("/api/streams")).body, HasSubstr(R"("navigation":true)"));
  EXPECT_EQ(browser.navigate(R"({"event":"MouseMove","x":10,"y":20})"), "null");
  EXPECT_EQ(
      browser.navigate(
          R"({"event":"MouseButtonPress","x":40,"y":60,"width":320,"height":240,"button":1})"),
      "null");
  EXPECT_EQ(browser.navigate(R"({"event":"MouseButtonRelease","x":-9,"y":1000,"button":1})"),
            "null");
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"Return"})"), "null");
  EXPECT_EQ(browser.navigate(R"({"event":"MouseMove","x":1e9,"y":1})"), "range");
  EXPECT_EQ(browser.navigate(R"({"event":"Move","x":1,"y":1})"), "bad-request");
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"a"})", R"(,"track":1)"), "null");
  EXPECT_EQ(browser.navigate(R"({"event":"KeyRelease","key":"Return"})"), "null");
  EXPECT_THAT(upstream.wait(5),
              ElementsAre("mouse-move 10,20", "mouse-button-press 20,30",
                          "mouse-button-release 0,119", "key-press Return", "key-release Return"));
}

TEST(Navigation, IsReleasedWhenTheBrowserIsKilled) {
  const HostPipeline host(pipeline());
  ASSERT_TRUE(host.play());
  Upstream upstream(host, "before");
  {
    Browser browser(host.socket_url());
    EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"Control_L"})"), "null");
    EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"c"})"), "null");
    EXPECT_EQ(browser.navigate(R"({"event":"MouseButtonPress","x":1,"y":2,"button":1})"), "null");
    EXPECT_EQ(browser.navigate(R"({"event":"TouchDown","x":3,"y":4,"identifier":77})"), "null");
    browser.client().vanish();
  }
  EXPECT_THAT(upstream.wait(8),
              ElementsAre("key-press Control_L", "key-press c", "mouse-button-press 1,2",
                          "touch-down 3,4", "key-release c", "key-release Control_L",
                          "mouse-button-release 1,2", "touch-cancel"));
}

TEST(Navigation, IsReleasedWhenTheStreamEnds) {
  const HostPipeline host(pipeline());
  ASSERT_TRUE(host.play());
  Upstream upstream(host, "before");
  Browser browser(host.socket_url());
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"a"})"), "null");
  gst_element_send_event(host.get(), gst_event_new_eos());
  EXPECT_THAT(upstream.wait(2), ElementsAre("key-press a", "key-release a"));
}

TEST(Navigation, IsReleasedWhenATokenAllowsItNoMore) {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& allow) {
    return write_tokens(folder, "[" + token_entry("abc", R"(["*"])", allow) + "," +
                                    token_entry("def", R"(["*"])", R"(["view","control"])") + "]");
  };
  const HostPipeline host(pipeline("enable-data-channel-navigation=true auth-tokens=" +
                                   write(R"(["view","control"])")));
  ASSERT_TRUE(host.play());
  Upstream upstream(host, "before");
  Browser browser(host.socket_url() + "?token=abc");
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"a"})"), "null");
  write(R"(["view"])");
  EXPECT_THAT(upstream.wait(2), ElementsAre("key-press a", "key-release a"));
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"b"})"), "forbidden");
  // Behind it in the queue, had it been taken.
  Browser other(host.socket_url() + "?token=def");
  EXPECT_EQ(other.navigate(R"({"event":"KeyPress","key":"c"})"), "null");
  EXPECT_THAT(upstream.wait(3), ElementsAre("key-press a", "key-release a", "key-press c"));
}

TEST(Navigation, OfSeveralPicturesIsForTheOneThatIsMeant) {
  const HostPipeline host(pipeline() +
                          " videotestsrc is-live=true ! video/x-raw,format=I420,width=80,"
                          "height=60,framerate=30/1 ! identity name=second ! sink.");
  ASSERT_TRUE(host.play());
  Upstream first(host, "before");
  Upstream second(host, "second");
  Browser browser(host.socket_url());
  const std::string corner = R"({"event":"MouseMove","x":500,"y":500})";
  EXPECT_EQ(browser.navigate(corner, R"(,"track":1)"), "null");
  EXPECT_EQ(browser.navigate(corner, R"(,"track":2)"), "null");
  EXPECT_EQ(browser.navigate(corner), "null");
  EXPECT_THAT(second.wait(1), ElementsAre("mouse-move 79,59"));
  EXPECT_THAT(first.wait(1), ElementsAre("mouse-move 159,119"));
}

TEST(Navigation, IsOffUnlessItIsTurnedOn) {
  const HostPipeline host(pipeline(""));
  ASSERT_TRUE(host.play());
  Upstream upstream(host, "before");
  {
    Browser browser(host.socket_url());
    EXPECT_FALSE(browser.client().seen().find("hello")->data.boolean("navigation"));
    EXPECT_THAT(http_get(host.url("/api/streams")).body, Not(HasSubstr("navigation")));
    EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"a"})"), "off");
  }
  // The first that goes upstream is what is done once it is turned on.
  ASSERT_TRUE(host.set_state(GST_STATE_READY));
  g_object_set(host.sink(), "enable-data-channel-navigation", TRUE, nullptr);
  ASSERT_TRUE(host.play());
  Browser browser(host.socket_url());
  EXPECT_EQ(browser.navigate(R"({"event":"KeyPress","key":"b"})"), "null");
  EXPECT_THAT(upstream.wait(1), ElementsAre("key-press b"));
}

}  // namespace
}  // namespace webrtcserver::test
