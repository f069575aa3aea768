// SPDX-License-Identifier: LGPL-2.1-or-later
// rtp_reader.hpp — RTP that arrives at a port, and RTSP servers.
#pragma once

#include "video/input_reader.hpp"

namespace webrtcserver {

InputReader read_rtp(const Location& input, const VideoOptions& options);
InputReader read_rtsp(const Location& input, const VideoOptions& options);

}  // namespace webrtcserver
