// SPDX-License-Identifier: LGPL-2.1-or-later
// entity_tag.hpp — what a client that has a file already says of it. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace webrtcserver {

// Whether If-None-Match names the tag: a list of tags, compared weakly, or "*" (RFC 9110, section
// 13.1.2).
bool names_entity_tag(std::string_view if_none_match, const std::string& tag);

}  // namespace webrtcserver
