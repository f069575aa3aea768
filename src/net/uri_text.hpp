// SPDX-License-Identifier: LGPL-2.1-or-later
// uri_text.hpp — parts of addresses as messages quote them and as options hold them.
// Pure functions; usable on any thread.
#pragma once

#include <string>
#include <string_view>

namespace webrtcserver {

// For messages: bounded, and without bytes that could disturb a terminal.
std::string quote(std::string_view text);

// The text of a name or value in `option`, percent-decoded. Throws Error(kInvalidUri), which quotes
// the option.
std::string decode_option(std::string_view text, std::string_view option);

}  // namespace webrtcserver
