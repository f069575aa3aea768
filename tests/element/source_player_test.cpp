// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc found by its address: what makes players of URIs play a browser's camera.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

constexpr char kUri[] = "webrtc://127.0.0.1:0/input?latency=20";

TEST(SourceUri, FindsTheElement) {
  for (const char* uri : {"webrtc://127.0.0.1:0/input", "webrtcs://[::1]:8555/camera"}) {
    const auto made =
        Ref<GstElement>::sink(gst_element_make_from_uri(GST_URI_SRC, uri, "source", nullptr));
    ASSERT_TRUE(made) << uri;
    EXPECT_STREQ(G_OBJECT_TYPE_NAME(made.get()), "GstWebRTCServerSrc");
    EXPECT_EQ(take_string(gst_uri_handler_get_uri(GST_URI_HANDLER(made.get()))), uri);
  }
}

TEST(SourceUri, SetsPropertiesByItsOptions) {
  const auto made = Ref<GstElement>::sink(gst_element_make_from_uri(
      GST_URI_SRC, "webrtc://127.0.0.1:0/input?latency=33&on-idle=black&max-publishers=2", "source",
      nullptr));
  ASSERT_TRUE(made);
  guint latency = 0;
  guint publishers = 0;
  gint idle = -1;
  g_object_get(made.get(), "latency", &latency, "max-publishers", &publishers, "on-idle", &idle,
               nullptr);
  EXPECT_EQ(latency, 33U);
  EXPECT_EQ(publishers, 2U);
  EXPECT_EQ(idle, 1);
}

TEST(SourceUri, IsRefusedWithTheReason) {
  for (const auto& [uri, reason] :
       {std::pair{"webrtc://127.0.0.1:0/a/b", "The stream name is"},
        {"webrtc://127.0.0.1:0/input?max-viewers=2", "option \"max-viewers\""},
        {"webrtc://127.0.0.1:0/input?on-idle=blue", "option on-idle"}}) {
    const auto source =
        Ref<GstElement>::sink(gst_element_factory_make("webrtcserversrc", "source"));
    GError* error = nullptr;
    EXPECT_FALSE(gst_uri_handler_set_uri(GST_URI_HANDLER(source.get()), uri, &error)) << uri;
    ASSERT_TRUE(error) << uri;
    EXPECT_THAT(Owned<GError>(error)->message, HasSubstr(reason));
  }
}

// A player of URIs, and the source that it makes.
class Player {
 public:
  explicit Player(const std::string& description)
      : pipeline_(Ref<GstElement>::sink(gst_parse_launch(description.c_str(), nullptr))) {
    const auto player =
        Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "player"));
    GstElement* root = player ? player.get() : pipeline_.get();  // playbin is a pipeline itself
    video_ = Ref<GstElement>::sink(gst_element_factory_make("appsink", "video"));
    g_object_set(video_.get(), "max-buffers", 1, "drop", TRUE, "sync", FALSE, nullptr);
    if (player) {
      gst_bin_add(GST_BIN(pipeline_.get()), video_.get());
      g_signal_connect(root, "pad-added", G_CALLBACK(link), video_.get());
    } else {
      // playbin loses the element of a volume that nobody turns.
      gst_util_set_object_arg(G_OBJECT(root), "flags", "video+audio");
      g_object_set(root, "video-sink", video_.get(), "audio-sink",
                   gst_element_factory_make("fakesink", nullptr), nullptr);
    }
    g_signal_connect(root, "source-setup",
                     G_CALLBACK(+[](GstElement*, GstElement* source, Player* self) {
                       self->source_ = Ref<GstElement>::retain(source);
                     }),
                     this);
    g_object_set(root, "uri", kUri, nullptr);
  }
  ~Player() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  // Without media it starts all the same, and waits.
  bool start() {
    return gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
  }

  std::string socket_url() const {
    gchar* uri = nullptr;
    g_object_get(source_.get(), "uri", &uri, nullptr);
    const std::string text = take_string(uri);
    const auto host = text.find("://");
    return "ws" + text.substr(host, text.find('?') - host);
  }

  // A sink that the player has not started yet has none, and says so at once.
  bool shows_a_picture() {
    return eventually([this] {
      const auto picture = Ref<GstSample>::adopt(
          gst_app_sink_try_pull_sample(GST_APP_SINK(video_.get()), 100 * GST_MSECOND));
      return static_cast<bool>(picture);
    });
  }

  Ref<GstMessage> next_message(GstMessageType types) {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    return Ref<GstMessage>::adopt(
        gst_bus_timed_pop_filtered(bus.get(), test::kPatienceInNanoseconds, types));
  }

 private:
  static void link(GstElement* /*player*/, GstPad* pad, GstElement* sink) {
    const auto caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
    const GstStructure* structure = gst_caps_get_structure(caps.get(), 0);
    const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(sink, "sink"));
    if (gst_structure_has_name(structure, "video/x-raw")) gst_pad_link(pad, input.get());
  }

  const Ref<GstElement> pipeline_;
  Ref<GstElement> video_;
  Ref<GstElement> source_;
};

class SourcePlayer : public ::testing::TestWithParam<const char*> {};

TEST_P(SourcePlayer, WaitsForAPublisherAndShowsIt) {
  Player player(GetParam());
  ASSERT_TRUE(player.start());
  const auto message =
      player.next_message(static_cast<GstMessageType>(GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR));
  ASSERT_TRUE(message);
  ASSERT_TRUE(gst_message_has_name(message.get(), "webrtc-waiting"))
      << GST_MESSAGE_TYPE_NAME(message.get());
  Publisher publisher(player.socket_url());
  ASSERT_TRUE(publisher.publish());
  EXPECT_TRUE(player.shows_a_picture());
  EXPECT_TRUE(player.shows_a_picture());
}

INSTANTIATE_TEST_SUITE_P(Players, SourcePlayer,
                         ::testing::Values("playbin", "playbin3",
                                           "pipeline.( uridecodebin name=player )",
                                           "pipeline.( uridecodebin3 name=player )"),
                         [](const auto& player) {
                           std::string name = player.param;
                           for (const char* other : {"pipeline.( ", " name=player )"}) {
                             const auto at = name.find(other);
                             if (at != std::string::npos) name.erase(at, std::string(other).size());
                           }
                           return name;
                         });

}  // namespace
}  // namespace webrtcserver::test
