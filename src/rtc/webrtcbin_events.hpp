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
  // The browser has closed the DTLS connection (close_notify); webrtcbin itself says nothing then.
  std::function<void()> ended;
  std::function<void(const std::string& message)> failed;
};

// As long as both live; before they play. The bus's messages go nowhere else.
void connect_events(GstElement* pipeline, GstElement* webrtcbin, WebrtcbinEvents events);

}  // namespace webrtcserver
