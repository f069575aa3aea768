// SPDX-License-Identifier: LGPL-2.1-or-later
// codec_report.hpp — what this machine encodes and decodes with, and why not with the rest, as
// JSON. Usable on any thread; the first call tries every element, which may take seconds.
#pragma once

#include <string>

#include "codec/decoder_catalogue.hpp"
#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

struct CodecOverrides;

// Of the catalogues that all elements use.
std::string codec_report();
// The shape is told at gst_webrtc_server_describe_codecs().
std::string codec_report(const EncoderCatalogue& encoders, const DecoderCatalogue& decoders,
                         const CodecOverrides& overrides);

}  // namespace webrtcserver
