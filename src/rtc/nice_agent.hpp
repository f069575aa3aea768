// SPDX-License-Identifier: LGPL-2.1-or-later
// nice_agent.hpp — webrtcbin's ICE implementation, for what webrtcbin has no property or signal
// for. Any thread.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

// Null where webrtcbin has none.
Ref<GObject> ice_of(GstElement* webrtcbin);

// libnice's agent in it, a NiceAgent; null where it has another.
Ref<GObject> nice_agent_of(GstElement* webrtcbin);

}  // namespace webrtcserver
