// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <algorithm>
#include <initializer_list>

#include "addresses.hpp"

using webrtcserver::VideoOptions;

namespace {

bool is_one_of(const std::string& scheme, std::initializer_list<const char*> schemes) {
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

// A picture has to be there for these: to be turned, or to be encoded in another way.
bool asks_for_pictures(const VideoOptions& options) {
  return options.output_bitrate != 0 || !options.input_flip.empty() ||
         !options.input_decoder.empty() || !options.output_encoder.empty();
}

// A camera has modes; everything else is scaled.
bool asks_for_size(const VideoOptions& options) {
  return options.input_width != 0 || options.input_height != 0 || options.input_rate != 0;
}

// Not all of /dev: /dev/shm has files.
bool is_camera(const std::string& input) {
  return input.rfind("/dev/video", 0) == 0 || input.rfind("/dev/v4l/", 0) == 0 ||
         is_one_of(scheme_of(input), {"v4l2", "csi"});
}

// What sends at its own time, whether somebody listens or not.
bool is_live(const std::string& input) {
  return is_camera(input) || is_one_of(scheme_of(input), {"screen", "rtsp", "rtsps", "rtspt", "rtp",
                                                          "webrtc", "webrtcs", "whep", "wheps"});
}

bool is_picture(const std::string& output) {
  const std::string path = file_of(output);
  const auto ends = [&path](const std::string& end) {
    return path.size() >= end.size() &&
           g_ascii_strcasecmp(path.c_str() + path.size() - end.size(), end.c_str()) == 0;
  };
  return scheme_of(output) == "display" || ends(".jpg") || ends(".jpeg") || ends(".png");
}

}  // namespace

Plan Plan::make(const VideoOptions& options, const std::string& input,
                const std::vector<std::string>& outputs) {
  Plan plan;
  const auto all = [&outputs](auto&& fits) {
    return std::all_of(outputs.begin(), outputs.end(), fits);
  };
  const bool scaled = asks_for_size(options) && !is_camera(input);
  // Where all outputs show pictures, the input's own decoder makes them.
  plan.encoded = !asks_for_pictures(options) && !scaled && !all(is_picture);
  const bool to_files = all([](const std::string& output) { return !file_of(output).empty(); });
  plan.wait = to_files && !is_live(input);
  plan.paced = !to_files;
  plan.browsers = std::any_of(outputs.begin(), outputs.end(), [](const std::string& output) {
    return is_one_of(scheme_of(output), {"webrtc", "webrtcs", "whip", "whips"});
  });
  plan.returns = is_one_of(scheme_of(input), {"rtsp", "rtsps", "rtspt", "whep", "wheps"});
  return plan;
}
