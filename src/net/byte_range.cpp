// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/byte_range.hpp"

#include <algorithm>
#include <charconv>

namespace webrtcserver {

namespace {

// A number alone; nothing for anything else, and for one that no file is as large as.
std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

ByteRange read_byte_range(std::optional<std::string_view> range, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!range || !range->starts_with(kUnit)) return {};
  const std::string_view part = range->substr(kUnit.size());
  const auto dash = part.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = read_number(part.substr(0, dash));
  const auto last = read_number(part.substr(dash + 1));
  const bool open = dash + 1 == part.size();
  if (dash == 0) {  // the last so many bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {ByteRange::Kind::kNone};
    return {ByteRange::Kind::kPart, size - std::min(*last, size), size - 1};
  }
  if (!first || (!last && !open) || (last && *last < *first)) return {};
  if (*first >= size) return {ByteRange::Kind::kNone};
  return {ByteRange::Kind::kPart, *first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace webrtcserver
