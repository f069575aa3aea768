// SPDX-License-Identifier: LGPL-2.1-or-later
// The element as gst-inspect-1.0 shows it: a contract with pipelines that are written already.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <gst/webrtcserver/controls.h>
#include <gtest/gtest.h>

#include <string>

#include "base/ref.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::EndsWith;
using ::testing::Not;

struct Property {
  const char* name;
  GType type;
  const char* initial;  // as gst_value_serialize() writes it; null: unset
  bool writable;
  GstState mutable_until = GST_STATE_READY;
  bool readable = true;
};

std::vector<Property> properties() {
  return {
      {"uri", G_TYPE_STRING, "webrtc://@:8554/output", true},
      {"video-caps", GST_TYPE_CAPS, nullptr, true},
      {"audio-caps", GST_TYPE_CAPS, nullptr, true},
      {"video-encoder", G_TYPE_STRING, nullptr, true},
      {"start-bitrate", G_TYPE_UINT, "2500000", true, GST_STATE_PLAYING},
      {"do-retransmission", G_TYPE_BOOLEAN, "true", true},
      {"stun-server", G_TYPE_STRING, nullptr, true},
      {"turn-servers", GST_TYPE_ARRAY, "<  >", true},
      {"turn-secret", G_TYPE_STRING, nullptr, true, GST_STATE_READY, false},
      {"ice-transport-policy", GST_TYPE_WEBRTC_ICE_TRANSPORT_POLICY, "all", true},
      {"min-rtp-port", G_TYPE_UINT, "0", true},
      {"max-rtp-port", G_TYPE_UINT, "65535", true},
      {"ice-tcp", G_TYPE_BOOLEAN, "true", true},
      {"tls", g_type_from_name("GstWebRTCServerTls"), "auto", true},
      {"tls-certificate", G_TYPE_STRING, nullptr, true},
      {"tls-key", G_TYPE_STRING, nullptr, true},
      {"auth-tokens", G_TYPE_STRING, nullptr, true},
      {"allowed-origins", GST_TYPE_ARRAY, "<  >", true},
      {"max-viewers", G_TYPE_UINT, "256", true},
      {"enable-data-channel-navigation", G_TYPE_BOOLEAN, "false", true},
      {"meta", GST_TYPE_STRUCTURE, nullptr, true},
      {"controls", G_TYPE_STRING, nullptr, true},
      {"frame-metadata", g_type_from_name("GstWebRTCServerFrameMetadata"), "0", true},
      {"run-policy", g_type_from_name("GstWebRTCServerRunPolicy"), "always", true,
       GST_STATE_PLAYING},
      {"idle-timeout", G_TYPE_UINT, "5000", true, GST_STATE_PLAYING},
      {"remote-controls", GST_TYPE_WEBRTC_SERVER_CONTROLS, nullptr, true},
      {"control-policy", g_type_from_name("GstWebRTCServerControlPolicy"), "all", true},
      {"urls", G_TYPE_STRV, nullptr, false},
      {"auth-token", G_TYPE_STRING, nullptr, true},
      {"ssl-ca-file", G_TYPE_STRING, nullptr, true},
      {"ssl-strict", G_TYPE_BOOLEAN, "true", true},
      {"viewers", G_TYPE_UINT, "0", false},
      {"stats", GST_TYPE_STRUCTURE, nullptr, false},
  };
}

class Inspect : public ::testing::Test {
 protected:
  const Ref<GstElement> sink_ =
      Ref<GstElement>::sink(gst_element_factory_make("webrtcsink", nullptr));
  GObjectClass* class_ = G_OBJECT_GET_CLASS(sink_.get());
};

TEST_F(Inspect, PropertiesHaveTheirTypesAndFlags) {
  for (const Property& expected : properties()) {
    const GParamSpec* spec = g_object_class_find_property(class_, expected.name);
    ASSERT_TRUE(spec) << expected.name;
    EXPECT_EQ(g_type_name(spec->value_type), std::string(g_type_name(expected.type)))
        << expected.name;
    EXPECT_EQ((spec->flags & G_PARAM_READABLE) != 0, expected.readable) << expected.name;
    EXPECT_EQ((spec->flags & G_PARAM_WRITABLE) != 0, expected.writable) << expected.name;
    if (!expected.writable) continue;
    const int until = expected.mutable_until == GST_STATE_PLAYING ? GST_PARAM_MUTABLE_PLAYING
                                                                  : GST_PARAM_MUTABLE_READY;
    EXPECT_TRUE(spec->flags & until) << expected.name;
  }
}

