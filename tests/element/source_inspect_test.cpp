// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc as gst-inspect-1.0 shows it: a contract with pipelines that are written already.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Not;

struct Property {
  const char* name;
  const char* type;
  const char* initial;  // as gst_value_serialize() writes it; null: unset
  bool writable;
  bool readable = true;
};

const std::vector<Property> kProperties = {
    {"uri", "gchararray", "webrtc://@:8554/input", true},
    {"video-codecs", "GstValueArray", "<  >", true},
    {"audio-codecs", "GstValueArray", "<  >", true},
    {"video-decoder", "gchararray", nullptr, true},
    {"latency", "guint", "200", true},
    {"do-retransmission", "gboolean", "true", true},
    {"stun-server", "gchararray", nullptr, true},
    {"turn-servers", "GstValueArray", "<  >", true},
    {"turn-secret", "gchararray", nullptr, true, false},
    {"ice-transport-policy", "GstWebRTCICETransportPolicy", "all", true},
    {"min-rtp-port", "guint", "0", true},
    {"max-rtp-port", "guint", "65535", true},
    {"ice-tcp", "gboolean", "true", true},
    {"tls", "GstWebRTCServerTls", "auto", true},
    {"tls-certificate", "gchararray", nullptr, true},
    {"tls-key", "gchararray", nullptr, true},
    {"auth-tokens", "gchararray", nullptr, true},
    {"allowed-origins", "GstValueArray", "<  >", true},
    {"max-publishers", "guint", "1", true},
    {"on-second-publisher", "GstWebRTCServerOnSecondPublisher", "reject", true},
    {"on-idle", "GstWebRTCServerOnIdle", "wait", true},
    {"idle-timeout", "guint", "2000", true},
    {"urls", "GStrv", nullptr, false},
    {"auth-token", "gchararray", nullptr, true},
    {"ssl-ca-file", "gchararray", nullptr, true},
    {"ssl-strict", "gboolean", "true", true},
    {"publishers", "guint", "0", false},
    {"stats", "GstStructure", nullptr, false},
};

class SourceInspect : public ::testing::Test {
 protected:
  const Ref<GstElement> source_ =
      Ref<GstElement>::sink(gst_element_factory_make("webrtcsrc", nullptr));
  GObjectClass* class_ = G_OBJECT_GET_CLASS(source_.get());
};

TEST_F(SourceInspect, PropertiesHaveTheirTypesAndFlags) {
  for (const Property& expected : kProperties) {
    const GParamSpec* spec = g_object_class_find_property(class_, expected.name);
    ASSERT_TRUE(spec) << expected.name;
    EXPECT_STREQ(g_type_name(spec->value_type), expected.type) << expected.name;
    EXPECT_EQ((spec->flags & G_PARAM_READABLE) != 0, expected.readable) << expected.name;
    EXPECT_EQ((spec->flags & G_PARAM_WRITABLE) != 0, expected.writable) << expected.name;
    if (!expected.writable) continue;
    EXPECT_TRUE(spec->flags & GST_PARAM_MUTABLE_READY) << expected.name;
  }
}

TEST_F(SourceInspect, PropertiesHaveTheirDefaults) {
  for (const Property& expected : kProperties) {
    if (!expected.readable || std::string(expected.name) == "stats") continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(source_.get()), expected.name, &value);
    if (G_VALUE_HOLDS_STRING(&value)) {
      EXPECT_STREQ(g_value_get_string(&value), expected.initial) << expected.name;
    } else if (G_VALUE_HOLDS(&value, G_TYPE_STRV)) {
      const auto* texts = static_cast<const gchar* const*>(g_value_get_boxed(&value));
      EXPECT_TRUE(!texts || !*texts) << expected.name;
    } else {
      EXPECT_EQ(take_string(gst_value_serialize(&value)), expected.initial) << expected.name;
    }
    g_value_unset(&value);
  }
}

TEST_F(SourceInspect, EveryPropertyIsExplained) {
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(class_, &count);
  std::size_t own = 0;
  for (guint i = 0; i < count; ++i) {
    if (specs[i]->owner_type != G_OBJECT_TYPE(source_.get())) continue;
    ++own;
    EXPECT_GT(std::string(g_param_spec_get_blurb(specs[i])).size(), 20U) << specs[i]->name;
    EXPECT_THAT(g_param_spec_get_blurb(specs[i]), Not(EndsWith("."))) << specs[i]->name;
  }
  g_free(specs);
  EXPECT_EQ(own, kProperties.size()) << "a property is missing from this test";
}

