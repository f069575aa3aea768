// SPDX-License-Identifier: LGPL-2.1-or-later
// ice_restart.hpp — new ICE credentials for a webrtcbin that runs (RFC 8445, section 9).
//
// webrtcbin itself cannot: asked for another offer, it repeats its credentials. Its libnice agent
// can, and webrtcbin sees no more of it than that connectivity is checked once more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

struct IceCredentials {
  std::string ufrag;
  std::string pwd;

  bool operator==(const IceCredentials&) const = default;
};

struct IceRestart {
  IceCredentials credentials;           // ours, new
  std::vector<std::string> candidates;  // ours, "candidate:…"
};

// For the first transport, which carries everything (bundle); media goes on over the path it has
// until there is another. Any thread. Nothing where webrtcbin has no libnice agent, or has not
// begun with ICE.
std::optional<IceRestart> restart_ice(GstElement* webrtcbin, const IceCredentials& remote);

}  // namespace webrtcserver
