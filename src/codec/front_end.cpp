// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/front_end.hpp"

#include <algorithm>
#include <string_view>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

bool is_interlaced(const GstStructure* fields) {
  const char* mode = gst_structure_get_string(fields, "interlace-mode");
  return mode && std::string_view(mode) != "progressive";
}

}  // namespace

std::string front_end_for(const EncoderCatalogue::Choice& choice, const GstCaps* raw_caps) {
  const auto accepted = Ref<GstCaps>::adopt(gst_caps_from_string(choice.input->caps));
  if (gst_caps_get_size(raw_caps) == 0 || !gst_caps_can_intersect(raw_caps, accepted.get()))
    return "";
  const GstStructure* fields = gst_caps_get_structure(raw_caps, 0);
  const bool in_system_memory = gst_caps_features_is_equal(gst_caps_get_features(raw_caps, 0),
                                                           GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);

  std::string elements;
  // Browsers show both fields at once. The converters for GPU memory deinterlace themselves or
  // refuse.
  if (in_system_memory && is_interlaced(fields)) elements += "deinterlace ! ";
  elements += choice.input->converter;

  std::string filter = choice.encoder->input_filter ? choice.encoder->input_filter : "";
  int width = 0;
  int height = 0;
  if (choice.encoder->even_size && gst_structure_get_int(fields, "width", &width) &&
      gst_structure_get_int(fields, "height", &height) && (width % 2 != 0 || height % 2 != 0) &&
      width > 1 && height > 1 && !filter.empty()) {
    if (choice.input->scaler) elements += std::string(" ! ") + choice.input->scaler;
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
