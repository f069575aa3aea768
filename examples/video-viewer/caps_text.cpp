// SPDX-License-Identifier: LGPL-2.1-or-later
#include "caps_text.hpp"

#include <cstdio>
#include <string_view>

namespace {

struct Name {
  std::string_view media_type;
  const char* text;
};

constexpr Name kNames[] = {
    {"video/x-h264", "H.264"}, {"video/x-h265", "H.265"}, {"video/x-vp8", "VP8"},
    {"video/x-vp9", "VP9"},    {"video/x-av1", "AV1"},    {"image/jpeg", "JPEG"},
};

}  // namespace

std::string caps_text(const GstCaps* caps) {
  if (!caps || gst_caps_is_empty(caps) || gst_caps_is_any(caps)) return "video";
  const GstStructure* form = gst_caps_get_structure(caps, 0);
  const std::string media_type = gst_structure_get_name(form);
  std::string text = media_type;
  for (const Name& name : kNames)
    if (name.media_type == media_type) text = name.text;
  if (media_type == "video/x-raw") {
    const char* format = gst_structure_get_string(form, "format");
    text = format ? format : "raw";
  }
  int width = 0;
  int height = 0;
  if (gst_structure_get_int(form, "width", &width) &&
      gst_structure_get_int(form, "height", &height))
    text += ", " + std::to_string(width) + "x" + std::to_string(height);
  int frames = 0;
  int seconds = 0;
  if (gst_structure_get_fraction(form, "framerate", &frames, &seconds) && frames > 0) {
    char rate[32];
    std::snprintf(rate, sizeof rate, ", %.4g frames/s", static_cast<double>(frames) / seconds);
    text += rate;
  }
  return text;
}
