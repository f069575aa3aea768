// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_numbers.hpp — what webrtcbin's answer to get-stats says, whichever version gave it. Pure
// functions; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <gst/webrtc/webrtc.h>

#include <cstdint>
#include <functional>
#include <string>

namespace webrtcserver {

// One of its structures, of which each describes something of one `type`.
struct PeerNumbers {
  std::string id;
  GstWebRTCStatsType type;
  const char* kind;  // "video" or "audio"; null where webrtcbin does not say it, as before 1.22
  const GstStructure* entry;

  // 0 where there is none of the field, or it is below that.
  std::uint64_t number(const char* field) const;
  double real(const char* field) const;
};

// Of each RTP stream and its report. `statistics` may be null.
void for_each_rtp(const GstStructure* statistics,
                  const std::function<void(const PeerNumbers&)>& take);

}  // namespace webrtcserver
