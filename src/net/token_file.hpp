// SPDX-License-Identifier: LGPL-2.1-or-later
// token_file.hpp — the file of `auth-tokens`: who may do what (docs/security.md). Plain values;
// reading may wait for a disk.
//
//   [{"sha256": "<hex>", "streams": ["output", "cam-*"], "allow": ["view"], "expires": …},
//    {"jwt-key": "<secret, PEM, or path of a PEM file>", "alg": "HS256"}]
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "net/grant.hpp"

namespace webrtcserver {

// What verifies tokens that an application of the user's own mints.
struct JwtKey {
  enum class Algorithm { kHs256, kRs256, kEs256 };

  Algorithm algorithm;
  std::string key;  // the secret, or a public key as PEM
};

const char* to_string(JwtKey::Algorithm algorithm);

struct TokenFile {
  using Digest = std::array<unsigned char, 32>;  // SHA-256 of a token

  struct Entry {
    Digest digest;
    Grant grant;  // without a token
  };

  std::vector<Entry> entries;
  std::vector<JwtKey> keys;
  std::vector<std::string> key_files;  // that were read besides

  // Throws Error(kFailed): what is wrong, in which entry, and what to do. Others must not be able
  // to read the file.
  static TokenFile load(const std::string& path);
  // `folder` is where relative paths of keys begin.
  static TokenFile parse(std::string_view text, const std::string& folder);
};

// What "streams" and "allow" say, in the file and in a JWT. Throws Error(kFailed) with a sentence
// about the member, without its contents.
class JsonReader;
Grant read_grant(const JsonReader& json);

}  // namespace webrtcserver
