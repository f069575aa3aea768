// SPDX-License-Identifier: LGPL-2.1-or-later
// byte_range.hpp — the one part of a file that a request asks for (RFC 9110, section 14). Pure
// function.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace webrtcserver {

struct ByteRange {
  enum class Kind {
    kAll,   // no Range, or one that is not served: several parts, another unit, not understood
    kPart,  // first to last, both within the file
    kNone,  // nothing of it is in the file
  };
  Kind kind = Kind::kAll;
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool operator==(const ByteRange&) const = default;
};

ByteRange read_byte_range(std::optional<std::string_view> range, std::uint64_t size);

}  // namespace webrtcserver
