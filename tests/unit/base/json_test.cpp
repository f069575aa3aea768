// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/json.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += R"({"a":)";
  text += "1";
  for (int i = 0; i < depth; ++i) text += "}";
  return text;
}

TEST(JsonReader, ReadsMembersOfTheirType) {
  const JsonReader json(
      R"({"text":"a\u00e4","count":-3,"ratio":0.5,"on":true,"inner":{"text":"b"},"list":[1],"none":null})");
  EXPECT_EQ(json.string("text"), "aä");
  EXPECT_EQ(json.integer("count"), -3);
  EXPECT_EQ(json.number("ratio"), 0.5);
  EXPECT_EQ(json.number("count"), -3.0);
  EXPECT_EQ(json.boolean("on"), true);
  EXPECT_EQ(json.object("inner")->string("text"), "b");
}

TEST(JsonReader, ReadsNothingFromOtherTypes) {
  const JsonReader json(
      R"({"text":"1","count":1,"ratio":1.5,"on":true,"inner":{},"list":["a"],"none":null})");
  for (const char* name : {"count", "ratio", "on", "inner", "list", "none", "missing"}) {
    EXPECT_FALSE(json.string(name)) << name;
  }
  for (const char* name : {"text", "ratio", "on", "inner", "list", "none", "missing"}) {
    EXPECT_FALSE(json.integer(name)) << name;
  }
  for (const char* name : {"text", "on", "inner", "list", "none", "missing"}) {
    EXPECT_FALSE(json.number(name)) << name;
  }
  for (const char* name : {"text", "count", "inner", "list", "none", "missing"}) {
    EXPECT_FALSE(json.boolean(name)) << name;
  }
  for (const char* name : {"text", "count", "on", "list", "none", "missing"}) {
    EXPECT_FALSE(json.object(name)) << name;
  }
}

TEST(JsonReader, KeepsItsDocumentForInnerObjects) {
  const auto inner = JsonReader(R"({"data":{"a":"b"}})").object("data");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->string("a"), "b");
}

TEST(JsonReader, RefusesWhatIsNotAnObject) {
  for (const char* text : {"", " ", "null", "[]", "1", "\"a\"", "{", "{\"a\"}", "{\"a\":}",
                           "{\"a\":1}}", "hello", "{\"a\":1} {\"b\":2}", "{'a':1}"}) {
    EXPECT_THROW(JsonReader{text}, Error) << text;
  }
}

TEST(JsonReader, RefusesBytesThatAreNotText) {
  EXPECT_THROW(JsonReader("{\"a\":\"\xFF\"}"), Error);
  EXPECT_THROW(JsonReader(std::string_view("{\"a\":\"b\0c\"}", 11)), Error);
  EXPECT_THROW(JsonReader(std::string_view("{}\0", 3)), Error);
}

