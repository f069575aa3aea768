// SPDX-License-Identifier: LGPL-2.1-or-later
// rtp_sink.hpp — the one narrow door between an encoding and whatever sends its packets to a peer.
#pragma once

#include <vector>

#include "codec/rtp_frame.hpp"

namespace webrtcserver {

// Called on the encoding's streaming thread or on the thread that joins. Must neither block nor
// call back into the FanOut.
class RtpSink {
 public:
  virtual ~RtpSink() = default;

  virtual void push(const RtpFramePtr& frame) = 0;

  // The current group of pictures, key frame first, ahead of the first push(): to be sent as fast
  // as the network takes it, so that a joiner sees a picture without waiting for the next key
  // frame.
  virtual void replay(const std::vector<RtpFramePtr>& frames) = 0;
};

}  // namespace webrtcserver
