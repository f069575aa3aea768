// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_rows.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

namespace {

// The higher goes first; rows that are equal here stay in the table's order.
template <typename Row>
void sort(std::vector<Row>& rows, const CodecOverrides& overrides) {
  const auto weight = [&](const Row& row) {
    const auto* element = overrides.find(row.factory);
    return element ? std::pair(element->priority, element->rank) : std::pair(0, 0U);
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& left, const Row& right) { return weight(left) > weight(right); });
}

}  // namespace

CodecRows::CodecRows(std::span<const Encoder> encoders, std::span<const Decoder> decoders,
                     const CodecOverrides& overrides) {
  for (const Encoder& row : encoders) {
    const auto* element = overrides.find(row.factory);
    encoders_.push_back(element ? overridden(row, *element) : row);
  }
  for (const auto& [factory, element] : overrides.elements) {
    if (element.row) encoders_.push_back(created(factory, element, overrides.file));
  }
  for (Decoder row : decoders) {
    if (const auto* element = overrides.find(row.factory)) {
      row.settings = with_demanded(row.settings, *element);
      if (!element->refused.empty()) row.refused = keep(element->refused);
    }
    decoders_.push_back(row);
  }
  sort(encoders_, overrides);
  sort(decoders_, overrides);
}

const CodecRows& CodecRows::system() {
  // Never destroyed: encoders that nobody has stopped outlive main(), and know their rows.
  static const auto& rows =
      *new CodecRows(encoder_table(), decoder_table(), CodecOverrides::system());
  return rows;
}

const char* CodecRows::keep(const std::string& text) {
  return texts_.emplace_back(text).c_str();
}

// The first value that an element takes stays.
std::span<const PropertySetting> CodecRows::with_demanded(std::span<const PropertySetting> settings,
                                                          const CodecOverrides::Element& element) {
  if (element.settings.empty()) return settings;
  std::vector<PropertySetting>& all = settings_.emplace_back();
  for (const auto& [name, value] : element.settings) all.push_back({keep(name), keep(value), true});
  all.insert(all.end(), settings.begin(), settings.end());
  return all;
}

Encoder CodecRows::overridden(Encoder row, const CodecOverrides::Element& element) {
  row.settings = with_demanded(row.settings, element);
  if (element.bitrate_property) {
    row.bitrate_property = keep(*element.bitrate_property);
    row.bitrate_field = nullptr;
    row.key_frame_field = nullptr;
  }
  if (element.bitrate_unit) row.bitrate_unit = *element.bitrate_unit;
  if (!element.refused.empty()) row.refused = keep(element.refused);
  return row;
}

// Other raw video is converted on the CPU, and what is in the memory of the caps by the converter
// alone.
std::span<const EncoderInput> CodecRows::inputs_of(const CodecOverrides::NewEncoder& row) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(row.input_caps.c_str()));
  const GstCapsFeatures* features = gst_caps_is_any(caps.get()) || gst_caps_is_empty(caps.get())
                                        ? nullptr
                                        : gst_caps_get_features(caps.get(), 0);
  const bool in_system_memory =
      !features ||
      gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) != FALSE;
  std::vector<EncoderInput>& inputs = inputs_.emplace_back();
  const std::string converter = row.converter.empty() ? "" : " ! " + row.converter;
  EncoderInput plain{};
  plain.caps = "video/x-raw";
  plain.converter = keep("videoconvert ! videoscale add-borders=false" + converter);
  if (!in_system_memory) {
    EncoderInput own{};
    own.caps = keep("video/x-raw(" + take_string(gst_caps_features_to_string(features)) + ")");
    own.converter = row.converter.empty() ? "identity" : keep(row.converter);
    inputs.push_back(own);
  }
  inputs.push_back(plain);
  return inputs;
}

Encoder CodecRows::created(const std::string& factory, const CodecOverrides::Element& element,
                           const std::string& file) {
  const CodecOverrides::NewEncoder& described = *element.row;
  Encoder row{};
  row.codec = find_codec(described.codec)->name;
  row.factory = keep(factory);
  row.inputs = inputs_of(described);
  row.input_filter = keep(described.input_caps);
  if (!described.output_caps.empty()) row.output_filter = keep(described.output_caps);
  row.bitrate_property = "bitrate";
  row.bitrate_unit = BitrateUnit::kBit;
  if (!described.key_frame_action.empty()) row.key_frame_action = keep(described.key_frame_action);
  row.even_size = described.even_size;
  row.proof = EncoderProof::kFirstFrame;
  row.platform = "described by the user";
  row.source = keep(file);
  return overridden(row, element);
}

}  // namespace webrtcserver
