// SPDX-License-Identifier: LGPL-2.1-or-later
// random_access.hpp — whether a decoder can begin with a picture. Pure functions.
#pragma once

#include "codec/codec.hpp"

namespace webrtcserver {

// Tells by one RTP packet of a picture. A parser calls every I picture of H.264 and H.265 a key
// frame; but what follows one that is no IDR (no IRAP) may refer to what came before it.
using HoldsRandomAccess = bool (*)(GstBuffer* packet);

// Null for codecs whose key frames always are.
HoldsRandomAccess random_access_of(const Codec& codec);

}  // namespace webrtcserver
