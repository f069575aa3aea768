// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "codec/encoder_catalogue.hpp"
#include "codec/property_settings.hpp"

namespace webrtcserver {
namespace {

std::string label(const Encoder& row) {
  return std::string(row.codec) + " " + row.factory;
}

bool is_hardware(const Encoder& row) {
  return std::string_view(row.platform) != "software";
}

bool is_caps(const char* text) {
  return static_cast<bool>(Ref<GstCaps>::adopt(gst_caps_from_string(text)));
}

TEST(EncoderTable, RowsAreWellFormed) {
  std::set<std::string> seen;
  for (const Encoder& row : encoder_table()) {
    SCOPED_TRACE(label(row));
    EXPECT_TRUE(seen.insert(label(row)).second) << "twice";
    EXPECT_FALSE(row.inputs.empty());
    for (const EncoderInput& input : row.inputs) EXPECT_TRUE(is_caps(input.caps)) << input.caps;
    EXPECT_TRUE(!row.input_filter || is_caps(row.input_filter));
    EXPECT_TRUE(!row.output_filter || is_caps(row.output_filter));
    EXPECT_FALSE(row.settings.empty());
    EXPECT_EQ(row.threads_property != nullptr, row.max_threads > 0);
    EXPECT_GT(row.cores_per_thread, 0);
    EXPECT_EQ(row.buffer_property != nullptr, row.buffer_ms > 0);
    EXPECT_STRNE(row.platform, "");
    EXPECT_STRNE(row.source, "");
    EXPECT_EQ(row.refused, nullptr);
    // READY of hardware that is a stub proves nothing; a desktop card's sessions are limited, and a
    // trial that finds them taken would hold for the life of the process.
    EXPECT_EQ(row.proof == EncoderProof::kFirstFrame,
              is_hardware(row) && std::string_view(row.platform) != "NVIDIA graphics card");
  }
}

TEST(EncoderTable, HardwareComesBeforeSoftware) {
  bool software = false;
  std::string codec;
  for (const Encoder& row : encoder_table()) {
    if (codec != row.codec) software = false;
    codec = row.codec;
    EXPECT_FALSE(is_hardware(row) && software) << label(row);
    if (!is_hardware(row)) software = true;
  }
}

// The rows whose elements are installed are checked against the elements themselves. Properties
// that only other releases have are skipped by design; a misspelt one would leave an encoder
// untuned without a word.
TEST(EncoderTable, SettingsOfInstalledSoftwareAreAllAccepted) {
  int checked = 0;
  for (const Encoder& row : encoder_table()) {
    if (is_hardware(row)) continue;
    const auto element = Ref<GstElement>::sink(gst_element_factory_make(row.factory, nullptr));
    if (!element) continue;
    SCOPED_TRACE(label(row));
    ++checked;
    GObjectClass* object_class = G_OBJECT_GET_CLASS(element.get());
    for (const PropertySetting& setting : row.settings) {
      GParamSpec* spec = g_object_class_find_property(object_class, setting.name);
      ASSERT_NE(spec, nullptr) << setting.name;
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
      EXPECT_TRUE(gst_value_deserialize(&value, setting.value))
          << setting.name << "=" << setting.value;
      EXPECT_FALSE(g_param_value_validate(spec, &value))
          << setting.name << "=" << setting.value << " is out of range";
      g_value_unset(&value);
    }
    for (const char* property : {row.bitrate_property, row.threads_property, row.buffer_property,
                                 row.max_bitrate_property}) {
      EXPECT_TRUE(!property || g_object_class_find_property(object_class, property)) << property;
    }
    EXPECT_TRUE(!row.key_frame_action ||
                g_signal_lookup(row.key_frame_action, G_OBJECT_TYPE(element.get())) != 0);
  }
  EXPECT_GE(checked, 4) << "x264enc, vp8enc, vp9enc and opusenc are needed for these tests";
}

}  // namespace
}  // namespace webrtcserver
