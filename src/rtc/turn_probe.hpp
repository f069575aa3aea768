// SPDX-License-Identifier: LGPL-2.1-or-later
// turn_probe.hpp — asks a TURN server for a relay, and gives it back: why there is none.
//
// libnice says nothing of a TURN server that refuses or does not answer: there is no candidate,
// that is all. So a session that found no path asks by itself, once, before it says why.
// Blocks; for a queue of SerialQueue::Pool::kNetwork.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <string>

#include "rtc/ice_report.hpp"
#include "rtc/ice_server.hpp"

namespace webrtcserver {

// For as long as a session's end may wait for words: a server that takes longer is of no use to it.
inline constexpr std::chrono::milliseconds kTurnProbeLimit{2000};

// Never throws. kUnasked when it is cancelled.
TurnFinding probe_turn(const IceServer& server, GCancellable* cancellable,
                       std::chrono::milliseconds limit = kTurnProbeLimit);

// The same for many sessions that fail at a time: what a server said within the last few seconds is
// said again to those with the same `key`.
TurnFinding find_out(const IceServer& server, const std::string& key, GCancellable* cancellable);

}  // namespace webrtcserver
