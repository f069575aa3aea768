// SPDX-License-Identifier: LGPL-2.1-or-later
// location.hpp — what a user may name as an input or output of video, read once.
// Plain values; usable on any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webrtcserver {

enum class LocationKind {
  kFile,  // path or file://; an input may be anything that decodes, an output .mp4 .mkv …
  kImageSequence,  // a .jpg or .png; path with one %d, %04d …; a folder or a wildcard as input
  kCamera,         // /dev/video0, v4l2:///dev/video0; input
  kCsiCamera,      // csi://0; input
  kScreen,         // screen://, screen://0; input
  kTest,           // test://, test://ball; input
  kRtsp,           // rtsp://host/path as input; rtsp://@:8554/path is served, as output
  kRtp,            // rtp://@:5004 as input; rtp://host:5004 as output
  kRtmp,           // rtmp://host/app/key; output
  kWebrtc,         // webrtc:// or webrtcs://: a stream of our own server
  kWhip,           // whip:// whips://; output
  kWhep,           // whep:// wheps://; input
  kHttp,           // http:// https://: a file or HLS; input
  kDisplay,        // display://, display://0; output
};

enum class LocationUse { kInput, kOutput };

struct Location {
  LocationKind kind = LocationKind::kFile;
  std::string text;  // as it was written
  std::string path;  // of files, images and devices; the path of others, without the first slash
  std::string host;  // of network addresses; "@": this machine's
  int port = 0;      // 0: the kind's default
  bool any_port = false;  // ":0" of what listens: the kernel chooses
  std::vector<std::pair<std::string, std::string>> query;  // ?name=value, decoded

  // Throws Error(kInvalidUri), which names the part that is wrong, what was found and what may
  // stand there: an unknown scheme, a kind that there is not for this use, a missing port …
  static Location parse(std::string_view text, LocationUse use);
};

}  // namespace webrtcserver
