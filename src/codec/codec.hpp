// SPDX-License-Identifier: LGPL-2.1-or-later
// codec.hpp — the codecs this library can carry over RTP, as a table.
// Immutable data; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

enum class MediaKind { kVideo, kAudio };

const char* to_string(MediaKind kind);  // "video", "audio": the SDP media and the JSON `kind`

// A property and its value in gst_util_set_object_arg() syntax.
struct PropertySetting {
  const char* name;
  const char* value;
  bool demanded = false;  // by the user, who wants to know when it is not taken
};

// One row: how a codec is named, parsed, packetised and unpacked again.
struct Codec {
  const char* name;  // RTP encoding name in SDP: "H264", "VP8", "OPUS"
  MediaKind kind;
  const char* media_type;      // caps name: "video/x-h264"
  int clock_rate;              // Hz
  int channels;                // as in the rtpmap; 0 for video
  const char* input_caps;      // encoded caps accepted on a sink pad
  const char* parser;          // element that makes the payloader's input, or null
  const char* payloader_caps;  // what the payloader gets, after the parser
  const char* payloader;
  std::span<const PropertySetting> payloader_settings;
  const char* fmtp;  // offered for raw input; may be empty
  std::span<const PropertySetting> parser_settings;
  const char* depayloader;
  std::span<const PropertySetting> depayloader_settings;
  const char* receive_fmtp;  // offered for what a browser sends; may be empty
};

std::span<const Codec> codecs();                          // in default order of preference
bool can_receive(const Codec& codec);                     // its depayloader is installed
const Codec* find_codec(std::string_view name);           // case-insensitive; null when unknown
const Codec* codec_of_caps(const GstCaps* encoded_caps);  // null for raw or unknown caps

// A codec as a stream offers it. `fmtp` is what goes behind "a=fmtp:<pt> ", without payload type.
struct Format {
  const Codec* codec;
  std::string fmtp;

  bool operator==(const Format&) const = default;
};

}  // namespace webrtcserver
