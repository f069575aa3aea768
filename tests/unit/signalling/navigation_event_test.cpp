// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/navigation_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "signalling/control_messages.hpp"

namespace webrtcserver {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using Type = NavigationEvent::Type;

std::string request(const std::string& event, const std::string& more = "") {
  return R"({"id":7,"request":{"type":"navigationEvent","event":)" + event + more + "}}";
}

NavigationEvent read(const std::string& event, const std::string& more = "") {
  const ControlRequest read = read_request(request(event, more));
  EXPECT_EQ(read.id, 7);
  EXPECT_EQ(read.type, ControlRequest::Type::kNavigation);
  return read.navigation.value();
}

std::string refusal(const std::string& event, const std::string& more = "") {
  try {
    read_request(request(event, more));
  } catch (const ControlError& error) {
    EXPECT_EQ(error.id(), 7);
    return error.code();
  }
  return "none";
}

TEST(NavigationEvent, IsReadWithAllThatItHas) {
  const auto move = read(R"({"event":"MouseMove","x":1.5,"y":-2,"width":640,"height":360})");
  EXPECT_EQ(move.type, Type::kMouseMove);
  EXPECT_EQ(move.x, 1.5);
  EXPECT_EQ(move.y, -2);
  EXPECT_EQ(move.width, 640);
  EXPECT_EQ(move.height, 360);
  EXPECT_EQ(move.track, 0);
  EXPECT_TRUE(move.is_move());

  const auto press =
      read(R"({"event":"MouseButtonPress","x":1,"y":2,"button":3})", R"(,"track":2)");
  EXPECT_EQ(press.type, Type::kMouseButtonPress);
  EXPECT_EQ(press.button, 3);
  EXPECT_EQ(press.track, 2);
  EXPECT_FALSE(press.is_move());
  EXPECT_EQ(read(R"({"event":"MouseButtonRelease","x":1,"y":2,"button":3})").type,
            Type::kMouseButtonRelease);

  const auto scroll = read(R"({"event":"MouseScroll","x":1,"y":2,"delta_x":0,"delta_y":-53.5})");
  EXPECT_EQ(scroll.type, Type::kMouseScroll);
  EXPECT_EQ(scroll.delta_x, 0);
  EXPECT_EQ(scroll.delta_y, -53.5);

  const auto key =
      read(R"({"event":"KeyPress","key":"Return","modifier_state":"shift-mask+mod1-mask"})");
  EXPECT_EQ(key.type, Type::kKeyPress);
  EXPECT_EQ(key.key, "Return");
  EXPECT_EQ(key.modifiers, 1U | 8U);
  EXPECT_EQ(read(R"({"event":"KeyRelease","key":"ä","modifier_state":""})").key, "ä");

  const auto touch = read(R"({"event":"TouchDown","x":1,"y":2,"identifier":9,"pressure":0.5})");
  EXPECT_EQ(touch.type, Type::kTouchDown);
  EXPECT_EQ(touch.identifier, 9);
  EXPECT_EQ(touch.pressure, 0.5);
  const auto motion = read(R"({"event":"TouchMotion","x":1,"y":2,"identifier":9})");
  EXPECT_TRUE(motion.is_move());
  EXPECT_TRUE(std::isnan(motion.pressure));
  EXPECT_EQ(read(R"({"event":"TouchUp","x":1,"y":2,"identifier":4294967295})").identifier,
            4294967295U);
  EXPECT_EQ(read(R"({"event":"TouchFrame"})").type, Type::kTouchFrame);
  EXPECT_EQ(read(R"({"event":"TouchCancel","modifier_state":"meta-mask"})").modifiers, 1U << 28);
  EXPECT_EQ(read(R"({"event":"Command","command":"left"})").command, 20);
}

TEST(NavigationEvent, WhatIsMissingOrOfAnotherTypeIsRefused) {
  for (const char* event : {"null",
                            "1",
                            "[]",
                            "{}",
                            R"({"event":1})",
                            R"({"event":"mouse-move","x":1,"y":1})",
                            R"({"event":"MouseMove"})",
                            R"({"event":"MouseMove","x":1})",
                            R"({"event":"MouseMove","x":"1","y":1})",
                            R"({"event":"MouseMove","x":null,"y":1})",
                            R"({"event":"MouseMove","x":1,"y":true})",
                            R"({"event":"MouseMove","x":1,"y":[2]})",
                            R"({"event":"MouseMove","x":1,"y":1,"button":1})",
                            R"({"event":"MouseMove","x":1,"y":1,"width":640})",
                            R"({"event":"MouseMove","x":1,"y":1,"width":640.5,"height":360})",
                            R"({"event":"MouseMove","x":1,"y":1,"modifier_state":1})",
                            R"({"event":"MouseButtonPress","x":1,"y":1})",
                            R"({"event":"MouseButtonPress","x":1,"y":1,"button":1.5})",
                            R"({"event":"MouseScroll","x":1,"y":1,"delta_x":1})",
                            R"({"event":"KeyPress"})",
                            R"({"event":"KeyPress","key":65})",
                            R"({"event":"KeyPress","key":"a","x":1})",
                            R"({"event":"TouchDown","x":1,"y":1})",
                            R"({"event":"TouchUp","x":1,"y":1,"identifier":1,"pressure":1})",
                            R"({"event":"Command"})"}) {
    EXPECT_EQ(refusal(event), "bad-request") << event;
  }
  EXPECT_EQ(refusal(R"({"event":"TouchFrame"})", R"(,"mid":"video0")"), "bad-request");
  EXPECT_EQ(refusal(R"({"event":"TouchFrame"})", R"(,"track":"0")"), "bad-request");
}

TEST(NavigationEvent, WhatIsOutOfRangeIsRefused) {
  for (const char* event :
       {R"({"event":"MouseMove","x":1e7,"y":1})", R"({"event":"MouseMove","x":1,"y":-1e300})",
        R"({"event":"MouseMove","x":1,"y":1,"width":0,"height":1})",
        R"({"event":"MouseMove","x":1,"y":1,"width":1,"height":1000000})",
        R"({"event":"MouseMove","x":1,"y":1,"modifier_state":"alt-mask"})",
        R"({"event":"MouseButtonPress","x":1,"y":1,"button":0})",
        R"({"event":"MouseButtonPress","x":1,"y":1,"button":9223372036854775807})",
        R"({"event":"MouseScroll","x":1,"y":1,"delta_x":1e9,"delta_y":0})",
        R"({"event":"KeyPress","key":""})", R"({"event":"KeyPress","key":"a b"})",
        R"({"event":"KeyPress","key":"\n"})",
        R"({"event":"TouchDown","x":1,"y":1,"identifier":-1})",
        R"({"event":"TouchDown","x":1,"y":1,"identifier":4294967296})",
        R"({"event":"TouchDown","x":1,"y":1,"identifier":1,"pressure":1.1})",
        R"({"event":"Command","command":"format-disk"})"}) {
    EXPECT_EQ(refusal(event), "range") << event;
  }
  EXPECT_EQ(refusal(R"({"event":"KeyPress","key":")" + std::string(65, 'a') + "\"}"), "range");
  EXPECT_EQ(refusal(R"({"event":"TouchFrame"})", R"(,"track":256)"), "range");
}

