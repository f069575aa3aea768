// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_note.hpp — what is known of one frame beside its pixels, as a message to browsers
// (docs/protocol.md). Immutable; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace webrtcserver {

// Each browser sees a frame under another RTP timestamp: all but that is written once.
class FrameNote {
 public:
  // Bytes of the message, as much as the channel "lossy" takes.
  static constexpr std::size_t kMaxSize = 16 * 1024;

  struct Frame {
    std::string media;  // of the pad: "video_0"
    GstClockTime time;  // as RtpFrame::time
    int width = 0;      // in pixels; 0 where it is not known
    int height = 0;
  };

  // `data`: one JSON value. Throws Error: kProtocol when it is none, kLimit when it is too large.
  FrameNote(Frame frame, std::string_view data);

  const std::string& media() const { return frame_.media; }
  GstClockTime time() const { return frame_.time; }
  // The message for a browser that sees the frame under this timestamp.
  std::string text(std::uint32_t rtp) const;

 private:
  const Frame frame_;
  std::string rest_;  // behind the timestamp
};

}  // namespace webrtcserver
