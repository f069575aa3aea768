// SPDX-License-Identifier: LGPL-2.1-or-later
// rtp_frame.hpp — what an encoding hands to its viewers: one frame as RTP packets, shared and
// immutable.
#pragma once

#include <memory>

#include "base/ref.hpp"

namespace webrtcserver {

struct RtpFrame {
  Ref<GstBufferList> packets;  // RTP packets of one access unit or audio frame; never written to
  GstClockTime time;  // presentation time on the pipeline's clock, in ns: running time + base time
  gsize size;         // of all packets, in bytes
  bool key_frame;     // decodable without an earlier frame; always true for audio
};

using RtpFramePtr = std::shared_ptr<const RtpFrame>;

}  // namespace webrtcserver
