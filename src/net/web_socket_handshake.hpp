// SPDX-License-Identifier: LGPL-2.1-or-later
// web_socket_handshake.hpp — the opening handshake of RFC 6455, section 4.2, as a server answers
// it. Plain functions; usable on any thread.
#pragma once

#include <optional>
#include <string>

#include "net/http.hpp"

namespace webrtcserver {

// Whether the request asks for a WebSocket, well-formed or not.
bool wants_web_socket(const HttpRequest& request);

// What is wrong with the handshake (400, or 426 for another version), or nothing.
std::optional<HttpResponse> check_web_socket_handshake(const HttpRequest& request);

// The value of Sec-WebSocket-Accept for a handshake that passed the check.
std::string web_socket_accept(const HttpRequest& request);

}  // namespace webrtcserver
