// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_report.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "codec/codec_overrides.hpp"

namespace webrtcserver {

namespace {

// "memory:NVMM", or "memory:SystemMemory", of caps in words.
std::string memory_of(const char* text) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
  if (gst_caps_get_size(caps.get()) == 0) return GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY;
  return take_string(gst_caps_features_to_string(gst_caps_get_features(caps.get(), 0)));
}

void add_strings(JsonWriter& json, const char* member, const std::vector<std::string>& texts) {
  json.begin_array(member);
  for (const std::string& text : texts) json.element(text);
  json.end_array();
}

void add_once(std::vector<std::string>& texts, std::string text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
}

void add_element(JsonWriter& json, const char* codec, const char* factory, const char* platform,
                 const std::string& refused) {
  json.add("codec", codec).add("element", factory);
  const auto found = Ref<GstElementFactory>::adopt(gst_element_factory_find(factory));
  json.add(
      "description",
      found ? gst_element_factory_get_metadata(found.get(), GST_ELEMENT_METADATA_LONGNAME) : "");
  json.add("platform", platform).add("installed", static_cast<bool>(found));
  json.add("usable", refused.empty());
  if (!refused.empty()) json.add("refused", refused);
}

// In the order in which they are offered; behind those, what RTP cannot carry here.
std::vector<std::string_view> codec_names() {
  std::vector<std::string_view> names;
  for (const Codec& codec : codecs()) names.emplace_back(codec.name);
  const auto add = [&](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Encoder& row : encoder_table()) add(row.codec);
  for (const Decoder& row : decoder_table()) add(row.codec);
  return names;
}

void add_encoder(JsonWriter& json, const EncoderCatalogue::Report& report) {
  const Encoder& row = *report.encoder;
  std::vector<std::string> direct;
  std::vector<std::string> copied;
  for (const EncoderInput* input : report.inputs) {
    const std::string memory = memory_of(input->caps);
    const char* filter = input->filter ? input->filter : row.input_filter;
    // From system memory into that of a GPU is a copy, from one of a GPU's into another is none
    // that the CPU sees.
    const bool uploads = memory == GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY && filter &&
                         memory_of(filter) != GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY;
    add_once(input->download || uploads ? copied : direct, memory);
  }
  std::erase_if(copied, [&](const std::string& memory) {
    return std::find(direct.begin(), direct.end(), memory) != direct.end();
  });
  json.begin();
  add_element(json, row.codec, row.factory, row.platform, report.refused);
  add_strings(json, "memory", direct);
  add_strings(json, "copied-memory", copied);
  json.add("bitrate-change", row.fixed_bitrate != 0                          ? "none"
                             : row.bitrate_change == BitrateChange::kRestart ? "restart"
                                                                             : "live");
  if (row.limits) json.add("limits", row.limits);
  json.add("source", row.source);
  add_strings(json, "problems", report.problems);
  json.end();
}

void add_decoder(JsonWriter& json, const DecoderCatalogue::Report& report) {
  std::vector<std::string> memory;
  for (const DecoderOutput* output : report.outputs) add_once(memory, memory_of(output->caps));
  json.begin();
  add_element(json, report.decoder->codec, report.decoder->factory, report.decoder->platform,
              report.refused);
  add_strings(json, "memory", memory);
  add_strings(json, "problems", report.problems);
  json.end();
}

}  // namespace

std::string codec_report() {
  return codec_report(*EncoderCatalogue::system(), *DecoderCatalogue::system(),
                      CodecOverrides::system());
}

std::string codec_report(const EncoderCatalogue& encoders, const DecoderCatalogue& decoders,
                         const CodecOverrides& overrides) {
  const auto of_encoders = encoders.report();
  const auto of_decoders = decoders.report();
  JsonWriter json;
  json.begin();
  if (!overrides.file.empty()) json.add("file", overrides.file);
  add_strings(json, "problems", overrides.problems);
  json.begin_array("encoders");
  for (const std::string_view codec : codec_names()) {
    for (auto report : of_encoders) {
      if (report.encoder->codec != codec) continue;
      if (!find_codec(codec) && report.refused.empty()) {
        report.refused = "GStreamer has no RTP payloader for " + std::string(codec) + " here";
        report.inputs.clear();
      }
      add_encoder(json, report);
    }
  }
  json.end_array();
  json.begin_array("decoders");
  for (const std::string_view codec : codec_names()) {
    for (auto report : of_decoders) {
      if (report.decoder->codec != codec) continue;
      const Codec* known = find_codec(codec);
      if (report.refused.empty() && (!known || !can_receive(*known))) {
        report.refused = "GStreamer has no RTP depayloader for " + std::string(codec) + " here";
        report.outputs.clear();
      }
      add_decoder(json, report);
    }
  }
  json.end_array();
  json.end();
  return json.text();
}

}  // namespace webrtcserver
