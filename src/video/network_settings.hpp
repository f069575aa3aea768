// SPDX-License-Identifier: LGPL-2.1-or-later
// network_settings.hpp — the options of the network, as the elements' properties have them.
// Usable on any thread.
#pragma once

#include "base/ref.hpp"
#include "video/options.hpp"

namespace webrtcserver {

// Of webrtcsink and webrtcsrc: STUN, TURN and TLS. What is not set stays as it is. Both throw Error
// for an ICE server that cannot be read.
void check_network_settings(const VideoOptions& options);
void apply_network_settings(GstElement* element, const VideoOptions& options);

}  // namespace webrtcserver
