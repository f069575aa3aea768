// SPDX-License-Identifier: LGPL-2.1-or-later
// What a C program sees. That browsers see the same: tests/element/remote_controls_test.cpp.
#include <gmock/gmock.h>
#include <gst/webrtcserver/webrtcserver.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const gchar*, 3> kShapes{"ball", "box", nullptr};

class ControlsTest : public testing::Test {
 protected:
  // The message of the error, and that there is one.
  std::string refusal(const std::function<gboolean(GError**)>& call, int code) {
    GError* error = nullptr;
    EXPECT_FALSE(call(&error));
    if (!error) return "";
    const Owned<GError> owned(error);
    EXPECT_EQ(error->domain, GST_WEBRTC_SERVER_ERROR);
    EXPECT_EQ(error->code, code) << error->message;
    return error->message;
  }

  GstWebRTCServerControls* it() const { return controls_.get(); }

  const Ref<GstWebRTCServerControls> controls_ =
      Ref<GstWebRTCServerControls>::adopt(gst_webrtc_server_controls_new());
};

TEST_F(ControlsTest, HaveWhatWasAdded) {
  EXPECT_TRUE(gst_webrtc_server_controls_add_text(it(), "text", nullptr, "hello", 20, nullptr));
  EXPECT_TRUE(
      gst_webrtc_server_controls_add_number(it(), "speed", "Speed", 1, 0, 10, 0.5, nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_add_toggle(it(), "on", "On", TRUE, nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_add_choice(it(), "shape", "Shape", "box", kShapes.data(),
                                                    nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_add_color(it(), "ink", "Ink", 0x80ff0000U, nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_add_action(it(), "reset", "Reset", nullptr));
  EXPECT_EQ(take_string(gst_webrtc_server_controls_get_text(it(), "text")), "hello");
  EXPECT_EQ(take_string(gst_webrtc_server_controls_get_text(it(), "shape")), "box");
  EXPECT_EQ(gst_webrtc_server_controls_get_number(it(), "speed"), 1);
  EXPECT_TRUE(std::isnan(gst_webrtc_server_controls_get_number(it(), "text")));
  EXPECT_TRUE(std::isnan(gst_webrtc_server_controls_get_number(it(), "nothing")));
  EXPECT_EQ(gst_webrtc_server_controls_get_text(it(), "speed"), nullptr);
  GValue value = G_VALUE_INIT;
  ASSERT_TRUE(gst_webrtc_server_controls_get_value(it(), "ink", &value));
  EXPECT_EQ(g_value_get_uint(&value), 0x80ff0000U);
  g_value_unset(&value);
  ASSERT_TRUE(gst_webrtc_server_controls_get_value(it(), "on", &value));
  EXPECT_TRUE(g_value_get_boolean(&value));
  g_value_unset(&value);
  for (const char* none : {"reset", "nothing"}) {
    EXPECT_FALSE(gst_webrtc_server_controls_get_value(it(), none, &value));
    EXPECT_EQ(g_value_get_string(&value), nullptr);
    g_value_unset(&value);
  }
  EXPECT_TRUE(gst_webrtc_server_controls_remove(it(), "reset"));
  EXPECT_FALSE(gst_webrtc_server_controls_remove(it(), "reset"));
}

TEST_F(ControlsTest, TakeWhatFits) {
  ASSERT_TRUE(gst_webrtc_server_controls_add_number(it(), "speed", nullptr, 1, 0, 10, 0, nullptr));
  ASSERT_TRUE(gst_webrtc_server_controls_add_text(it(), "text", nullptr, "", 3, nullptr));
  ASSERT_TRUE(gst_webrtc_server_controls_add_color(it(), "ink", nullptr, 0, nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_set_number(it(), "speed", 2.5, nullptr));
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_INT);
  g_value_set_int(&value, 7);
  EXPECT_TRUE(gst_webrtc_server_controls_set_value(it(), "speed", &value, nullptr));
  EXPECT_EQ(gst_webrtc_server_controls_get_number(it(), "speed"), 7);
  EXPECT_TRUE(gst_webrtc_server_controls_set_value(it(), "ink", &value, nullptr));
  EXPECT_EQ(take_string(gst_webrtc_server_controls_get_text(it(), "ink")), "#00000007");
  EXPECT_TRUE(gst_webrtc_server_controls_set_text(it(), "text", "äöü", nullptr));
  const auto set_number = [&](const char* name, double number) {
    return [this, name, number](GError** error) {
      return gst_webrtc_server_controls_set_number(it(), name, number, error);
    };
  };
  constexpr int kFailed = GST_WEBRTC_SERVER_ERROR_FAILED;
  EXPECT_THAT(refusal(set_number("speed", 11), kFailed), HasSubstr("from 0 to 10"));
  EXPECT_THAT(refusal(set_number("speed", kNan), kFailed), HasSubstr("numbers"));
  EXPECT_THAT(refusal(set_number("text", 1), kFailed), HasSubstr("takes text"));
  EXPECT_THAT(refusal(set_number("nothing", 1), kFailed), HasSubstr("no control"));
  EXPECT_THAT(refusal(
                  [this](GError** error) {
                    return gst_webrtc_server_controls_set_text(it(), "text", "four", error);
                  },
                  kFailed),
              HasSubstr("at most 3"));
  EXPECT_EQ(gst_webrtc_server_controls_get_number(it(), "speed"), 7);
  g_value_unset(&value);
}

TEST_F(ControlsTest, AnIndicatorStaysWhatItWas) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_UINT);
  g_value_set_uint(&value, 3);
  ASSERT_TRUE(gst_webrtc_server_controls_add_indicator(it(), "faces", "Faces", &value, nullptr));
  EXPECT_TRUE(gst_webrtc_server_controls_set_number(it(), "faces", -1e9, nullptr));
  EXPECT_FALSE(gst_webrtc_server_controls_set_text(it(), "faces", "many", nullptr));
  EXPECT_FALSE(gst_webrtc_server_controls_set_number(it(), "faces", kNan, nullptr));
  EXPECT_EQ(gst_webrtc_server_controls_get_number(it(), "faces"), -1e9);
  g_value_unset(&value);
  g_value_init(&value, G_TYPE_OBJECT);
  EXPECT_THAT(refusal(
                  [&](GError** error) {
                    return gst_webrtc_server_controls_add_indicator(it(), "thing", nullptr, &value,
                                                                    error);
                  },
                  GST_WEBRTC_SERVER_ERROR_FAILED),
              HasSubstr("GObject"));
  g_value_unset(&value);
}

TEST_F(ControlsTest, WhatCannotBeIsNotAdded) {
  const auto add_number = [this](const char* name, double value, double min, double max,
                                 double step) {
    return [=, this](GError** error) {
      return gst_webrtc_server_controls_add_number(it(), name, nullptr, value, min, max, step,
                                                   error);
    };
  };
  constexpr int kFailed = GST_WEBRTC_SERVER_ERROR_FAILED;
  EXPECT_TRUE(add_number("speed", 1, 0, 10, 1)(nullptr));
  EXPECT_THAT(refusal(add_number("speed", 1, 0, 10, 1), GST_WEBRTC_SERVER_ERROR_NAME_TAKEN),
              HasSubstr("already"));
  EXPECT_THAT(refusal(add_number("a b", 1, 0, 10, 1), kFailed), HasSubstr("cannot name"));
  EXPECT_THAT(refusal(add_number("b", 11, 0, 10, 1), kFailed), HasSubstr("from 0 to 10"));
  EXPECT_THAT(refusal(add_number("b", 1, 10, 0, 1), kFailed), HasSubstr("limits"));
  EXPECT_THAT(refusal(add_number("b", 1, 0, 10, -1), kFailed), HasSubstr("limits"));
  EXPECT_THAT(refusal(add_number("b", 1, kNan, 10, 1), kFailed), HasSubstr("limits"));
  const auto add_text = [this](const char* value, guint length) {
    return [=, this](GError** error) {
      return gst_webrtc_server_controls_add_text(it(), "text", nullptr, value, length, error);
    };
  };
  EXPECT_THAT(refusal(add_text("", 0), kFailed), HasSubstr("max_length"));
  EXPECT_THAT(refusal(add_text("four", 3), kFailed), HasSubstr("at most 3"));
  EXPECT_THAT(refusal(add_text("\xff", 3), kFailed), HasSubstr("UTF-8"));
  static constexpr std::array<const gchar*, 3> kTwice{"a", "a", nullptr};
  const auto add_choice = [this](const char* value, const gchar* const* choices) {
    return [=, this](GError** error) {
      return gst_webrtc_server_controls_add_choice(it(), "shape", nullptr, value, choices, error);
    };
  };
  EXPECT_THAT(refusal(add_choice("a", kTwice.data()), kFailed), HasSubstr("twice"));
  EXPECT_THAT(refusal(add_choice("cube", kShapes.data()), kFailed), HasSubstr("one of ball, box"));
}

}  // namespace
}  // namespace webrtcserver
