// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket_frames.hpp"

#include <gtest/gtest.h>

#include "raw_client.hpp"

namespace webrtcserver {
namespace {

constexpr std::size_t kMax = 1000;

std::string encode(Opcode opcode, std::string_view payload, bool fin = true, bool masked = true) {
  return test::RawWebSocket::encode(opcode, payload, fin, masked);
}

CloseCode failure_of(const std::string& bytes) {
  FrameReader reader(kMax);
  reader.push(bytes);
  try {
    while (reader.next()) {
    }
  } catch (const FrameError& error) {
    return error.code();
  }
  return CloseCode::kNormal;
}

TEST(FrameReader, ReadsMessagesOfEveryLengthForm) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 1000U}) {
    FrameReader reader(kMax);
    reader.push(encode(Opcode::kText, std::string(size, 'a')));
    const auto message = reader.next();
    ASSERT_TRUE(message) << size;
    EXPECT_EQ(message->opcode, Opcode::kText);
    EXPECT_EQ(message->payload, std::string(size, 'a'));
    EXPECT_FALSE(reader.next());
  }
  FrameReader reader(100'000);
  reader.push(encode(Opcode::kBinary, std::string(70'000, 'b')));
  EXPECT_EQ(reader.next()->payload.size(), 70'000U);
}

TEST(FrameReader, ReadsMessagesThatComeByteByByte) {
  FrameReader reader(kMax);
  const std::string bytes =
      encode(Opcode::kText, std::string(300, 'x')) + encode(Opcode::kPing, "p");
  std::vector<Opcode> seen;
  for (const char byte : bytes) {
    reader.push(std::string_view(&byte, 1));
    while (const auto message = reader.next()) seen.push_back(message->opcode);
  }
  EXPECT_EQ(seen, (std::vector<Opcode>{Opcode::kText, Opcode::kPing}));
}

TEST(FrameReader, JoinsFragmentsAroundControlFrames) {
  FrameReader reader(kMax);
  // The first fragment ends inside a character.
  reader.push(encode(Opcode::kText, "\xC3", false) + encode(Opcode::kPing, "p") +
              encode(Opcode::kContinuation, "", false) + encode(Opcode::kContinuation, "\xA4"));
  EXPECT_EQ(reader.next()->opcode, Opcode::kPing);
  EXPECT_EQ(reader.next()->payload, "ä");
  EXPECT_FALSE(reader.next());
}

TEST(FrameReader, RefusesLargeMessagesByTheirHeader) {
  EXPECT_EQ(failure_of(encode(Opcode::kText, std::string(kMax + 1, 'a')).substr(0, 4)),
            CloseCode::kTooLarge);
  EXPECT_EQ(failure_of("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), CloseCode::kTooLarge);
  const std::string eternal = std::string("\x81\xFF", 2) + std::string(8, '\xFF');
  EXPECT_EQ(failure_of(eternal), CloseCode::kTooLarge);
}

TEST(FrameReader, RefusesLargeMessagesInFragments) {
  std::string bytes = encode(Opcode::kText, std::string(600, 'a'), false);
  EXPECT_EQ(failure_of(bytes), CloseCode::kNormal);
  EXPECT_EQ(failure_of(bytes + encode(Opcode::kContinuation, std::string(400, 'a'), false)),
            CloseCode::kNormal);
  EXPECT_EQ(failure_of(bytes + encode(Opcode::kContinuation, std::string(401, 'a'), false)),
            CloseCode::kTooLarge);
}

TEST(FrameReader, RefusesBrokenFrames) {
  EXPECT_EQ(failure_of(encode(Opcode::kText, "a", true, false)), CloseCode::kProtocolError)
      << "unmasked";
  std::string reserved = encode(Opcode::kText, "a");
  reserved[0] = static_cast<char>(0xC1);
  EXPECT_EQ(failure_of(reserved), CloseCode::kProtocolError) << "compressed";
  EXPECT_EQ(failure_of(encode(static_cast<Opcode>(3), "a")), CloseCode::kProtocolError)
      << "unknown";
  EXPECT_EQ(failure_of(encode(static_cast<Opcode>(0xB), "a")), CloseCode::kProtocolError)
      << "unknown control";
  EXPECT_EQ(failure_of(encode(Opcode::kPing, "a", false)), CloseCode::kProtocolError)
      << "fragmented control";
  EXPECT_EQ(failure_of(encode(Opcode::kPing, std::string(126, 'a'))), CloseCode::kProtocolError)
      << "long control";
  EXPECT_EQ(failure_of(encode(Opcode::kContinuation, "a")), CloseCode::kProtocolError)
      << "continues nothing";
  EXPECT_EQ(failure_of(encode(Opcode::kText, "a", false) + encode(Opcode::kText, "b")),
            CloseCode::kProtocolError);
  EXPECT_EQ(failure_of(std::string("\x81\xFE\x00\x01mask", 8) + "a"), CloseCode::kProtocolError)
      << "long length";
  EXPECT_EQ(failure_of(encode(Opcode::kText, "\xFF")), CloseCode::kBadData);
  EXPECT_EQ(failure_of(encode(Opcode::kText, std::string_view("a\0b", 3))), CloseCode::kBadData);
}

TEST(FrameReader, LeavesBinaryBytesAlone) {
  FrameReader reader(kMax);
  reader.push(encode(Opcode::kBinary, std::string_view("\xFF\0", 2)));
  EXPECT_EQ(reader.next()->payload, std::string("\xFF\0", 2));
}

TEST(CloseFrame, CutsItsReasonAtACharacter) {
  std::string reason(122, 'a');
  reason += "ä";
  const std::string frame = make_close_frame(CloseCode::kNormal, reason);
  EXPECT_EQ(frame.substr(2), std::string("\x03\xE8") + std::string(122, 'a'));
  EXPECT_EQ(make_close_frame(CloseCode::kNoStatus, "x").size(), 2U);
}

TEST(CloseFrame, AcceptsOnlyCodesThatMayBeSent) {
  const auto payload = [](unsigned code) {
    return std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  };
  EXPECT_EQ(parse_close(""), CloseCode::kNoStatus);
  EXPECT_EQ(parse_close(payload(1000) + "done"), CloseCode::kNormal);
  EXPECT_EQ(static_cast<unsigned>(parse_close(payload(4999))), 4999U);
  EXPECT_THROW(parse_close("x"), FrameError);
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U, 65535U}) {
    EXPECT_THROW(parse_close(payload(code)), FrameError) << code;
  }
  EXPECT_THROW(parse_close(payload(1000) + "\xFF"), FrameError);
}

}  // namespace
}  // namespace webrtcserver
