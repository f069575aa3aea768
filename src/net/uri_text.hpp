// SPDX-License-Identifier: LGPL-2.1-or-later
// uri_text.hpp — parts of addresses as messages quote them and as options hold them.
// Pure functions; usable on any thread.
#pragma once

#include <string>
#include <string_view>

namespace webrtcserver {

// For messages: bounded, and without characters that could disturb a terminal. Other alphabets are
// shown as they are.
std::string quote(std::string_view text);

// For messages and logs too: an address, or the options of one behind a '?', with "…" in place of
// what is nobody else's business: a user's name and password, tokens, secrets, TURN servers' users.
std::string without_secrets(std::string_view address);

// The text of a name or value in `option`, percent-decoded. Throws Error(kInvalidUri), which quotes
// the option.
std::string decode_option(std::string_view text, std::string_view option);

}  // namespace webrtcserver
