// SPDX-License-Identifier: LGPL-2.1-or-later
// rtp_frames.hpp — RTP packets and frames as an encoding makes them, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "codec/rtp_frame.hpp"

namespace webrtcserver::test {

struct RtpFields {
  std::uint32_t ssrc = 0;
  int payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::string extension;  // bytes behind the fixed header, with the extension's own header
  std::string payload;

  bool operator==(const RtpFields&) const = default;
};

// A header and a payload of their own memories, as GStreamer's payloaders make them.
Ref<GstBuffer> make_packet(const RtpFields& fields);
Ref<GstBuffer> make_buffer(const std::string& bytes);

// Fails the test when the packet is no RTP.
RtpFields read_packet(GstBuffer* packet);
std::vector<RtpFields> read_packets(GstBufferList* packets);

std::string bytes_of(GstBuffer* buffer);

struct FrameSpec {
  GstClockTime time = 0;
  bool key_frame = true;
  unsigned packets = 1;
  std::size_t payload_size = 100;  // bytes a packet
};

RtpFramePtr make_frame(const FrameSpec& spec);
RtpFramePtr make_frame(const std::vector<Ref<GstBuffer>>& packets, GstClockTime time,
                       bool key_frame);

}  // namespace webrtcserver::test
