// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/navigation_events.hpp"

#include <gmock/gmock.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <string>

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Type = NavigationEvent::Type;

std::string text(const NavigationEvent& event) {
  const auto made = make_navigation_event(event);
  EXPECT_EQ(GST_EVENT_TYPE(made.get()), GST_EVENT_NAVIGATION);
  return take_string(gst_structure_to_string(gst_event_get_structure(made.get())));
}

NavigationEvent of(Type type) {
  NavigationEvent event;
  event.type = type;
  event.x = 3;
  event.y = 4;
  event.button = 2;
  event.key = "Return";
  event.identifier = 5;
  event.command = 20;
  return event;
}

// What libgstvideo reads of it, which elements use.
TEST(NavigationEvents, AreReadByGStreamer) {
  const struct {
    Type type;
    GstNavigationEventType expected;
  } kinds[] = {
      {Type::kMouseMove, GST_NAVIGATION_EVENT_MOUSE_MOVE},
      {Type::kMouseButtonPress, GST_NAVIGATION_EVENT_MOUSE_BUTTON_PRESS},
      {Type::kMouseButtonRelease, GST_NAVIGATION_EVENT_MOUSE_BUTTON_RELEASE},
      {Type::kMouseScroll, GST_NAVIGATION_EVENT_MOUSE_SCROLL},
      {Type::kKeyPress, GST_NAVIGATION_EVENT_KEY_PRESS},
      {Type::kKeyRelease, GST_NAVIGATION_EVENT_KEY_RELEASE},
      {Type::kCommand, GST_NAVIGATION_EVENT_COMMAND},
  };
  for (const auto& kind : kinds) {
    const auto made = make_navigation_event(of(kind.type));
    EXPECT_EQ(gst_navigation_event_get_type(made.get()), kind.expected);
  }
  const auto press = make_navigation_event(of(Type::kMouseButtonPress));
  gint button = 0;
  gdouble x = 0;
  gdouble y = 0;
  EXPECT_TRUE(gst_navigation_event_parse_mouse_button_event(press.get(), &button, &x, &y));
  EXPECT_EQ(button, 2);
  EXPECT_EQ(x, 3);
  EXPECT_EQ(y, 4);
  const gchar* key = nullptr;
  const auto down = make_navigation_event(of(Type::kKeyPress));
  EXPECT_TRUE(gst_navigation_event_parse_key_event(down.get(), &key));
  EXPECT_STREQ(key, "Return");
  const auto command = make_navigation_event(of(Type::kCommand));
  auto code = GST_NAVIGATION_COMMAND_INVALID;
  EXPECT_TRUE(gst_navigation_event_parse_command(command.get(), &code));
  EXPECT_EQ(code, GST_NAVIGATION_COMMAND_LEFT);
}

TEST(NavigationEvents, OfTouchHaveWhatGStreamerHasSince122) {
  EXPECT_THAT(text(of(Type::kTouchDown)),
              ::testing::AllOf(HasSubstr("touch-down"), HasSubstr("identifier=(uint)5"),
                               HasSubstr("pointer_x=(double)3"), HasSubstr("pressure=(double)")));
  EXPECT_THAT(text(of(Type::kTouchUp)),
              ::testing::AllOf(HasSubstr("identifier=(uint)5"), Not(HasSubstr("pressure"))));
  EXPECT_THAT(text(of(Type::kTouchFrame)), Not(HasSubstr("pointer_x")));
  EXPECT_THAT(text(of(Type::kTouchCancel)), HasSubstr("touch-cancel"));
}

#if GST_CHECK_VERSION(1, 22, 0)
TEST(NavigationEvents, HaveModifiersSince122) {
  auto event = of(Type::kKeyPress);
  event.modifiers = GST_NAVIGATION_MODIFIER_SHIFT_MASK | GST_NAVIGATION_MODIFIER_META_MASK;
  const auto made = make_navigation_event(event);
  auto state = GST_NAVIGATION_MODIFIER_NONE;
  ASSERT_TRUE(gst_navigation_event_parse_modifier_state(made.get(), &state));
  EXPECT_EQ(static_cast<unsigned>(state), event.modifiers);
  guint identifier = 0;
  gdouble x = 0;
  gdouble y = 0;
  gdouble pressure = 0;
  const auto touch = make_navigation_event(of(Type::kTouchMotion));
  EXPECT_TRUE(gst_navigation_event_parse_touch_event(touch.get(), &identifier, &x, &y, &pressure));
  EXPECT_EQ(identifier, 5);
}
#endif

TEST(NavigationEvents, FitThePadsPicture) {
  const auto fitted = [](double x, double y, int width, int height) {
    auto event = of(Type::kMouseMove);
    event.x = x;
    event.y = y;
    event.width = width;
    event.height = height;
    fit_into(event, 640, 360);
    return std::make_pair(event.x, event.y);
  };
  EXPECT_EQ(fitted(10.5, 20, 0, 0), std::make_pair(10.5, 20.0));
  EXPECT_EQ(fitted(10, 20, 640, 360), std::make_pair(10.0, 20.0));
  EXPECT_EQ(fitted(10, 20, 320, 180), std::make_pair(20.0, 40.0));
  EXPECT_EQ(fitted(10, 20, 1280, 720), std::make_pair(5.0, 10.0));
  EXPECT_EQ(fitted(-5, 1000, 640, 360), std::make_pair(0.0, 359.0));
  EXPECT_EQ(fitted(1e6, -1e6, 1, 1), std::make_pair(639.0, 0.0));
  auto key = of(Type::kKeyPress);
  fit_into(key, 1, 1);
  EXPECT_EQ(key.x, 3);
}

}  // namespace
}  // namespace webrtcserver
