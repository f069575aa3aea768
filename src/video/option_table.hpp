// SPDX-License-Identifier: LGPL-2.1-or-later
// option_table.hpp — the fields of VideoOptions as the command line and the properties have them.
// Immutable data; usable on any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "video/options.hpp"

namespace webrtcserver {

using VideoOptionField =
    std::variant<unsigned VideoOptions::*, int VideoOptions::*, double VideoOptions::*,
                 std::uint64_t VideoOptions::*, bool VideoOptions::*, std::string VideoOptions::*,
                 std::vector<std::string> VideoOptions::*>;

struct VideoOption {
  const char* property;  // of GstWebRTCServerVideoOptions
  const char* flag;      // without its hyphens; null: none
  const char* nick;
  const char* blurb;  // a phrase, with unit and default
  const char* value;  // what stands for it in the help; null: the flag alone says it
  VideoOptionField field;
  double min = 0;  // of numbers
  double max = 0;
};

std::span<const VideoOption> video_option_table();

// Reads `text` into the field. Throws Error(kFailed), which names the flag or property (`name`),
// what was found and what may stand there.
void set_video_option(VideoOptions& options, const VideoOption& option, const std::string& name,
                      const std::string& text);

// What cannot be, whoever set it: a flip or format that there is not, a codec of no name. Throws
// Error(kFailed).
void check_video_option(const VideoOptions& options, const VideoOption& option,
                        const std::string& name);

// The nick of GstVideoOrientationMethod for a way to turn a picture, which may have the name of
// videoflip's method as well; null: there is none. Empty is "identity".
const char* orientation_nick(std::string_view flip);

}  // namespace webrtcserver
