// SPDX-License-Identifier: LGPL-2.1-or-later
// output_format.hpp — what each kind of target takes and how it is packed. One row each.
// Immutable data; usable on any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "video/location.hpp"
#include "video/output_codec.hpp"

namespace webrtcserver {

struct OutputFormat {
  LocationKind kind;
  const char* extension;                // of files; null: the kind has one format
  const char* words;                    // as an error names it: "MP4"
  std::span<const char* const> codecs;  // in order of preference; empty: raw only
  bool takes_raw;                       // encodes by itself, or shows
  bool paces;                           // waits for the clock where frames come faster
  bool one_size;                        // a picture of another size cannot follow
  const char* muxer;                    // element; null: none
  std::span<const PropertySetting> muxer_settings;
};

// The row for a target. Throws Error(kInvalidUri) for a file of an unknown kind.
const OutputFormat& output_format_of(const Location& location);

// The codecs of `format` that its muxer, payloader or parser exist for here.
std::vector<const OutputCodec*> codecs_of_format(const OutputFormat& format);

}  // namespace webrtcserver
