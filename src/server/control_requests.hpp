// SPDX-License-Identifier: LGPL-2.1-or-later
// control_requests.hpp — what is done for a request that changes something of a stream, whichever
// way it came. Server thread.
#pragma once

#include <string>

#include "server/control.hpp"
#include "server/stream.hpp"
#include "signalling/control_messages.hpp"

namespace webrtcserver {

// Whose requests those over HTTP are: of no session.
inline constexpr char kHttpRequester[] = "http";

// Whether requests of this type come over HTTP too, where there is no session that could hold
// control or be told something.
bool is_taken_over_http(ControlRequest::Type type);

// For a requester who has the permission `control`; `by` is its session, or kHttpRequester. What
// the stream's control-policy does not let through is refused. `done` is called when all is done,
// which may be at once.
void carry_out(Stream& stream, const ControlRequest& request, const std::string& by,
               const ControlDone& done);

}  // namespace webrtcserver
