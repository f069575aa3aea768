// SPDX-License-Identifier: LGPL-2.1-or-later
// sdp_fragment.hpp — application/trickle-ice-sdpfrag (RFC 8840): candidates on their way, and new
// credentials at an ICE restart.
// Pure functions; usable on any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/ice_restart.hpp"

namespace webrtcserver {

inline constexpr char kSdpFragmentType[] = "application/trickle-ice-sdpfrag";

struct SdpFragment {
  std::string group;  // "BUNDLE 0 1"; empty where there is none
  std::optional<IceCredentials> credentials;
  // Of the first m-line that is named, as it stands there: "audio 9 UDP/TLS/RTP/SAVPF 0", "0".
  // Empty where there is none.
  std::string media;
  std::string mid;
  std::vector<std::string> candidates;  // "candidate:…", unchecked
  bool end_of_candidates = false;
};

// Lines that have no meaning here are left out. Throws Error(kProtocol) for what is no fragment:
// more than 64 KiB or 1000 lines, a line that is not "x=…", credentials that are none.
//
// A whole description can be read so as well: what comes out names its ICE session.
SdpFragment read_sdp_fragment(std::string_view text);

std::string write_sdp_fragment(const SdpFragment& fragment);

}  // namespace webrtcserver
