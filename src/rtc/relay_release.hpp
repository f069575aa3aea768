// SPDX-License-Identifier: LGPL-2.1-or-later
// relay_release.hpp — a webrtcbin that goes gives the relays back that its TURN servers lent it.
//
// By itself it does not, up to 1.24 at least: each session would leave its relays to the server for
// ten minutes, until quotas or ports are used up, and libnice warns of it.
#pragma once

#include <gst/gst.h>

namespace webrtcserver {

// Before webrtcbin goes to NULL. Blocks for as long as a server nearby takes to answer, 200 ms at
// the most; after that the ICE agent alone stays until servers have answered or had their time.
// Does nothing where ICE is not libnice's, or an old one's (before 0.1.16).
void release_relays(GstElement* webrtcbin);

}  // namespace webrtcserver
