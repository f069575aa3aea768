// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/control_messages.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/json.hpp"

namespace webrtcserver {
namespace {

struct Refusal {
  std::optional<std::int64_t> id;
  std::string code;
};

Refusal refusal(const std::string& text) {
  try {
    read_request(text);
  } catch (const ControlError& error) {
    return {error.id(), error.code()};
  }
  return {{}, "none"};
}

std::string request(const std::string& data) {
  return R"({"id":7,"request":{"type":"message","data":)" + data + "}}";
}

TEST(ControlMessages, ReadAMessageWithWhateverData) {
  for (const char* data :
       {"1", "null", "true", "\"a\"", "[1,[2]]", R"({"a":{"b":"}"}})", R"("a\u0000b\"")",
        "100000000000000000000", "-0.0", "1e300", "[]", "{}"}) {
    const ControlRequest read = read_request(request(data));
    EXPECT_EQ(read.id, 7);
    EXPECT_EQ(read.data, data);
  }
  EXPECT_EQ(
      read_request(" { \"request\" : { \"data\" : [ 1 ] , \"type\" : \"message\" } , \"id\" : 2 } ")
          .data,
      "[ 1 ]");
}

TEST(ControlMessages, SayWhatIsWrongAndWithWhich) {
  for (const char* data : {"NaN", "Infinity", "1e999", "[-1e999]", "{\"a\":1e999}", "", "{", "0x1F",
                           "[.5]", "\"\n\"", "\"\\'\""}) {
    const Refusal refused = refusal(request(data));
    EXPECT_EQ(refused.code, "bad-json") << data;
    EXPECT_EQ(refused.id, 7) << data;
  }
  EXPECT_EQ(refusal("x").code, "bad-json");
  EXPECT_EQ(refusal("[]").code, "bad-json");
  EXPECT_EQ(refusal("{}").code, "bad-request");
  EXPECT_EQ(refusal(R"({"id":"1","request":{"type":"message","data":1}})").code, "bad-request");
  for (const char* text : {R"({"id":3})", R"({"id":3,"request":1})", R"({"id":3,"request":{}})",
                           R"({"id":3,"request":{"type":"message"}})",
                           R"({"id":3,"request":{"type":"message","data":1,"more":2}})",
                           R"({"id":3,"more":1,"request":{"type":"message","data":1}})"}) {
    EXPECT_EQ(refusal(text).code, "bad-request") << text;
    EXPECT_EQ(refusal(text).id, 3) << text;
  }
  EXPECT_EQ(refusal(R"({"id":3,"request":{"type":"sit","values":{}}})").code, "unknown-request");
}

TEST(ControlMessages, ReadWhatIsToBeSet) {
  const ControlRequest read =
      read_request(R"({"id":2,"request":{"type":"set","values":{"speed":70,"text":"a"}}})");
  EXPECT_EQ(read.id, 2);
  EXPECT_EQ(read.type, ControlRequest::Type::kSet);
  EXPECT_EQ(read.values->number("speed"), 70);
  EXPECT_EQ(read.values->string("text"), "a");
  EXPECT_EQ(read_request(R"({"id":3,"request":{"type":"controls"}})").type,
            ControlRequest::Type::kControls);
  for (const char* text :
       {R"({"id":3,"request":{"type":"set"}})", R"({"id":3,"request":{"type":"set","values":[1]}})",
        R"({"id":3,"request":{"type":"set","values":{},"by":"me"}})",
        R"({"id":3,"request":{"type":"controls","values":{}}})"})
    EXPECT_EQ(refusal(text).code, "bad-request") << text;
}

TEST(ControlMessages, ReadWhatIsToBeDone) {
  const ControlRequest read =
      read_request(R"({"id":2,"request":{"type":"action","name":"reset"}})");
  EXPECT_EQ(read.type, ControlRequest::Type::kAction);
  EXPECT_EQ(read.name, "reset");
  EXPECT_EQ(read_request(R"({"id":3,"request":{"type":"acquire"}})").type,
            ControlRequest::Type::kAcquire);
  EXPECT_EQ(read_request(R"({"id":3,"request":{"type":"release"}})").type,
            ControlRequest::Type::kRelease);
  for (const char* text : {R"({"id":3,"request":{"type":"action"}})",
                           R"({"id":3,"request":{"type":"action","name":7}})",
                           R"({"id":3,"request":{"type":"action","name":"a","values":{}}})",
                           R"({"id":3,"request":{"type":"acquire","for":"me"}})"})
    EXPECT_EQ(refusal(text).code, "bad-request") << text;
}

TEST(ControlMessages, AnErrorNamesItsControl) {
  const JsonReader reply(write_reply(ControlError(4, "range", "Too much.", "speed")));
  EXPECT_EQ(reply.object("error")->string("control"), "speed");
  EXPECT_EQ(reply.object("error")->string("code"), "range");
  EXPECT_EQ(reply.integer("id"), 4);
}

TEST(ControlMessages, RefuseHalfACharacterInWholeOnes) {
  for (const std::string& name :
       {std::string("\\ud800"), std::string("a") + "ääääääääääääääääääää"}) {
    try {
      read_request(R"({"id":1,"request":{"type":"message",")" + name + R"(":1}})");
      FAIL() << name;
    } catch (const ControlError& error) {
      EXPECT_NO_THROW(webrtcserver::JsonReader(write_reply(error))) << name;
    }
  }
}

TEST(ControlMessages, RefuseTextThatBreaksOffInWholeCharacters) {
  for (int count = 0; count < 60; ++count) {
    std::string text = R"({"id":1,"request":{"type":"message",")";
    for (int i = 0; i < count; ++i) text += "€";
    try {
      read_request(text + "\"");
      FAIL() << count;
    } catch (const ControlError& error) {
      EXPECT_NO_THROW(webrtcserver::JsonReader(write_reply(error))) << count;
    }
  }
}

TEST(ControlMessages, GlimpseTheIdOfABeginning) {
  EXPECT_EQ(glimpse_id(R"({"id":12,"requ)"), 12);
  EXPECT_FALSE(glimpse_id(R"({"id":12)"));
  EXPECT_FALSE(glimpse_id(R"({"request":{}})"));
  EXPECT_FALSE(glimpse_id(""));
}

TEST(ControlMessages, ReplyInTheFormOfTheProtocol) {
  EXPECT_EQ(write_reply(1), R"({"type":"ControlResponseMessage","id":1,"error":null})");
  EXPECT_EQ(
      write_reply(ControlError({}, "rate", "Slow.")),
      R"({"type":"ControlResponseMessage","id":null,"error":{"code":"rate","message":"Slow."}})");
}

TEST(ControlMessages, CarryOneJsonValue) {
  EXPECT_EQ(write_message("{\"a\":1}"), R"({"type":"message","data":{"a":1}})");
  EXPECT_EQ(write_message(" \"a\\u0000\" "), "{\"type\":\"message\",\"data\": \"a\\u0000\" }");
  for (const char* text : {"", " ", "a", "1,2", "1}", "1,\"type\":\"x\"", "1,\"more\":2", "NaN",
                           "1,\"data\":2", "}", "1},{", "010", "1.", "\"\\x\"", "\"\t\""})
    EXPECT_THROW(write_message(text), Error) << text;
}

}  // namespace
}  // namespace webrtcserver
