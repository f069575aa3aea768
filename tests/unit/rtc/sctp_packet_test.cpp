// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_packet.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace webrtcserver {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes packet(const std::vector<Bytes>& chunks) {
  Bytes bytes(12, 0x07);  // ports, tag and checksum are nobody's business
  for (const Bytes& chunk : chunks) {
    bytes.insert(bytes.end(), chunk.begin(), chunk.end());
    bytes.resize((bytes.size() + 3) / 4 * 4);
  }
  return bytes;
}

Bytes chunk(std::uint8_t type, std::size_t value_bytes) {
  const std::size_t length = 4 + value_bytes;
  Bytes bytes{type, 0, static_cast<std::uint8_t>(length >> 8U), static_cast<std::uint8_t>(length)};
  bytes.resize(length, 7);
  return bytes;
}

TEST(SctpPacket, AShutdownIsFoundWhereverItStands) {
  EXPECT_TRUE(asks_for_shutdown(packet({chunk(7, 4)})));
  EXPECT_TRUE(asks_for_shutdown(packet({chunk(8, 0)})));
  EXPECT_TRUE(asks_for_shutdown(packet({chunk(3, 12), chunk(0, 13), chunk(7, 4)})));
  EXPECT_TRUE(asks_for_shutdown(packet({chunk(0, 300), chunk(8, 0)}))) << "a length of two bytes";
}

TEST(SctpPacket, OthersPass) {
  for (const std::uint8_t type : {0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 14, 130, 192})
    EXPECT_FALSE(asks_for_shutdown(packet({chunk(type, 13), chunk(0, 5)}))) << int{type};
}

TEST(SctpPacket, WhatIsCutShortHoldsNone) {
  const Bytes whole = packet({chunk(0, 13), chunk(7, 4)});
  for (std::size_t size = 0; size < 12 + 20; ++size)
    EXPECT_FALSE(asks_for_shutdown(std::span(whole).first(size))) << size;
  EXPECT_FALSE(asks_for_shutdown(packet({{0, 0, 0, 3}, chunk(7, 4)}))) << "shorter than its header";
  EXPECT_FALSE(asks_for_shutdown(packet({{0, 0, 0xff, 0xff}, chunk(7, 4)})));
}

}  // namespace
}  // namespace webrtcserver
