// SPDX-License-Identifier: LGPL-2.1-or-later
// request_check.hpp — whether a request may be answered at all, from its headers. Server thread.
#pragma once

#include <optional>

#include "net/http.hpp"
#include "net/origin_policy.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

// The refusal of a request whose Host or Origin the policy does not allow, or that names either
// more than once, or whose path is too long for any route; nothing for a good request. Origins
// count for WebSockets and for methods that change something.
std::optional<HttpResponse> check_request(SoupServerMessage* message, const OriginPolicy& policy);

}  // namespace webrtcserver