TEST_F(Inspect, PropertiesHaveTheirDefaults) {
  for (const Property& expected : properties()) {
    if (!expected.readable) continue;
    if (expected.type == GST_TYPE_STRUCTURE && !expected.writable) continue;  // stats
    GValue value = G_VALUE_INIT;
    g_value_init(&value, expected.type);
    g_object_get_property(G_OBJECT(sink_.get()), expected.name, &value);
    if (G_VALUE_HOLDS_STRING(&value)) {
      EXPECT_STREQ(g_value_get_string(&value), expected.initial) << expected.name;
    } else if (G_VALUE_HOLDS_OBJECT(&value)) {
      EXPECT_EQ(g_value_get_object(&value), nullptr) << expected.name;
    } else if (G_VALUE_HOLDS_BOXED(&value) && !expected.initial) {
      const auto* boxed = static_cast<const gpointer*>(g_value_get_boxed(&value));
      EXPECT_TRUE(!boxed || (expected.type == G_TYPE_STRV && !*boxed)) << expected.name;
    } else {
      EXPECT_EQ(take_string(gst_value_serialize(&value)), expected.initial) << expected.name;
    }
    g_value_unset(&value);
  }
}

TEST_F(Inspect, EveryPropertyIsExplained) {
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(class_, &count);
  std::size_t own = 0;
  for (guint i = 0; i < count; ++i) {
    if (specs[i]->owner_type != G_OBJECT_TYPE(sink_.get())) continue;
    ++own;
    EXPECT_GT(std::string(g_param_spec_get_blurb(specs[i])).size(), 20U) << specs[i]->name;
    EXPECT_THAT(g_param_spec_get_blurb(specs[i]), Not(EndsWith("."))) << specs[i]->name;
  }
  g_free(specs);
  EXPECT_EQ(own, properties().size()) << "a property is missing from this test";
}

TEST_F(Inspect, SignalsHaveTheirShape) {
  struct Expected {
    const char* name;
    GType result;
    std::vector<GType> parameters;
    bool action;
  };
  const GType setup = G_TYPE_BOOLEAN;
  for (const Expected& expected : std::vector<Expected>{
           {"consumer-added", G_TYPE_NONE, {G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"consumer-removed", G_TYPE_NONE, {G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"encoder-setup", setup, {G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"payloader-setup", setup, {G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"control-changed", G_TYPE_NONE, {G_TYPE_STRING, G_TYPE_VALUE}, false},
           {"get-sessions", G_TYPE_STRV, {}, true},
           {"request-key-frame", G_TYPE_NONE, {}, true},
           {"send-frame-metadata", setup, {G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_STRING}, true},
       }) {
    const guint id = g_signal_lookup(expected.name, G_OBJECT_TYPE(sink_.get()));
    ASSERT_NE(id, 0U) << expected.name;
    GSignalQuery query;
    g_signal_query(id, &query);
    EXPECT_EQ(query.return_type, expected.result) << expected.name;
    EXPECT_EQ((query.signal_flags & G_SIGNAL_ACTION) != 0, expected.action) << expected.name;
    const std::vector<GType> parameters(query.param_types, query.param_types + query.n_params);
    EXPECT_EQ(parameters, expected.parameters) << expected.name;
  }
}

TEST_F(Inspect, PadTemplatesAreRequestPads) {
  for (const char* name : {"video_%u", "audio_%u"}) {
    const GstPadTemplate* pad_template =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(sink_.get()), name);
    ASSERT_TRUE(pad_template) << name;
    EXPECT_EQ(GST_PAD_TEMPLATE_DIRECTION(pad_template), GST_PAD_SINK);
    EXPECT_EQ(GST_PAD_TEMPLATE_PRESENCE(pad_template), GST_PAD_REQUEST);
  }
  EXPECT_THAT(gst_element_class_get_pad_template_list(GST_ELEMENT_GET_CLASS(sink_.get()))->next,
              ::testing::NotNull());
}

TEST_F(Inspect, BothNamesMakeTheElement) {
  for (const char* name : {"webrtcsink", "webrtcserversink"}) {
    const auto made = Ref<GstElement>::sink(gst_element_factory_make(name, nullptr));
    ASSERT_TRUE(made) << name;
    EXPECT_STREQ(G_OBJECT_TYPE_NAME(made.get()), "GstWebRTCServerSink");
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(name));
    EXPECT_STREQ(gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory.get())),
                 "webrtcserver");
    EXPECT_TRUE(gst_element_factory_list_is_type(factory.get(), GST_ELEMENT_FACTORY_TYPE_SINK));
  }
}

TEST_F(Inspect, IsASinkAndAUriHandler) {
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(sink_.get(), GST_ELEMENT_FLAG_SINK));
  ASSERT_TRUE(GST_IS_URI_HANDLER(sink_.get()));
  EXPECT_EQ(gst_uri_handler_get_uri_type(GST_URI_HANDLER(sink_.get())), GST_URI_SINK);
}

}  // namespace
}  // namespace webrtcserver::test
