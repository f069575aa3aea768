// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcbin_actions.hpp — webrtcbin's action signals as functions that return what it promises.
// On the peer's serial queue; see webrtcbin_reply.hpp. All throw Error(kFailed) with webrtcbin's
// words.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

Owned<GstSDPMessage> copy(const GstSDPMessage* message);

Owned<GstSDPMessage> create_offer(GstElement* webrtcbin);

void set_local_offer(GstElement* webrtcbin, Owned<GstSDPMessage> sdp);
void set_remote_answer(GstElement* webrtcbin, Owned<GstSDPMessage> sdp);

// Null where it has none.
Owned<GstStructure> get_statistics(GstElement* webrtcbin);

}  // namespace webrtcserver
