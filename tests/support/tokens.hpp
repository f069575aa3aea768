// SPDX-License-Identifier: LGPL-2.1-or-later
// tokens.hpp — token files, and JSON Web Tokens that are made here without the library that reads
// them.
#pragma once

#include <cstdint>
#include <string>

#include "support/temporary_files.hpp"

namespace webrtcserver::test {

// The hexadecimal digits that a token file has of a token.
std::string sha256_of_token(const std::string& token);

// {"sha256":…,"streams":<streams>,"allow":<allow>}, with `more` members such as `,"expires":1`.
std::string token_entry(const std::string& token, const std::string& streams,
                        const std::string& allow, const std::string& more = "");

// Puts a file with these permissions in place, in one step. Returns its path.
std::string write_tokens(const TemporaryFolder& folder, const std::string& json,
                         unsigned permissions = 0600);

Key make_rsa_key(unsigned bits = 2048);
std::string public_pem(const Key& key);

// Header and payload are JSON.
std::string unsigned_jwt(const std::string& header, const std::string& payload);
std::string hs256_jwt(const std::string& payload, const std::string& secret,
                      const std::string& header = R"({"alg":"HS256","typ":"JWT"})");
std::string rs256_jwt(const std::string& payload, const Key& key,
                      const std::string& header = R"({"alg":"RS256","typ":"JWT"})");
std::string es256_jwt(const std::string& payload, const Key& key,
                      const std::string& header = R"({"alg":"ES256","typ":"JWT"})");

}  // namespace webrtcserver::test