TEST(NavigationEvent, WhatIsNoNumberOrNoCharacterIsNoJson) {
  for (const char* event :
       {R"({"event":"MouseMove","x":NaN,"y":1})", R"({"event":"MouseMove","x":1e999,"y":1})",
        R"({"event":"MouseMove","x":Infinity,"y":1})", R"({"event":"KeyPress","key":"\ud800"})"}) {
    EXPECT_EQ(refusal(event), "bad-json") << event;
  }
}

TEST(NavigationEvent, ARefusalQuotesAStrangerSafely) {
  try {
    read_request(request(R"({"event":"\"\u0001"})"));
    FAIL();
  } catch (const ControlError& error) {
    EXPECT_THAT(error.what(), HasSubstr("There is no event"));
    EXPECT_EQ(JsonReader(write_reply(error)).integer("id"), 7);
  }
}

TEST(NavigationEvent, HalfACharacterIsRefusedInWordsThatAreJson) {
  try {
    read_request(request(R"({"event":"\ud800"})"));
    FAIL();
  } catch (const ControlError& error) {
    // Newer json-glib does not read it, and the request has no number then.
    EXPECT_THAT(error.what(), AnyOf(HasSubstr("There is no event"), HasSubstr("not JSON")));
    EXPECT_NO_THROW(JsonReader(write_reply(error)));
  }
}

}  // namespace
}  // namespace webrtcserver
