// SPDX-License-Identifier: LGPL-2.1-or-later
// cross_origin.hpp — what pages of other origins may read and send, in the words of the Fetch
// standard (CORS). Pure functions.
#pragma once

#include <string>

#include "net/http.hpp"
#include "net/origin_policy.hpp"

namespace webrtcserver {

// A browser asks on behalf of a page whether it may send what follows.
bool is_preflight(const HttpRequest& request);

// `methods` as in Allow. Without a listed origin the answer allows nothing.
HttpResponse answer_preflight(const HttpRequest& request, const OriginPolicy& policy,
                              const std::string& methods);

// What lets a page of a listed origin read the response; to be added to every response.
HttpHeaders reading_headers(const HttpRequest& request, const OriginPolicy& policy);

}  // namespace webrtcserver
