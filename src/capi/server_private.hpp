// SPDX-License-Identifier: LGPL-2.1-or-later
// server_private.hpp — the Server's insides, for those of its functions that stand elsewhere.
#pragma once

#include <gst/webrtcserver/server.h>

#include "capi/server_core.hpp"

namespace webrtcserver {

ServerCore& core_of(GstWebRTCServerServer* server);

}  // namespace webrtcserver
