// SPDX-License-Identifier: LGPL-2.1-or-later
// video_files.hpp — files of a moving picture, as programs elsewhere write them.
#pragma once

#include <string>

namespace webrtcserver::test {

// H.264, with a key frame every five.
inline constexpr char kH264[] =
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=5 ! "
    "video/x-h264,profile=baseline ! h264parse";

// Runs a pipeline to its end; false when it fails.
bool run_pipeline(const std::string& description);

// So many pictures of 160×120, 30 a second, through `elements`, the last of which writes the file;
// `others` stand beside them.
bool write_video(unsigned frames, const std::string& elements, const std::string& others = "");

}  // namespace webrtcserver::test
