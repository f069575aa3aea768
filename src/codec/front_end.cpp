// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/front_end.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <string_view>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

bool is_interlaced(const GstStructure* fields) {
  const char* mode = gst_structure_get_string(fields, "interlace-mode");
  return mode && std::string_view(mode) != "progressive";
}

// Where the elements that have no notion of a GPU can see it.
bool is_in_system_memory(const GstCaps* caps) {
  return gst_caps_features_is_equal(gst_caps_get_features(caps, 0),
                                    GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) != FALSE;
}

// What decoders take for granted where a stream says nothing: limited range, and the matrix that
// goes with the size. VP8 knows no other than bt601 (RFC 6386, section 9.2).
const char* colours_taken_for_granted(const Encoder& encoder, int height) {
  constexpr int kStandardDefinition = 576;
  return height <= kStandardDefinition || std::string_view(encoder.codec) == "VP8" ? "bt601"
                                                                                   : "bt709";
}

// Empty when the pictures come in them.
std::string colours_to_convert_to(const Encoder& encoder, const GstCaps* raw_caps) {
  int height = 0;
  gst_structure_get_int(gst_caps_get_structure(raw_caps, 0), "height", &height);
  const char* granted = colours_taken_for_granted(encoder, height);
  GstVideoColorimetry wanted;
  gst_video_colorimetry_from_string(&wanted, granted);
  GstVideoInfo info;
  if (gst_caps_is_fixed(raw_caps) && gst_video_info_from_caps(&info, raw_caps) &&
      GST_VIDEO_INFO_COLORIMETRY(&info).matrix == wanted.matrix &&
      GST_VIDEO_INFO_COLORIMETRY(&info).range == wanted.range)
    return "";
  return granted;
}

// Whether videoconvert has to make limited range of full range and nothing else of the colours. It
// does not (its shortcuts between formats of YUV only look at the matrix; up to GStreamer 1.26 at
// least), unless it goes by way of RGB.
bool only_the_range_changes(const GstCaps* raw_caps, const std::string& filter) {
  if (filter.empty()) return false;
  const auto wanted_caps = Ref<GstCaps>::adopt(gst_caps_from_string(filter.c_str()));
  const char* text =
      gst_structure_get_string(gst_caps_get_structure(wanted_caps.get(), 0), "colorimetry");
  GstVideoColorimetry wanted;
  GstVideoInfo info;
  if (!text || !gst_video_colorimetry_from_string(&wanted, text) || !gst_caps_is_fixed(raw_caps) ||
      !gst_video_info_from_caps(&info, raw_caps))
    return false;
  const GstVideoColorimetry& now = GST_VIDEO_INFO_COLORIMETRY(&info);
  return GST_VIDEO_INFO_IS_YUV(&info) && now.matrix == wanted.matrix && now.range != wanted.range;
}

}  // namespace

bool takes(const EncoderInput& input, const GstCaps* raw_caps) {
  const auto accepted = Ref<GstCaps>::adopt(gst_caps_from_string(input.caps));
  if (gst_caps_get_size(raw_caps) == 0 || !gst_caps_can_intersect(raw_caps, accepted.get()))
    return false;
  return !is_interlaced(gst_caps_get_structure(raw_caps, 0)) || is_in_system_memory(raw_caps) ||
         input.download || input.deinterlacer;
}

std::string front_end_for(const EncoderCatalogue::Choice& choice, const GstCaps* raw_caps) {
  const EncoderInput& input = *choice.input;
  if (!takes(input, raw_caps)) return "";
  const GstStructure* fields = gst_caps_get_structure(raw_caps, 0);

  std::string elements;
  if (input.download) elements += std::string(input.download) + " ! ";
  // Browsers show both fields at once.
  if (is_interlaced(fields)) {
    // deinterlace passes memory of GPUs through as it is, and so may the elements around it.
    if (input.download) elements += "capsfilter caps=video/x-raw ! ";
    const bool reachable = input.download || is_in_system_memory(raw_caps);
    elements += std::string(reachable ? "deinterlace" : input.deinterlacer) + " ! ";
  }

  const char* wanted = input.filter ? input.filter : choice.encoder->input_filter;
  std::string filter = wanted ? wanted : "";
  if (!choice.encoder->tells_colours && filter.find("colorimetry") == std::string::npos) {
    const std::string colours = colours_to_convert_to(*choice.encoder, raw_caps);
    if (!filter.empty() && !colours.empty()) filter += ",colorimetry=" + colours;
  }
  const std::string_view converter = input.converter;
  if (converter.ends_with("videoconvert") && only_the_range_changes(raw_caps, filter))
    elements += "videoconvert ! capsfilter caps=video/x-raw,format=BGRx ! ";
  elements += converter;

  int width = 0;
  int height = 0;
  if (choice.encoder->even_size && gst_structure_get_int(fields, "width", &width) &&
      gst_structure_get_int(fields, "height", &height) && (width % 2 != 0 || height % 2 != 0) &&
      width > 1 && height > 1 && !filter.empty()) {
    if (input.scaler) elements += std::string(" ! ") + input.scaler;
    filter += ",width=" + std::to_string(width - width % 2) +
              ",height=" + std::to_string(height - height % 2);
  }
  int channels = 0;
  if (choice.encoder->max_channels > 0 && gst_structure_get_int(fields, "channels", &channels)) {
    // Left to itself, audioconvert mixes six channels down to one.
    filter += ",channels=" + std::to_string(std::min(channels, choice.encoder->max_channels));
  }
  if (!filter.empty()) elements += " ! capsfilter caps=\"" + filter + "\"";
  return elements;
}

}  // namespace webrtcserver