TEST(JsonReader, BoundsTheDepth) {
  EXPECT_NO_THROW(JsonReader{nested(JsonReader::kMaxDepth)});
  EXPECT_THROW(JsonReader{nested(JsonReader::kMaxDepth + 1)}, Error);
  EXPECT_THROW(JsonReader(std::string(60'000, '[')), Error);
  EXPECT_THROW(JsonReader("{\"a\":" + std::string(60'000, '[')), Error);
  // Brackets in a string do not nest.
  EXPECT_EQ(JsonReader("{\"a\":\"\\\"" + std::string(100, '[') + "\"}").string("a")->size(), 101U);
}

// json-glib also reads strings in single quotes and comments, and recurses for each bracket.
TEST(JsonReader, CannotBeTalkedOutOfCountingBrackets) {
  const std::string deep(1'000'000, '[');
  for (const char* blind : {R"({'"':)", R"({/*"*/"a":)", "{//\"\n\"a\":", "{#\"\n\"a\":"}) {
    EXPECT_THROW(JsonReader(blind + deep), Error) << blind;
  }
}

TEST(JsonReader, ReportsProtocolErrors) {
  try {
    JsonReader json("hello");
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kProtocol);
  }
}

TEST(JsonReader, RefusesNumbersThatNoDoubleHolds) {
  for (const char* text : {R"({"a":1e999})", R"({"a":[{"b":-1e999}]})", R"({"a":NaN})"})
    EXPECT_THROW(JsonReader{text}, Error) << text;
  EXPECT_NO_THROW(JsonReader(R"({"a":[1e308,-1e308,1e-999]})"));
}

// json-glib reads more than JSON, and what a browser says is passed on as it stands there.
TEST(JsonReader, RefusesWhatOnlyJsonGlibReads) {
  for (const char* value :
       {"0x1F",    "-0x10",      "010",         "01",     "-01",     ".5",        "-.5",
        "1.",      "1.e1",       "0b11",        "+1",     "1e",      "1e+",       "-",
        "- 1",     "1-1",        "1.2.3",       "1true",  "True",    "truefalse", "nul",
        "nullx",   "a",          "'a'",         "\"\n\"", "\"\t\"",  "\"\x1F\"",  "\"\\x\"",
        "\"\\'\"", "\"\\u00\"",  "\"\\u00g0\"", "\"\\",   "1 2",     "1,",        "[1,]",
        "[1 2]",   "\"a\"\"b\"", "{\"b\":1,}",  "{b:1}",  "{true:1}"})
    EXPECT_THROW(JsonReader(std::string("{\"a\":") + value + "}"), Error) << value;
}

TEST(JsonReader, ReadsEveryFormOfAValue) {
  for (const char* value :
       {"0", "-0", "10", "-1.05", "0.0e0", "1E5", "1e+05", "1e-5", "true", "false", "null", "\"\"",
        R"("\"\\\/\b\f\n\r\t\u00Af")", "\"\x7F\"", "[ ]", "{\t}", "[1\r\n,2]"})
    EXPECT_NO_THROW(JsonReader(std::string("{\"a\":") + value + "}")) << value;
}

TEST(JsonText, IsAsItStandsThere) {
  const std::string text =
      R"( { "a" : [ "]" , {"b":1} ] , "b":"\"}," ,"c":-1.50e2,"d":{},"a":2 } )";
  EXPECT_EQ(json_text(text, "b"), R"("\"},")");
  EXPECT_EQ(json_text(text, "c"), "-1.50e2");
  EXPECT_EQ(json_text(text, "d"), "{}");
  EXPECT_EQ(json_text(text, "a"), "2");
  EXPECT_EQ(json_text(text, "e"), "");
  EXPECT_EQ(json_text("{}", "a"), "");
  EXPECT_EQ(json_text(R"({"\u0061":1})", "a"), "");
}

TEST(JsonWriter, WritesNestedDocuments) {
  const std::string text = JsonWriter()
                               .begin()
                               .add("text", "a\"b\n")
                               .add("count", 1)
                               .add("large", std::int64_t{1} << 40)
                               .add("on", true)
                               .begin("inner")
                               .add("ratio", 0.5)
                               .end()
                               .begin_array("list")
                               .element("x")
                               .begin()
                               .add("y", 2U)
                               .end()
                               .end_array()
                               .end()
                               .text();
  EXPECT_EQ(
      text,
      R"({"text":"a\"b\n","count":1,"large":1099511627776,"on":true,"inner":{"ratio":0.5},"list":["x",{"y":2}]})");
}

TEST(JsonWriter, WritesWhatTheReaderReads) {
  const std::string all = "ä\\/\"\t\x01 </script>";
  const JsonReader json(JsonWriter().begin().add("a", all).end().text());
  EXPECT_EQ(json.string("a"), all);
}

TEST(JsonWriter, EmbedsADocument) {
  const std::string inner = JsonWriter().begin().add("a", 1).end().text();
  EXPECT_EQ(JsonWriter().begin().add_json("data", inner).end().text(), R"({"data":{"a":1}})");
}

TEST(Json, NulIsPartOfAText) {
  const JsonReader json(
      R"({"a":"x\u0000y","b":["\u0000"],"c":{"d":"\u0000"},"e":"\\u0000","f\u0000g":1})");
  EXPECT_EQ(json.string("a"), std::string("x\0y", 3));
  EXPECT_EQ(json.strings("b")->front(), std::string(1, '\0'));
  EXPECT_EQ(json.object("c")->string("d"), std::string(1, '\0'));
  EXPECT_EQ(json.string("e"), "\\u0000");
  EXPECT_FALSE(json.integer("f"));
  EXPECT_EQ(json.members().size(), 5U);
  EXPECT_EQ(JsonReader(R"({"a":"\ufffe"})").string("a"), "\xef\xbf\xbe");
}

}  // namespace
}  // namespace webrtcserver
