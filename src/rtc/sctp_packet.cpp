// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_packet.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kCommonHeader = 12;
constexpr std::size_t kChunkHeader = 4;  // type, flags, length with this header
constexpr std::size_t kAlignment = 4;
constexpr std::uint8_t kShutdown = 7;
constexpr std::uint8_t kShutdownAck = 8;

}  // namespace

bool asks_for_shutdown(std::span<const std::uint8_t> packet) {
  std::size_t at = kCommonHeader;
  while (at + kChunkHeader <= packet.size()) {
    if (packet[at] == kShutdown || packet[at] == kShutdownAck) return true;
    const std::size_t length = packet[at + 2] * std::size_t{256} + packet[at + 3];
    if (length < kChunkHeader) return false;  // SCTP itself reads no further
    at += (length + kAlignment - 1) / kAlignment * kAlignment;
  }
  return false;
}

}  // namespace webrtcserver
