// SPDX-License-Identifier: LGPL-2.1-or-later
// host_names.hpp — the addresses of STUN and TURN servers, without waiting for the name service.
// Any thread, unless a function says otherwise.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "rtc/ice_server.hpp"

namespace webrtcserver {

// The first address of a name or of an address in text; null where there is none, and when the name
// service takes longer than `limit`. Blocks; for a queue of SerialQueue::Pool::kNetwork.
Ref<GInetAddress> resolve_host(const std::string& host, GCancellable* cancellable,
                               std::chrono::milliseconds limit);

// webrtcbin before 1.22 looks names up on the thread that negotiates, and a name service that hangs
// would hold up every session. So there it gets addresses that are known already.
bool webrtcbin_waits_for_names();

// The servers with an address in place of each name. Those whose names are not known are left out,
// and are looked up meanwhile; an answer holds for a minute.
std::vector<IceServer> with_known_addresses(const std::vector<IceServer>& servers);

}  // namespace webrtcserver
