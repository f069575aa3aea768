// SPDX-License-Identifier: LGPL-2.1-or-later
#include "arguments.hpp"

#include <cstdlib>

#include "addresses.hpp"

namespace {

constexpr const char* kSummary =
    "Shows, streams and records video: from any input to any number of outputs, encoded anew only\n"
    "where an output or an option asks for it. No sound.\n"
    "\n"
    "Inputs:   /dev/video0, v4l2:///dev/video0, csi://0, screen://, test://ball, file.mp4,\n"
    "          img_%04d.jpg, folder, 'img_*.png', rtsp://host/path, rtp://@:5004,\n"
    "          webrtc://@:8554/input, whep://host/path, http://host/file.mp4\n"
    "Outputs:  webrtc://@:8554/output, whip://host/path, rtsp://@:8555/path, rtp://host:5004,\n"
    "          rtmp://host/app/key, display://, file.mp4, file.mkv, img_%04d.jpg\n"
    "Without an output: display://; without a display, webrtc://@:8554/output.";

constexpr const char* kDescription =
    "Ctrl-C ends it, and files can be played; a second Ctrl-C ends it at once. The manual:\n"
    "man video-viewer.";

bool has_display() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value && *value) return true;
  }
  return false;
}

std::string default_output(GstWebRTCServerVideoOptions* options) {
  gboolean headless = FALSE;
  g_object_get(options, "headless", &headless, nullptr);
  return headless || !has_display() ? "webrtc://@:8554/output" : "display://";
}

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  arguments.options.reset(gst_webrtc_server_video_options_new());
  gboolean quiet = FALSE;
  gboolean version = FALSE;
  gchar** addresses = nullptr;
  const GOptionEntry entries[] = {
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "say nothing but what goes wrong", nullptr},
      {"version", 0, 0, G_OPTION_ARG_NONE, &version, "print the version and end", nullptr},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &addresses, nullptr, nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const Handle<GOptionContext> context(g_option_context_new("INPUT [OUTPUT …]"));
  g_option_context_set_summary(context.get(), kSummary);
  g_option_context_set_description(context.get(), kDescription);
  // One list of all: the library's are what a user looks for.
  g_option_context_set_main_group(
      context.get(), gst_webrtc_server_video_options_get_option_group(arguments.options.get()));
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  GError* error = nullptr;
  const bool understood = g_option_context_parse(context.get(), &argc, &argv, &error);
  const Handle<GError> failure(error);
  const Handle<gchar*> remaining(addresses);
  if (!understood) throw UsageError(failure->message);
  arguments.version = version;
  if (version) return arguments;

  for (gchar** address = addresses; address && *address; ++address)
    arguments.outputs.emplace_back(*address);
  if (arguments.outputs.empty()) throw UsageError("What is to be read? There is no input");
  for (const std::string& address : arguments.outputs)
    if (address.empty()) throw UsageError("An empty argument is no input and no output");
  arguments.input = arguments.outputs.front();
  arguments.outputs.erase(arguments.outputs.begin());
  if (arguments.outputs.empty())
    arguments.outputs.push_back(default_output(arguments.options.get()));
  arguments.quiet = quiet;
  return arguments;
}
