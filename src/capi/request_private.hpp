// SPDX-License-Identifier: LGPL-2.1-or-later
// request_private.hpp — how the server makes the Request that a handler is given. Any thread.
#pragma once

#include <gst/webrtcserver/request.h>

#include <memory>

#include "server/custom_request.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

// (transfer full)
GstWebRTCServerRequest* new_request(std::shared_ptr<CustomRequest> request);

// What the sender may do. Null for an object that no server made.
const Grant* grant_of(GstWebRTCServerRequest* request);

// Who sent it. Nobody, for an object that no server made.
Channel::Client client_of(GstWebRTCServerRequest* request);

// What a grant allows, by name. A name that is none is the caller's mistake: a warning, and FALSE.
gboolean is_allowed(const Grant& grant, const gchar* stream, const gchar* permission);

// The value in C's words: null where there is none.
const gchar* value_of(const std::map<std::string, std::string>& values, const std::string& name);

}  // namespace webrtcserver
