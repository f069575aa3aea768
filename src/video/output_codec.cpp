// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/output_codec.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.hpp"
#include "codec/codec_rows.hpp"

namespace webrtcserver {

namespace {

constexpr std::array kCodecs{
    OutputCodec{"H264", "video/x-h264", "h264parse",
                "video/x-h264,stream-format=byte-stream,alignment=au", "rtph264pay", false},
    OutputCodec{"VP8", "video/x-vp8", nullptr, "video/x-vp8", "rtpvp8pay", false},
    OutputCodec{"VP9", "video/x-vp9", "vp9parse", "video/x-vp9,alignment=super-frame", "rtpvp9pay",
                false},
    OutputCodec{"H265", "video/x-h265", "h265parse",
                "video/x-h265,stream-format=byte-stream,alignment=au", "rtph265pay", false},
    OutputCodec{"AV1", "video/x-av1", "av1parse",
                "video/x-av1,stream-format=obu-stream,alignment=tu", "rtpav1pay", false},
    OutputCodec{"JPEG", "image/jpeg", nullptr, "image/jpeg", "rtpjpegpay", true},
    OutputCodec{"PNG", "image/png", nullptr, "image/png", nullptr, true},
};

// Encoders for what browsers do not take, beside the catalogue's.
constexpr std::array kPlainInputs{
    EncoderInput{"video/x-raw", "videoconvert", "videoscale add-borders=false"},
    EncoderInput{"video/x-raw(memory:CUDAMemory)", "videoconvert", "videoscale add-borders=false",
                 "cudadownload"},
};
constexpr std::array kX265{
    PropertySetting{"tune", "zerolatency"},
    PropertySetting{"speed-preset", "ultrafast"},
    PropertySetting{"key-int-max", "2560"},
};
constexpr std::array kJpeg{PropertySetting{"quality", "90"}};

constexpr Encoder pictures(const char* codec, const char* factory, const char* input_filter,
                           std::span<const PropertySetting> settings) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kPlainInputs,
          .input_filter = input_filter,
          .output_filter = nullptr,
          .bitrate_property = "",
          .bitrate_unit = BitrateUnit::kBit,
          .settings = settings};
}

constexpr std::array kFurtherRows{
    Encoder{.codec = "H265",
            .factory = "x265enc",
            .inputs = kPlainInputs,
            .input_filter = "video/x-raw,format=I420",
            .output_filter = nullptr,
            .bitrate_property = "bitrate",
            .bitrate_unit = BitrateUnit::kKilobit,
            .settings = kX265,
            .even_size = true},
    pictures("JPEG", "jpegenc", "video/x-raw,format=I420", kJpeg),
    pictures("PNG", "pngenc", "video/x-raw,format=RGB", {}),
};

EncoderCatalogue& further_encoders() {
  static EncoderCatalogue catalogue(kFurtherRows);
  return catalogue;
}

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         g_ascii_strncasecmp(left.data(), right.data(), left.size()) == 0;
}

// The catalogues look at the name alone.
Codec named(const OutputCodec& codec) {
  Codec row{};
  row.name = codec.name;
  return row;
}

}  // namespace

std::span<const OutputCodec> output_codecs() {
  return kCodecs;
}

const OutputCodec* find_output_codec(std::string_view name) {
  if (same_name(name, "mjpeg")) name = "JPEG";
  const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(), [name](const OutputCodec& row) {
    return same_name(row.name, name);
  });
  return found == kCodecs.end() ? nullptr : found;
}

const OutputCodec* output_codec_of(const GstCaps* caps) {
  if (!caps || gst_caps_is_any(caps) || gst_caps_is_empty(caps)) return nullptr;
  const std::string_view type = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(), [type](const OutputCodec& row) {
    return type == row.media_type;
  });
  return found == kCodecs.end() ? nullptr : found;
}

std::vector<EncoderCatalogue::Choice> output_encoders(const OutputCodec& codec,
                                                      const GstCaps* raw_caps,
                                                      std::string_view element) {
  auto choices = EncoderCatalogue::system()->choices(named(codec), raw_caps);
  const auto further = further_encoders().choices(named(codec), raw_caps);
  choices.insert(choices.end(), further.begin(), further.end());
  if (!element.empty()) {
    std::erase_if(choices, [element](const EncoderCatalogue::Choice& choice) {
      return element != choice.encoder->factory;
    });
  }
  return choices;
}

const OutputCodec& codec_of_encoder(std::string_view element) {
  for (const std::span<const Encoder> rows :
       {CodecRows::system().encoders(), std::span<const Encoder>(kFurtherRows)}) {
    for (const Encoder& row : rows) {
      const OutputCodec* codec = find_output_codec(row.codec);
      if (codec && element == row.factory) return *codec;
    }
  }
  std::string known;
  for (const std::span<const Encoder> rows :
       {CodecRows::system().encoders(), std::span<const Encoder>(kFurtherRows)}) {
    for (const Encoder& row : rows) {
      if (find_output_codec(row.codec))
        known += std::string(known.empty() ? "" : ", ") + row.factory;
    }
  }
  throw Error(ErrorCode::kNoEncoder, "\"" + std::string(element) +
                                         "\" is no encoder of video that an output can use; there "
                                         "are " +
                                         known + ".");
}

}  // namespace webrtcserver
