// SPDX-License-Identifier: LGPL-2.1-or-later
// trickled_candidates.hpp — our candidates in an offer, and in a fragment that follows it (RFC
// 8840, application/trickle-ice-sdpfrag). Pure functions; usable on any thread.
#pragma once

#include <string>
#include <vector>

namespace webrtcserver {

inline constexpr char kSdpType[] = "application/sdp";
inline constexpr char kFragmentType[] = "application/trickle-ice-sdpfrag";

// The offer, with the candidates in its first m-section, which carries all. `complete`: no others
// follow.
std::string add_candidates(const std::string& offer, const std::vector<std::string>& candidates,
                           bool complete);

// The fragment that adds the candidates to the ICE session of `offer`.
std::string write_fragment(const std::string& offer, const std::vector<std::string>& candidates,
                           bool complete);

}  // namespace webrtcserver
