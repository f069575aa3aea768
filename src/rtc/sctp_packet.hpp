// SPDX-License-Identifier: LGPL-2.1-or-later
// sctp_packet.hpp — what is looked at in SCTP before GStreamer sees it. Pure; usable on any thread.
#pragma once

#include <cstdint>
#include <span>

namespace webrtcserver {

// Whether one of the packet's chunks asks for the end of the association (RFC 9260, sections 3.3.8
// and 3.3.9).
bool asks_for_shutdown(std::span<const std::uint8_t> packet);

}  // namespace webrtcserver
