// SPDX-License-Identifier: LGPL-2.1-or-later
// camera.hpp — cameras of this machine, and which of their modes is taken.
#pragma once

#include <optional>
#include <string>

#include "video/input_reader.hpp"

namespace webrtcserver {

// One way in which a camera can deliver.
struct CameraMode {
  std::string type;  // media type: "video/x-raw", "image/jpeg", "video/x-h264" …
  int width = 0;
  int height = 0;
  int rate_numerator = 0;
  int rate_denominator = 1;

  double rate() const { return static_cast<double>(rate_numerator) / rate_denominator; }
};

// Of what a camera offers the mode that comes closest to the options: codec, size, rate, in this
// order. Without a size it is what comes closest to 1280×720 at 30. Nothing: it has no mode of
// this codec.
std::optional<CameraMode> choose_camera_mode(const GstCaps* offered, const VideoOptions& options);

// What a camera offers, for people: "video/x-raw 640×480, image/jpeg 1920×1080"
std::string describe_modes(const GstCaps* offered);

InputReader read_camera(const Location& input, const VideoOptions& options);
InputReader read_csi_camera(const Location& input, const VideoOptions& options);

}  // namespace webrtcserver
