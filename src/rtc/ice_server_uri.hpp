// SPDX-License-Identifier: LGPL-2.1-or-later
// ice_server_uri.hpp — ICE servers that somebody else names, as our settings have them.
// Pure functions; usable on any thread.
#pragma once

#include "rtc/ice.hpp"

namespace webrtcserver {

// Adds a server as WHIP and browsers write it ("turn:host:port?transport=udp") to the settings,
// which keep theirs: a second STUN server and what is malformed are left out. Whether it was added.
bool add_ice_server(IceSettings& settings, const IceServer& server);

}  // namespace webrtcserver
