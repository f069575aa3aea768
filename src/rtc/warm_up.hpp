// SPDX-License-Identifier: LGPL-2.1-or-later
// warm_up.hpp — spares the first viewer what a process does once. Any thread; returns at once.
#pragma once

namespace webrtcserver {

// The first webrtcbin of a process loads half a dozen plugins and makes the RSA key of the DTLS
// certificate that all later ones share, which takes 100–400 ms. Makes one, lets it offer and drops
// it; once a process.
void warm_up_peers();

}  // namespace webrtcserver
