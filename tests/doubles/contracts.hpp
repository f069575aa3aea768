// SPDX-License-Identifier: LGPL-2.1-or-later
// contracts.hpp — the contracts that there are, by machine, and what installs them.
#pragma once

#include <vector>

#include "doubles/contract.hpp"
#include "doubles/machine.hpp"

namespace webrtcserver::doubles {

using Contracts = std::vector<const ElementContract*>;

// Every contract, of every release.
Contracts all_contracts();

// What one machine has.

// NVIDIA's plugin of the BSP: JetPack 5 and 6, for all that a test can see, are alike.
Contracts jetson();
// DeepStream's plugin for desktop cards.
Contracts deepstream();
// The plugin nvcodec of GStreamer 1.20, 1.22, 1.24, 1.26 or 1.28 (`minor`: 20 …).
Contracts desktop_nvidia(int minor);
// The plugin va of GStreamer 1.22, 1.24 or 1.26.
Contracts va(int minor);
// V4L2 memory-to-memory devices as a Raspberry Pi 4 has them, by GStreamer 1.20 or 1.24.
Contracts raspberry_pi(int minor);

Machine install(const Contracts& contracts);

}  // namespace webrtcserver::doubles
