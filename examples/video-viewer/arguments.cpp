// SPDX-License-Identifier: LGPL-2.1-or-later
#include "arguments.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

using webrtcserver::CommandLine;

namespace {

constexpr const char* kSummary =
    "Usage: video-viewer [options] <input> [output …]\n"
    "\n"
    "Shows, streams and records video: from any input to any number of outputs, encoded anew only\n"
    "where an output or an option asks for it. No sound.\n"
    "\n"
    "Inputs:   /dev/video0, v4l2:///dev/video0, csi://0, screen://, test://ball, file.mp4,\n"
    "          img_%04d.jpg, folder, 'img_*.png', rtsp://host/path, rtp://@:5004,\n"
    "          webrtc://@:8554/input, whep://host/path, http://host/file.mp4\n"
    "Outputs:  webrtc://@:8554/output, whip://host/path, rtsp://@:8555/path, rtp://host:5004,\n"
    "          rtmp://host/app/key, display://, file.mp4, file.mkv, img_%04d.jpg\n"
    "Without an output: display://; without a display, webrtc://@:8554/output.\n"
    "\n"
    "  -q, --quiet               Nothing is said but what goes wrong\n"
    "  --version                 The version, and nothing else\n"
    "  -h, --help                This text\n";

constexpr const char* kEnd =
    "Ctrl-C ends it, and files can be played; a second Ctrl-C ends it at once. Everything else is\n"
    "in the manual: man video-viewer\n";

bool has_display() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value && *value) return true;
  }
  return false;
}

// Takes one of our own flags out, up to "--"; whether it was there.
bool take(std::vector<const char*>& arguments, std::initializer_list<std::string_view> names) {
  const auto end = std::find_if(arguments.begin(), arguments.end(),
                                [](const char* word) { return std::string_view(word) == "--"; });
  const auto kept = std::remove_if(arguments.begin(), end, [&names](const char* word) {
    return std::find(names.begin(), names.end(), word) != names.end();
  });
  const bool found = kept != end;
  arguments.erase(kept, end);
  return found;
}

}  // namespace

Arguments parse_arguments(int argc, const char* const* argv) {
  Arguments arguments;
  std::vector<const char*> words(argv, argv + argc);
  arguments.quiet = take(words, {"-q", "--quiet"});
  arguments.version = take(words, {"--version"});
  if (arguments.version) return arguments;
  try {
    const auto line = CommandLine::parse(static_cast<int>(words.size()), words.data());
    arguments.help = line.help;
    arguments.options = line.options;
    arguments.input = line.input;
    arguments.outputs = line.outputs;
  } catch (const webrtcserver::Error& error) {
    throw UsageError(error.what());
  }
  if (arguments.help) return arguments;
  if (arguments.input.empty()) throw UsageError("What is to be read? There is no input.");
  for (const std::string& output : arguments.outputs)
    if (output.empty()) throw UsageError("An output is empty.");
  if (arguments.outputs.empty())
    arguments.outputs.emplace_back(
        arguments.options.headless || !has_display() ? "webrtc://@:8554/output" : "display://");
  return arguments;
}

std::string help_text() {
  // Without its first line, which says less.
  const std::string usage = CommandLine().usage();
  return kSummary + usage.substr(usage.find('\n') + 1) + kEnd;
}
