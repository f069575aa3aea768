// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

TEST(Codec, IsFoundByNameInAnyCase) {
  ASSERT_NE(find_codec("H264"), nullptr);
  EXPECT_EQ(find_codec("h264"), find_codec("H264"));
  EXPECT_EQ(find_codec("opus")->clock_rate, 48000);
  EXPECT_EQ(find_codec("opus")->channels, 2);
  EXPECT_EQ(find_codec("H26"), nullptr);
  EXPECT_EQ(find_codec("H2644"), nullptr);
  EXPECT_EQ(find_codec(""), nullptr);
}

TEST(Codec, IsFoundByEncodedCaps) {
  EXPECT_EQ(codec_of_caps(caps("video/x-h264,stream-format=avc3,alignment=nal").get()),
            find_codec("H264"));
  EXPECT_EQ(codec_of_caps(caps("video/x-vp9").get()), find_codec("VP9"));
  EXPECT_EQ(codec_of_caps(caps("audio/x-opus,channel-mapping-family=0").get()), find_codec("OPUS"));
}

TEST(Codec, IsNotFoundForRawUnknownOrEmptyCaps) {
  EXPECT_EQ(codec_of_caps(caps("video/x-raw").get()), nullptr);
  EXPECT_EQ(codec_of_caps(caps("image/jpeg").get()), nullptr);
  EXPECT_EQ(codec_of_caps(caps("EMPTY").get()), nullptr);
  EXPECT_EQ(codec_of_caps(caps("ANY").get()), nullptr);
  EXPECT_EQ(codec_of_caps(nullptr), nullptr);
}

TEST(Codec, RefusesOpusThatBrowsersCannotDecode) {
  EXPECT_EQ(codec_of_caps(caps("audio/x-opus,channel-mapping-family=1,channels=6").get()), nullptr);
}

TEST(Codec, RowsNameElementsAndCapsThatExist) {
  for (const Codec& codec : codecs()) {
    SCOPED_TRACE(codec.name);
    const auto payloader =
        Ref<GstElement>::sink(gst_element_factory_make(codec.payloader, nullptr));
    ASSERT_TRUE(payloader);
    for (const PropertySetting& setting : codec.payloader_settings) {
      EXPECT_NE(g_object_class_find_property(G_OBJECT_GET_CLASS(payloader.get()), setting.name),
                nullptr)
          << setting.name;
    }
    EXPECT_TRUE(caps(codec.input_caps));
    const auto payloader_caps = caps(codec.payloader_caps);
    ASSERT_TRUE(payloader_caps);
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "sink"));
    const auto taken = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad.get()));
    EXPECT_TRUE(gst_caps_can_intersect(payloader_caps.get(), taken.get()));
  }
}

}  // namespace
}  // namespace webrtcserver