TEST_F(SourceInspect, ChoicesHaveTheirNames) {
  const auto names = [this](const char* property) {
    const GParamSpec* spec = g_object_class_find_property(class_, property);
    const GEnumClass* choices = G_PARAM_SPEC_ENUM(spec)->enum_class;
    std::vector<std::string> result;
    for (guint i = 0; i < choices->n_values; ++i)
      result.emplace_back(choices->values[i].value_nick);
    return result;
  };
  EXPECT_THAT(names("on-second-publisher"), ElementsAre("reject", "replace"));
  EXPECT_THAT(names("on-idle"), ElementsAre("wait", "black", "eos"));
}

TEST_F(SourceInspect, SignalsHaveTheirShape) {
  struct Expected {
    const char* name;
    GType result;
    std::vector<GType> parameters;
    bool action;
  };
  for (const Expected& expected : std::vector<Expected>{
           {"publisher-added", G_TYPE_NONE, {G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"publisher-removed", G_TYPE_NONE, {G_TYPE_STRING, GST_TYPE_ELEMENT}, false},
           {"get-sessions", G_TYPE_STRV, {}, true},
       }) {
    const guint id = g_signal_lookup(expected.name, G_OBJECT_TYPE(source_.get()));
    ASSERT_NE(id, 0U) << expected.name;
    GSignalQuery query;
    g_signal_query(id, &query);
    EXPECT_EQ(query.return_type, expected.result) << expected.name;
    EXPECT_EQ((query.signal_flags & G_SIGNAL_ACTION) != 0, expected.action) << expected.name;
    const std::vector<GType> parameters(query.param_types, query.param_types + query.n_params);
    EXPECT_EQ(parameters, expected.parameters) << expected.name;
  }
}

TEST_F(SourceInspect, PadTemplatesAreSometimesPads) {
  const auto taken = [this](const char* name, const char* text) {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
    GstPadTemplate* pad_template =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(source_.get()), name);
    EXPECT_EQ(GST_PAD_TEMPLATE_DIRECTION(pad_template), GST_PAD_SRC);
    EXPECT_EQ(GST_PAD_TEMPLATE_PRESENCE(pad_template), GST_PAD_SOMETIMES);
    return gst_caps_can_intersect(GST_PAD_TEMPLATE_CAPS(pad_template), caps.get()) != FALSE;
  };
  for (const char* text :
       {"video/x-raw", "video/x-raw(memory:CUDAMemory)", "video/x-h264", "video/x-h265",
        "video/x-vp8", "video/x-vp9", "video/x-av1", "application/x-rtp,media=video"})
    EXPECT_TRUE(taken("video_%u", text)) << text;
  for (const char* text : {"audio/x-raw", "audio/x-opus", "application/x-rtp,media=audio"})
    EXPECT_TRUE(taken("audio_%u", text)) << text;
  EXPECT_FALSE(taken("video_%u", "audio/x-raw"));
  EXPECT_FALSE(taken("audio_%u", "video/x-raw"));
}

TEST_F(SourceInspect, BothNamesMakeTheElement) {
  for (const char* name : {"webrtcsrc", "webrtcserversrc"}) {
    const auto made = Ref<GstElement>::sink(gst_element_factory_make(name, nullptr));
    ASSERT_TRUE(made) << name;
    EXPECT_STREQ(G_OBJECT_TYPE_NAME(made.get()), "GstWebRTCServerSrc");
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(name));
    EXPECT_STREQ(gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory.get())),
                 "webrtcserver");
    EXPECT_TRUE(gst_element_factory_list_is_type(factory.get(), GST_ELEMENT_FACTORY_TYPE_SRC));
  }
}

TEST_F(SourceInspect, IsASourceAndAUriHandler) {
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(source_.get(), GST_ELEMENT_FLAG_SOURCE));
  ASSERT_TRUE(GST_IS_URI_HANDLER(source_.get()));
  EXPECT_EQ(gst_uri_handler_get_uri_type(GST_URI_HANDLER(source_.get())), GST_URI_SRC);
}

}  // namespace
}  // namespace webrtcserver::test
