// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_setup.hpp — drives an encoder's element as its row says.
// Usable on any thread that may configure the element; with some encoders setting a property waits
// for the frame they are at.
#pragma once

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

// Everything but the bitrate. Before the element starts.
void configure_encoder(GstElement* encoder, const Encoder& row);

// In bit/s, before the element starts or while it runs. Rows without a bitrate property: nothing.
void set_encoder_bitrate(GstElement* encoder, const Encoder& row, unsigned bits_per_second);

// Of a running encoder that has given a frame: nvv4l2's crash when they are asked before it.
void request_key_frame(GstElement* encoder, const Encoder& row);

}  // namespace webrtcserver
