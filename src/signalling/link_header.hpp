// SPDX-License-Identifier: LGPL-2.1-or-later
// link_header.hpp — the ICE servers in a Link header (RFC 8288), as WHIP and WHEP servers name them
// (RFC 9725, section 4.6).
// Pure functions; usable on any thread.
#pragma once

#include <string_view>
#include <vector>

#include "rtc/ice.hpp"

namespace webrtcserver {

// Of several headers, joined by commas, as HTTP has it. Parameters may be quoted or not; what is
// malformed or of another relation is left out, and so are more than kMaxLinkedServers.
std::vector<IceServer> read_ice_links(std::string_view header);

inline constexpr std::size_t kMaxLinkedServers = 8;

}  // namespace webrtcserver
