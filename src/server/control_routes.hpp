// SPDX-License-Identifier: LGPL-2.1-or-later
// control_routes.hpp — /api/controls/<stream>: what is told of a stream's controls, and done to
// them, over HTTP. Server thread.
#pragma once

#include <memory>

#include "net/grant.hpp"
#include "net/http.hpp"
#include "net/http_reply.hpp"
#include "server/stream.hpp"

namespace webrtcserver {

// `stream` is the one that the path stands for; null: there is none.
void tell_controls(const std::shared_ptr<Stream>& stream, const Grant& grant, HttpReply reply);
// The body is a request as on the data channel; so is the answer.
void take_control_request(const std::shared_ptr<Stream>& stream, const HttpRequest& request,
                          HttpReply reply);

}  // namespace webrtcserver
