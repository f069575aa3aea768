// SPDX-License-Identifier: LGPL-2.1-or-later
// socket_private.hpp — how the server makes the Socket that a handler is given. In the
// application's calls.
#pragma once

#include <gst/webrtcserver/socket.h>

#include <memory>

#include "net/grant.hpp"
#include "net/http.hpp"
#include "server/custom_socket.hpp"

namespace webrtcserver {

// (transfer full) Another reference is held until the socket is closed and its signal has told so.
GstWebRTCServerSocket* new_socket(const std::shared_ptr<CustomSocket>& socket, HttpRequest request);

}  // namespace webrtcserver
