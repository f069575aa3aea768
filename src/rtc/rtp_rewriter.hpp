// SPDX-License-Identifier: LGPL-2.1-or-later
// rtp_rewriter.hpp — gives shared RTP packets the identity they have for one peer.
// Lives on the peer's feed thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ref.hpp"
#include "codec/rtp_frame.hpp"

namespace webrtcserver {

// SSRC, payload type, sequence number, timestamp and header extensions belong to the peer; the
// payload is shared by reference. Sequence numbers run on without a gap whatever was left out or
// restarted before, and timestamps follow RtpFrame::time, so that an encoder's restart is not seen
// by the peer.
class RtpRewriter {
 public:
  struct Settings {
    std::uint32_t ssrc = 0;
    int clock_rate = 90000;  // Hz
    int payload_type = 96;
    std::optional<int> playout_delay_id;
  };

  explicit RtpRewriter(const Settings& settings);

  // `time`: when the frame is presented, on the pipeline's clock; usually the frame's own.
  // The playout-delay extension (minimum = maximum = 0) goes with every key frame.
  Ref<GstBufferList> rewrite(const RtpFrame& frame, GstClockTime time);
  // What the packets of a frame that is presented then carry. Any thread.
  std::uint32_t timestamp(GstClockTime time) const;

 private:
  Ref<GstBuffer> rewrite(GstBuffer* packet, std::uint32_t timestamp, GstClockTime time,
                         bool with_playout_delay);

  const Settings settings_;
  const std::uint32_t timestamp_offset_;
  std::uint16_t next_sequence_;
};

}  // namespace webrtcserver
