// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace webrtcserver {
namespace {

using testing::HasSubstr;
using Type = ControlSpec::Type;

ControlSpec spec(Type type) {
  ControlSpec control;
  control.name = "it";
  control.type = type;
  return control;
}

ControlSpec number(double min, double max, bool whole = false) {
  ControlSpec control = spec(Type::kNumber);
  control.min = min;
  control.max = max;
  control.whole = whole;
  return control;
}

// "<code> <message>", or the value that was read.
std::string read(const ControlSpec& control, const std::string& json) {
  try {
    const ControlValue value = read_value(control, JsonReader("{\"it\":" + json + "}"));
    JsonWriter writer;
    writer.begin();
    write_value(writer, "it", value);
    return writer.end().text();
  } catch (const ControlFault& fault) {
    EXPECT_EQ(fault.control(), "it");
    return std::string(fault.code()) + " " + fault.what();
  }
}

TEST(Control, NumbersHaveARange) {
  const ControlSpec speed = number(0, 100);
  EXPECT_EQ(read(speed, "70"), R"({"it":70})");
  EXPECT_EQ(read(speed, "0.25"), R"({"it":0.25})");
  EXPECT_EQ(read(speed, "100"), R"({"it":100})");
  EXPECT_EQ(read(speed, "100.01"), "range \"it\" takes numbers from 0 to 100.");
  EXPECT_EQ(read(speed, "-1"), "range \"it\" takes numbers from 0 to 100.");
  for (const char* wrong : {"\"70\"", "true", "null", "[70]", "{}"})
    EXPECT_THAT(read(speed, wrong), HasSubstr("type ")) << wrong;
}

TEST(Control, WholeNumbersAreWhole) {
  EXPECT_EQ(read(number(-5, 5, true), "-5"), R"({"it":-5})");
  EXPECT_EQ(read(number(-5, 5, true), "1.5"), "type \"it\" takes whole numbers from -5 to 5.");
}

TEST(Control, WhatIsNoNumberIsNotTaken) {
  for (const double wrong :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_THROW(check_value(number(0, 1), wrong), ControlFault);
}

TEST(Control, TextHasALength) {
  ControlSpec text = spec(Type::kString);
  text.max_length = 3;
  EXPECT_EQ(read(text, "\"äöü\""), "{\"it\":\"äöü\"}");
  EXPECT_EQ(read(text, "\"\""), "{\"it\":\"\"}");
  EXPECT_EQ(read(text, "\"äöüx\""), "too-long \"it\" takes at most 3 characters.");
  EXPECT_THAT(read(text, "7"), HasSubstr("type "));
  EXPECT_THROW(check_value(text, std::string("a\0b", 3)), ControlFault);
  EXPECT_THROW(check_value(text, std::string("\xff")), ControlFault);
}

TEST(Control, ChoicesAreAmongThoseThereAre) {
  ControlSpec pattern = spec(Type::kEnum);
  pattern.choices = {{"smpte", "Bars"}, {"snow", "Snow"}};
  EXPECT_EQ(read(pattern, "\"snow\""), R"({"it":"snow"})");
  EXPECT_EQ(read(pattern, "\"rain\""), "range \"it\" takes one of smpte, snow.");
  EXPECT_THAT(read(pattern, "1"), HasSubstr("type "));
  pattern.type = Type::kFlags;
  EXPECT_EQ(read(pattern, "\"snow+smpte\""), R"({"it":"snow+smpte"})");
  EXPECT_EQ(read(pattern, "\"\""), R"({"it":""})");
  EXPECT_THAT(read(pattern, "\"snow+rain\""), HasSubstr("range "));
}

TEST(Control, ColoursAndFractionsAreWrittenOneWay) {
  const ControlSpec color = spec(Type::kColor);
  EXPECT_EQ(read(color, "\"#Ff0080\""), "{\"it\":\"#Ff0080\"}");
  EXPECT_EQ(read(color, "\"#80ff0080\""), "{\"it\":\"#80ff0080\"}");
  for (const char* wrong : {"\"red\"", "\"#ff00\"", "\"#gg0000\"", "\"\""})
    EXPECT_THAT(read(color, wrong), HasSubstr("range ")) << wrong;
  ControlSpec rate = spec(Type::kFraction);
  rate.max = 60;
  EXPECT_EQ(read(rate, "\"30000/1001\""), R"({"it":"30000/1001"})");
  for (const char* wrong : {"\"61/1\"", "\"1/0\"", "\"1/-2\"", "\"30\"", "\"/\"", "\"-1/2\""})
    EXPECT_THAT(read(rate, wrong), HasSubstr("range ")) << wrong;
  EXPECT_EQ(read(rate, "\"30\""), "range \"it\" takes a fraction such as \"30/1\" from 0 to 60.");
  rate.min = 1.0 / 2147483647;
  rate.max = 2147483647;
  EXPECT_EQ(read(rate, "\"1/0\""), "range \"it\" takes a fraction such as \"30/1\" from 0 up.");
  rate.min = -2147483647;
  EXPECT_EQ(read(rate, "\"1/0\""), "range \"it\" takes a fraction such as \"30/1\".");
}

TEST(Control, TextIsNotCutAtNul) {
  EXPECT_EQ(read(spec(Type::kString), R"("a\u0000b")"),
            "type \"it\" takes text in UTF-8, without NUL.");
  EXPECT_EQ(read(spec(Type::kString), R"("a\\u0000b")"), R"({"it":"a\\u0000b"})");
  ControlSpec pattern = spec(Type::kEnum);
  pattern.choices = {{"snow", "Snow"}};
  EXPECT_THAT(read(pattern, R"("snow\u0000")"), HasSubstr("range "));
  EXPECT_THAT(read(spec(Type::kColor), R"("#ff0080\u0000")"), HasSubstr("range "));
}

TEST(Control, AnActionHasNoValue) {
  EXPECT_EQ(read(spec(Type::kAction), "true"), "type \"it\" is an action, without a value.");
}

TEST(Control, NumbersMayHaveNoLimits) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const ControlSpec any = number(-kInfinity, kInfinity);
  EXPECT_EQ(read(any, "1e300"), R"({"it":1.0000000000000001e+300})");
  EXPECT_THROW(check_value(any, kInfinity), ControlFault);
  JsonWriter json;
  json.begin().begin_array("controls");
  write_control(json, any, 1.0);
  json.end_array();
  EXPECT_EQ(json.end().text(),
            R"({"controls":[{"name":"it","label":"","type":"number","value":1}]})");
}

TEST(Control, NamesAreSimple) {
  EXPECT_TRUE(is_control_name("a.B-c_9"));
  for (const char* wrong : {"", "a b", "a=b", "ä", "a:b"}) EXPECT_FALSE(is_control_name(wrong));
  EXPECT_TRUE(is_control_name(std::string(64, 'x')));
  EXPECT_FALSE(is_control_name(std::string(65, 'x')));
}

TEST(Control, ReadOnlyIsReadOnly) {
  ControlSpec indicator = spec(Type::kBoolean);
  EXPECT_EQ(read(indicator, "true"), R"({"it":true})");
  indicator.read_only = true;
  EXPECT_EQ(read(indicator, "true"), "read-only \"it\" cannot be changed.");
}

TEST(Control, DescribesItself) {
  ControlSpec speed = number(0, 100, true);
  speed.label = "Speed";
  speed.step = 1;
  JsonWriter json;
  json.begin().begin_array("controls");
  write_control(json, speed, 50.0);
  json.end_array();
  EXPECT_EQ(json.end().text(),
            R"({"controls":[{"name":"it","label":"Speed","type":"number","min":0,"max":100,)"
            R"("step":1,"value":50}]})");
}

}  // namespace
}  // namespace webrtcserver
