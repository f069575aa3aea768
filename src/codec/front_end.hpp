// SPDX-License-Identifier: LGPL-2.1-or-later
// front_end.hpp — the elements that make an encoder's input of a pad's raw caps, in gst-launch
// syntax. Pure function; usable on any thread.
#pragma once

#include <string>

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

// Whether pictures, or sound, of `raw_caps` can go that way.
bool takes(const EncoderInput& input, const GstCaps* raw_caps);

// Two caps with the same front end can follow each other without a rebuild. Empty when the choice's
// input does not take `raw_caps`.
std::string front_end_for(const EncoderCatalogue::Choice& choice, const GstCaps* raw_caps);

}  // namespace webrtcserver
