// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcbin_events.hpp — what a webrtcbin and the bus of its pipeline say, as calls.
#pragma once

#include <functional>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

// Called on whatever thread says it: webrtcbin's, or a streaming thread.
struct WebrtcbinEvents {
  std::function<void(const std::string& candidate)> found;  // of ours; empty: the end of them
  std::function<void()> gathered;                           // all candidates have been found
  std::function<void()> state_changed;                      // of the connection, or of ICE
  std::function<void()> latency_changed;
  std::function<void(const std::string& message)> failed;
};

// As long as both live. The bus's messages go nowhere else.
void connect_events(GstElement* pipeline, GstElement* webrtcbin, WebrtcbinEvents events);

}  // namespace webrtcserver
