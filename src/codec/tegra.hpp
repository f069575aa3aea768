// SPDX-License-Identifier: LGPL-2.1-or-later
// tegra.hpp — whether an NVIDIA Jetson has a video encoder. Pure look at files; any thread.
#pragma once

#include <string>

namespace webrtcserver {

// Why nvv4l2's encoders have no hardware here; empty where they may have, and on what is no Jetson.
// An Orin Nano has none, and some releases hang the whole machine when it is asked for a frame.
std::string why_no_tegra_encoder();

// The same for the machine whose files are under `root`.
std::string why_no_tegra_encoder(const std::string& root);

}  // namespace webrtcserver
