// SPDX-License-Identifier: LGPL-2.1-or-later
// Video from any input to any number of outputs. See docs/video-viewer.md.
#include <gst/webrtcserver/version.h>

#include <clocale>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "arguments.hpp"
#include "secrets.hpp"
#include "stop.hpp"
#include "viewer.hpp"

namespace {

int run(int argc, char** argv) {
  // Before GStreamer starts threads of its own.
  Stop stop;
  Arguments arguments = parse_arguments(argc, argv);
  if (arguments.help) {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  if (arguments.version) {
    guint major = 0;
    guint minor = 0;
    guint micro = 0;
    guint nano = 0;
    gst_version(&major, &minor, &micro, &nano);
    std::printf("video-viewer of %s, GStreamer %u.%u.%u\n", gst_webrtc_server_version_string(),
                major, minor, micro);
    return 0;
  }
  return Viewer(std::move(arguments), stop).run();
}

}  // namespace

int main(int argc, char** argv) {
  // Names of files are what they are in the user's terminal.
  std::setlocale(LC_ALL, "");
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    std::fprintf(stderr, "video-viewer: %s (--help tells what there is)\n",
                 without_secrets(error.what()).c_str());
    return 2;
  } catch (const webrtcserver::Error& error) {
    std::fprintf(stderr, "video-viewer: %s\n", without_secrets(error.what()).c_str());
    // An address that cannot be read is a mistake on the command line too.
    return error.code() == webrtcserver::ErrorCode::kInvalidUri ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "video-viewer: %s\n", without_secrets(error.what()).c_str());
    return 1;
  }
}
