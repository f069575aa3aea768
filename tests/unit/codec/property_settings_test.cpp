// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/property_settings.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

Ref<GstElement> make(const char* factory) {
  return Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
}

guint uint_of(const Ref<GstElement>& element, const char* property) {
  guint value = 0;
  g_object_get(element.get(), property, &value, nullptr);
  return value;
}

TEST(PropertySettings, SkipUnknownPropertiesAndValues) {
  const auto encoder = make("x264enc");
  constexpr std::array kSettings{
      PropertySetting{"no-such-property", "1"},
      PropertySetting{"speed-preset", "warp-speed"},
      PropertySetting{"key-int-max", "77"},
  };
  apply_settings(encoder.get(), kSettings);
  EXPECT_EQ(uint_of(encoder, "key-int-max"), 77U);
  gint preset = 0;
  g_object_get(encoder.get(), "speed-preset", &preset, nullptr);
  EXPECT_EQ(preset, 6) << "the default, medium, stays";
}

TEST(PropertySettings, TheFirstValueThatIsAcceptedStays) {
  const auto encoder = make("x264enc");
  constexpr std::array kSettings{
      PropertySetting{"speed-preset", "newer-than-this-release"},
      PropertySetting{"speed-preset", "superfast"},
      PropertySetting{"speed-preset", "ultrafast"},
  };
  apply_settings(encoder.get(), kSettings);
  gint preset = 0;
  g_object_get(encoder.get(), "speed-preset", &preset, nullptr);
  EXPECT_EQ(preset, 2);
}

TEST(PropertySettings, ValuesOutOfRangeAndNumbersOfNoEnumAreSkipped) {
  const auto encoder = make("x264enc");
  constexpr std::array kSettings{
      PropertySetting{"speed-preset", "99"}, PropertySetting{"speed-preset", "2"},
      PropertySetting{"key-int-max", "-1"},  PropertySetting{"qp-max", "99"},
      PropertySetting{"qp-max", "40"},       PropertySetting{"tune", "stillimage+zerolatency"},
  };
  apply_settings(encoder.get(), kSettings);
  gint preset = 0;
  guint tune = 0;
  g_object_get(encoder.get(), "speed-preset", &preset, "tune", &tune, nullptr);
  EXPECT_EQ(preset, 2) << "the number of a value that it has";
  EXPECT_EQ(tune, 5U) << "flags";
  EXPECT_EQ(uint_of(encoder, "qp-max"), 40U);
  EXPECT_EQ(uint_of(encoder, "key-int-max"), 0U) << "the default stays";
}

TEST(PropertySettings, TellsWhyASettingIsNotTaken) {
  const auto encoder = make("x264enc");
  EXPECT_EQ(why_refused(encoder.get(), {"qp-max", "40"}), "");
  EXPECT_EQ(uint_of(encoder, "qp-max"), 51U) << "it only looks";
  EXPECT_NE(why_refused(encoder.get(), {"qp-max", "99"}).find("out of its range"),
            std::string::npos);
  EXPECT_NE(why_refused(encoder.get(), {"speed-preset", "warp"}).find("does not take warp"),
            std::string::npos);
  EXPECT_NE(why_refused(encoder.get(), {"warp", "1"}).find("no writable property warp"),
            std::string::npos);
}

TEST(PropertySettings, NumbersAreClampedToTheRange) {
  const auto encoder = make("x264enc");
  EXPECT_TRUE(set_number(encoder.get(), "bitrate", 5'000'000'000));  // kbit/s
  EXPECT_EQ(uint_of(encoder, "bitrate"), 2'048'000U);
  EXPECT_TRUE(set_number(encoder.get(), "bitrate", 0));
  EXPECT_EQ(uint_of(encoder, "bitrate"), 1U);

  const auto vp8 = make("vp8enc");
  EXPECT_TRUE(set_number(vp8.get(), "target-bitrate", 3'000'000'000));  // a gint
  gint bitrate = 0;
  g_object_get(vp8.get(), "target-bitrate", &bitrate, nullptr);
  EXPECT_GT(bitrate, G_MAXINT - 1000) << "vp8enc keeps it in kbit/s";
}

TEST(PropertySettings, NumbersForUnknownPropertiesAreRefused) {
  EXPECT_FALSE(set_number(make("x264enc").get(), "no-such-property", 1));
}

}  // namespace
}  // namespace webrtcserver
