// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/output_format.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

constexpr std::array<const char*, 4> kMp4Codecs{"H264", "H265", "VP9", "AV1"};
constexpr std::array<const char*, 3> kMovCodecs{"H264", "H265", "JPEG"};
constexpr std::array<const char*, 6> kMatroskaCodecs{"H264", "VP8", "VP9", "H265", "AV1", "JPEG"};
constexpr std::array<const char*, 3> kWebmCodecs{"VP8", "VP9", "AV1"};
constexpr std::array<const char*, 2> kTsCodecs{"H264", "H265"};
constexpr std::array<const char*, 3> kAviCodecs{"H264", "JPEG", "VP8"};
constexpr std::array<const char*, 1> kH264{"H264"};
constexpr std::array<const char*, 1> kH265{"H265"};
constexpr std::array<const char*, 1> kJpeg{"JPEG"};
constexpr std::array<const char*, 1> kPng{"PNG"};
constexpr std::array<const char*, 6> kRtpCodecs{"H264", "VP8", "VP9", "H265", "AV1", "JPEG"};
constexpr std::array<const char*, 5> kWebrtcCodecs{"H264", "VP8", "VP9", "H265", "AV1"};

// A fragment a second: a program that is killed leaves all but the last. At an orderly end the file
// becomes an ordinary one.
constexpr std::array kFragments{
    PropertySetting{"fragment-duration", "1000"},
    PropertySetting{"fragment-mode", "first-moov-then-finalise"},
};
constexpr std::array kMatroska{PropertySetting{"offset-to-zero", "true"}};
constexpr std::array kFlv{PropertySetting{"streamable", "true"}};

constexpr OutputFormat file(const char* extension, const char* words,
                            std::span<const char* const> codecs, const char* muxer,
                            std::span<const PropertySetting> settings = {}) {
  return {LocationKind::kFile, extension, words, codecs, false, false, true, muxer, settings};
}

constexpr OutputFormat picture(LocationKind kind, const char* extension, const char* words,
                               std::span<const char* const> codecs) {
  return {kind, extension, words, codecs, false, false, false, nullptr, {}};
}

constexpr std::array kFormats{
    file("mp4", "MP4", kMp4Codecs, "mp4mux", kFragments),
    file("m4v", "MP4", kMp4Codecs, "mp4mux", kFragments),
    file("mov", "QuickTime", kMovCodecs, "qtmux", kFragments),
    file("mkv", "Matroska", kMatroskaCodecs, "matroskamux", kMatroska),
    file("webm", "WebM", kWebmCodecs, "webmmux", kMatroska),
    file("ts", "MPEG-TS", kTsCodecs, "mpegtsmux"),
    file("avi", "AVI", kAviCodecs, "avimux"),
    file("flv", "FLV", kH264, "flvmux"),
    file("h264", "H.264", kH264, nullptr),
    file("h265", "H.265", kH265, nullptr),
    picture(LocationKind::kFile, "jpg", "JPEG", kJpeg),
    picture(LocationKind::kFile, "jpeg", "JPEG", kJpeg),
    picture(LocationKind::kFile, "png", "PNG", kPng),
    picture(LocationKind::kImageSequence, "jpg", "JPEG", kJpeg),
    picture(LocationKind::kImageSequence, "jpeg", "JPEG", kJpeg),
    picture(LocationKind::kImageSequence, "png", "PNG", kPng),
    OutputFormat{
        LocationKind::kWebrtc, nullptr, "WebRTC", kWebrtcCodecs, true, true, false, nullptr, {}},
    OutputFormat{
        LocationKind::kWhip, nullptr, "WHIP", kWebrtcCodecs, true, true, false, nullptr, {}},
    OutputFormat{LocationKind::kRtp, nullptr, "RTP", kRtpCodecs, false, true, false, nullptr, {}},
    OutputFormat{LocationKind::kRtsp, nullptr, "RTSP", kRtpCodecs, false, true, false, nullptr, {}},
    OutputFormat{LocationKind::kRtmp, nullptr, "RTMP", kH264, false, true, true, "flvmux", kFlv},
    OutputFormat{LocationKind::kDisplay, nullptr, "a display", {}, true, true, false, nullptr, {}},
};

std::string extension_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) return {};
  std::string extension = path.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(), g_ascii_tolower);
  return extension;
}

std::string known_extensions(LocationKind kind) {
  std::string known;
  for (const OutputFormat& format : kFormats) {
    if (format.kind == kind) known += std::string(known.empty() ? "." : " .") + format.extension;
  }
  return known;
}

bool has_element(const char* name) {
  return static_cast<bool>(Ref<GstElementFactory>::adopt(gst_element_factory_find(name)));
}

bool muxer_takes(const char* muxer, const char* media_type) {
  const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(muxer));
  if (!factory) return false;
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple(media_type));
  return gst_element_factory_can_sink_any_caps(factory.get(), caps.get()) != FALSE;
}

bool is_network(LocationKind kind) {
  return kind == LocationKind::kRtp || kind == LocationKind::kRtsp;
}

bool is_webrtc(LocationKind kind) {
  return kind == LocationKind::kWebrtc || kind == LocationKind::kWhip;
}

}  // namespace

const OutputFormat& output_format_of(const Location& location) {
  const std::string extension = extension_of(location.path);
  for (const OutputFormat& format : kFormats) {
    if (format.kind == location.kind && (!format.extension || extension == format.extension))
      return format;
  }
  throw Error(ErrorCode::kInvalidUri,
              "\"" + location.text + "\": " +
                  (extension.empty() ? std::string("a file without extension")
                                     : "a file \"." + extension + "\"") +
                  " cannot be written; there are " + known_extensions(location.kind) + ".");
}

std::vector<const OutputCodec*> codecs_of_format(const OutputFormat& format) {
  std::vector<const OutputCodec*> codecs;
  for (const char* name : format.codecs) {
    const OutputCodec* codec = find_output_codec(name);
    if (codec->parser && !has_element(codec->parser)) continue;
    if (format.muxer && !muxer_takes(format.muxer, codec->media_type)) continue;
    if (is_network(format.kind) && !(codec->payloader && has_element(codec->payloader))) continue;
    if (is_webrtc(format.kind) && !find_codec(codec->name)) continue;
    codecs.push_back(codec);
  }
  return codecs;
}

}  // namespace webrtcserver
