// SPDX-License-Identifier: LGPL-2.1-or-later
// media.hpp — input for the tests, and what they look up in its RTP.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "codec/encoder_catalogue.hpp"
#include "codec/rtp_frame.hpp"

namespace webrtcserver::testing {

struct Media {
  Ref<GstCaps> caps;
  std::vector<Ref<GstBuffer>> buffers;
};

// All that the pipeline `description` (gst-launch syntax, without sink) makes.
Media make_media(const std::string& description);
Media raw_video(int width, int height, int frames);
Media raw_audio(int channels, int buffers);  // 10 ms each

// A clock time far from zero, as a system clock's is.
inline constexpr GstClockTime kStart = 100000 * GST_SECOND;
inline constexpr GstClockTime kFrameTime = GST_SECOND / 30;

RtpFramePtr make_frame(bool key_frame, GstClockTime time, gsize size = 1000);

// One byte string per packet, RTP header included.
std::vector<std::vector<std::uint8_t>> packets_of(const RtpFrame& frame);
std::uint32_t rtp_timestamp(const std::vector<std::uint8_t>& packet);
bool has_marker(const std::vector<std::uint8_t>& packet);
// The types of the NAL units in the frame's packets, in order; a fragmented one once.
std::vector<int> h264_nal_types(const RtpFrame& frame);

// Encoders that fail, as rows ahead of a working one. Registered on first use.
//   at READY; when they start to play; when the fifth frame comes.
inline constexpr const char* kFailsAtReady = "codectestfailsatready";
inline constexpr const char* kFailsToStart = "codectestfailstostart";
inline constexpr const char* kFailsLater = "codectestfailslater";
void register_failing_encoders();

// A row for one of them, with the properties of x264enc's.
Encoder h264_row(const char* factory);

}  // namespace webrtcserver::testing
