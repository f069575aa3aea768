// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/token_file.hpp"

#include "base/error.hpp"
#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const TokenFile file = TokenFile::parse(fuzz::text_of(data, size), "/nonexistent");
    for (const TokenFile::Entry& entry : file.entries)
      fuzz::require(!entry.grant.streams.empty() && !entry.grant.allow.empty(),
                    "an entry allows something");
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
