// SPDX-License-Identifier: LGPL-2.1-or-later
// output_codec.hpp — the forms that pictures are written in, and which encoders make them here.
// More than the codecs that browsers take: files know JPEG, PNG and what RTP has no payloader for.
// Immutable data; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <span>
#include <string_view>
#include <vector>

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

struct OutputCodec {
  const char* name;         // "H264"; the option's "mjpeg" is "JPEG"
  const char* media_type;   // of caps
  const char* parser;       // element; null: frames are whole as they come
  const char* stream_caps;  // what all targets get, behind the parser
  const char* payloader;    // RTP; null: none
  bool every_frame_is_key;  // pictures that know nothing of each other
};

std::span<const OutputCodec> output_codecs();                 // in order of preference
const OutputCodec* find_output_codec(std::string_view name);  // in any case; null: unknown
const OutputCodec* output_codec_of(const GstCaps* caps);      // null: raw, or unknown

// The encoders of `codec` for frames of `raw_caps`, the best first; `element` (may be empty) leaves
// that one alone. Empty: none that works here. The first call may take a while for hardware.
std::vector<EncoderCatalogue::Choice> output_encoders(const OutputCodec& codec,
                                                      const GstCaps* raw_caps,
                                                      std::string_view element);
// The codec that the encoder `element` makes. Throws Error: there is no such element, or it encodes
// no video that an output knows.
const OutputCodec& codec_of_encoder(std::string_view element);

}  // namespace webrtcserver
