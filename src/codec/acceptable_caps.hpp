// SPDX-License-Identifier: LGPL-2.1-or-later
// acceptable_caps.hpp — what a sink pad can take on this machine. Usable on any thread; the first
// call tries encoders, which may take a while.
#pragma once

#include <vector>

#include "base/ref.hpp"
#include "codec/codec.hpp"
#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

// Encoded caps of `codecs`, all of the kind where it is empty, and raw ones for which an encoder
// exists.
Ref<GstCaps> acceptable_caps(MediaKind kind, const std::vector<const Codec*>& codecs,
                             EncoderCatalogue& catalogue);

}  // namespace webrtcserver
