// SPDX-License-Identifier: LGPL-2.1-or-later
// Video from any input to any number of outputs. See docs/video-viewer.md.
#include <gst/webrtcserver/webrtcserver.h>

#include <clocale>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include "arguments.hpp"
#include "stop.hpp"
#include "viewer.hpp"

int main(int argc, char** argv) {
  // Names of files are what they are in the user's terminal.
  std::setlocale(LC_ALL, "");
  try {
    // Before GStreamer starts threads of its own.
    Stop stop;
    gst_init(nullptr, nullptr);
    Arguments arguments = parse_arguments(argc, argv);
    if (arguments.version) {
      std::printf("video-viewer %s, GStreamer %s\n", gst_webrtc_server_version_string(),
                  gst_version_string() + std::char_traits<char>::length("GStreamer "));
      return 0;
    }
    return Viewer(std::move(arguments), stop).run();
  } catch (const UsageError& error) {
    std::fprintf(stderr, "video-viewer: %s (--help tells what there is)\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "video-viewer: %s\n", error.what());
    return 1;
  }
}
