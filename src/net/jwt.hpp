// SPDX-License-Identifier: LGPL-2.1-or-later
// jwt.hpp — JSON Web Tokens (RFC 7519) that an application of the user's own has signed. Pure
// functions; usable on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/grant.hpp"
#include "net/token_file.hpp"

namespace webrtcserver {

// What the token says, or nothing when none of the keys has signed it: the algorithm is the key's,
// and a token that names another is not looked at. Throws Error(kProtocol), with a sentence for the
// token's holder, when it is signed and its claims are no grant: “streams”, “allow” and “exp” are
// needed, “nbf” is heeded, and a token for somebody (“aud”) is for somebody else. Whether it has
// expired is for the caller to see.
std::optional<Grant> read_jwt(const std::vector<JwtKey>& keys, const std::string& token,
                              std::int64_t now);

}  // namespace webrtcserver
