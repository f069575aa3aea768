// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/client_messages.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using Kind = ClientMessage::Kind;

std::string refusal(std::string_view text) {
  try {
    read_client_message(text);
  } catch (const RefusedMessage& refused) {
    return refused.code();
  }
  return "";
}

TEST(ClientMessages, AreRead) {
  const auto answer =
      read_client_message(R"({"type":"sdp","data":{"type":"answer","sdp":"v=0\r\n"}})");
  EXPECT_EQ(answer.kind, Kind::kAnswer);
  EXPECT_EQ(answer.text, "v=0\r\n");
  const auto candidate = read_client_message(
      R"({"type":"ice","data":{"candidate":"candidate:1","sdpMLineIndex":255}})");
  EXPECT_EQ(candidate.kind, Kind::kCandidate);
  EXPECT_EQ(candidate.text, "candidate:1");
  EXPECT_EQ(candidate.media_index, 255U);
  EXPECT_EQ(read_client_message(R"({"type":"bye"})").kind, Kind::kBye);
}

TEST(ClientMessages, NeedNoMediaForTheEndOfCandidates) {
  const auto end = read_client_message(R"({"type":"ice","data":{"candidate":""}})");
  EXPECT_EQ(end.kind, Kind::kCandidate);
  EXPECT_EQ(end.text, "");
}

TEST(ClientMessages, KeepARequestAsItIs) {
  constexpr std::string_view kRequest = R"({ "id":1, "request":{"type":"message","data":1e2} })";
  const auto request = read_client_message(kRequest);
  EXPECT_EQ(request.kind, Kind::kRequest);
  EXPECT_EQ(request.text, kRequest);
}

TEST(ClientMessages, AreRefusedWithACode) {
  for (const char* text : {"", "[]", "{", "\"bye\"", R"({"type":"bye"} x)"})
    EXPECT_EQ(refusal(text), "bad-json") << text;
  for (const char* text :
       {"{}", R"({"type":7})", R"({"type":"hello"})", R"({"type":"sdp"})",
        R"({"type":"sdp","data":{"type":"offer","sdp":""}})",
        R"({"type":"sdp","data":{"type":"answer"}})",
        R"({"type":"ice","data":{"candidate":"candidate:1"}})",
        R"({"type":"ice","data":{"candidate":"candidate:1","sdpMLineIndex":-1}})",
        R"({"type":"ice","data":{"candidate":"candidate:1","sdpMLineIndex":256}})",
        R"({"type":"ice","data":{"sdpMLineIndex":0}})"})
    EXPECT_EQ(refusal(text), "bad-message") << text;
}

}  // namespace
}  // namespace webrtcserver
