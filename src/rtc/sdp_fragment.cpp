// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sdp_fragment.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "rtc/media_line.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::size_t kMaxLines = 1000;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::kProtocol, "This is no SDP fragment: " + why);
}

std::optional<std::string_view> value_behind(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return {};
  return line.substr(prefix.size());
}

void check_line(std::string_view line) {
  const bool well_formed = line.size() >= 2 && line[0] >= 'a' && line[0] <= 'z' && line[1] == '=';
  if (!well_formed) refuse("each of its lines begins with a letter and \"=\".");
  if (line.find('\0') != std::string_view::npos) refuse("it has a NUL byte.");
}

}  // namespace

SdpFragment read_sdp_fragment(std::string_view text) {
  if (text.size() > kMaxBytes) refuse("it has more than 64 KiB.");
  SdpFragment fragment;
  std::string_view ufrag;
  std::string_view pwd;
  bool any = false;
  for (std::size_t lines = 0; !text.empty(); ++lines) {
    if (lines == kMaxLines) refuse("it has more than 1000 lines.");
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    check_line(line);
    any = true;
    // Whichever m-line credentials and candidates stand under: there is one transport.
    if (const auto group = value_behind(line, "a=group:"); group && fragment.group.empty()) {
      fragment.group = *group;
    } else if (const auto media = value_behind(line, "m="); media && fragment.media.empty()) {
      fragment.media = *media;
    } else if (const auto mid = value_behind(line, "a=mid:"); mid && fragment.mid.empty()) {
      fragment.mid = *mid;
    } else if (const auto user = value_behind(line, "a=ice-ufrag:"); user && ufrag.empty()) {
      ufrag = *user;
    } else if (const auto password = value_behind(line, "a=ice-pwd:"); password && pwd.empty()) {
      pwd = *password;
    } else if (line.starts_with("a=candidate:")) {
      fragment.candidates.emplace_back(line.substr(2));
    } else if (line == "a=end-of-candidates") {
      fragment.end_of_candidates = true;
    }
  }
  if (!any) refuse("it is empty.");
  if (ufrag.empty() != pwd.empty()) refuse("it has one of a=ice-ufrag and a=ice-pwd alone.");
  if (ufrag.empty()) return fragment;
  if (!is_ice_ufrag(ufrag)) refuse("a=ice-ufrag is not valid.");
  if (!is_ice_pwd(pwd)) refuse("a=ice-pwd is not valid.");
  fragment.credentials = IceCredentials{std::string(ufrag), std::string(pwd)};
  return fragment;
}

std::string write_sdp_fragment(const SdpFragment& fragment) {
  std::string text;
  const auto add = [&text](const std::string& line) { text += line + "\r\n"; };
  if (!fragment.group.empty()) add("a=group:" + fragment.group);
  if (fragment.credentials) {
    add("a=ice-ufrag:" + fragment.credentials->ufrag);
    add("a=ice-pwd:" + fragment.credentials->pwd);
  }
  if (!fragment.media.empty()) add("m=" + fragment.media);
  if (!fragment.mid.empty()) add("a=mid:" + fragment.mid);
  for (const std::string& candidate : fragment.candidates) add("a=" + candidate);
  if (fragment.end_of_candidates) add("a=end-of-candidates");
  return text;
}

}  // namespace webrtcserver
