// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/trickled_candidates.hpp"

#include <string_view>

namespace webrtcserver {

namespace {

std::string lines_of(const std::vector<std::string>& candidates, bool complete) {
  std::string lines;
  for (const std::string& candidate : candidates) lines += "a=" + candidate + "\r\n";
  if (complete) lines += "a=end-of-candidates\r\n";
  return lines;
}

// The first line that begins so, from `from` on, with its line end; empty when there is none.
std::string line_of(const std::string& sdp, std::string_view begin, std::size_t from) {
  auto at = sdp.find("\n" + std::string(begin), from);
  if (at == std::string::npos) return {};
  ++at;
  const auto end = sdp.find('\n', at);
  return sdp.substr(at, end == std::string::npos ? end : end + 1 - at);
}

}  // namespace

std::string add_candidates(const std::string& offer, const std::vector<std::string>& candidates,
                           bool complete) {
  const auto first = offer.find("\nm=");
  const auto second = first == std::string::npos ? first : offer.find("\nm=", first + 1);
  const auto at = second == std::string::npos ? offer.size() : second + 1;
  return offer.substr(0, at) + lines_of(candidates, complete) + offer.substr(at);
}

std::string write_fragment(const std::string& offer, const std::vector<std::string>& candidates,
                           bool complete) {
  const auto first = offer.find("\nm=");
  const auto find = [&](std::string_view begin) {
    const std::string line = line_of(offer, begin, first == std::string::npos ? 0 : first);
    return line.empty() ? line_of(offer, begin, 0) : line;
  };
  return line_of(offer, "a=group:BUNDLE", 0) + find("a=ice-ufrag:") + find("a=ice-pwd:") +
         find("m=") + find("a=mid:") + lines_of(candidates, complete);
}

}  // namespace webrtcserver
