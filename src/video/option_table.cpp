// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/option_table.hpp"

#include <glib.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/error.hpp"
#include "codec/codec.hpp"
#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

using O = VideoOptions;

constexpr double kMaxSize = 32768;
constexpr double kMaxInt = std::numeric_limits<int>::max();
constexpr double kMaxUnsigned = std::numeric_limits<unsigned>::max();
constexpr double kMaxCount = 9007199254740992.0;  // what a double counts one by one
constexpr double kMaxRate = 1000;

constexpr std::array kRows{
    VideoOption{"input-width", "input-width", "Input width",
                "Width of the input in pixels; 0: as it comes", "PIXELS", &O::input_width, 0,
                kMaxSize},
    VideoOption{"input-height", "input-height", "Input height",
                "Height of the input in pixels; 0: as it comes", "PIXELS", &O::input_height, 0,
                kMaxSize},
    VideoOption{"input-rate", "input-rate", "Input rate",
                "Frames of the input per second; 0: as they come", "FPS", &O::input_rate, 0,
                kMaxRate},
    VideoOption{"input-codec", "input-codec", "Input codec",
                "What a camera is asked for, or what an RTP stream has: H264, H265, VP8, VP9, AV1, "
                "mjpeg or raw; default: the best there is",
                "CODEC", &O::input_codec},
    VideoOption{"input-decoder", "input-decoder", "Input decoder",
                "The element that decodes; default: the best that is installed", "ELEMENT",
                &O::input_decoder},
    VideoOption{"input-flip", "input-flip", "Input flip",
                "How the picture is turned: 90r, 180, 90l, horiz, vert, ul-lr, ur-ll, auto or "
                "identity, the default; videoflip's names are taken too",
                "METHOD", &O::input_flip},
    VideoOption{"input-loop", "input-loop", "Input loop",
                "How often a file is played again; -1: for ever; default 0", "COUNT",
                &O::input_loop, -1, kMaxInt},
    VideoOption{"input-save", "input-save", "Input save",
                "A file (.mp4, .mkv) that what is read goes to as well, as it is encoded", "FILE",
                &O::input_save},
    VideoOption{"input-latency", "input-latency", "Input latency",
                "Milliseconds of jitter buffer; -1: the element's own default", "MS",
                &O::input_latency, -1, kMaxInt},
    VideoOption{"format", nullptr, "Format",
                "Of raw frames: RGB, BGR, RGBA, NV12 and so on; default: as they are decoded",
                "FORMAT", &O::format},
    VideoOption{"encoded", nullptr, "Encoded",
                "Frames as they are encoded, where the input has them so", nullptr, &O::encoded},
    VideoOption{"num-frames", "num-frames", "Number of frames",
                "The source ends after so many; 0: never", "COUNT", &O::num_frames, 0, kMaxCount},
    VideoOption{"output-codec", "output-codec", "Output codec",
                "H264, H265, VP8, VP9, AV1 or mjpeg; default: what the target takes", "CODEC",
                &O::output_codec},
    VideoOption{"output-encoder", "output-encoder", "Output encoder",
                "The element that encodes; default: the best that is installed", "ELEMENT",
                &O::output_encoder},
    VideoOption{"output-save", "output-save", "Output save",
                "A file (.mp4, .mkv) that what is written goes to as well", "FILE",
                &O::output_save},
    VideoOption{"output-bitrate", "output-bitrate", "Output bitrate",
                "Of what is encoded, in bit/s; 0: the target's default", "BIT/S",
                &O::output_bitrate, 0, kMaxUnsigned},
    VideoOption{"headless", "headless", "Headless", "No display is opened", nullptr, &O::headless},
    VideoOption{"wait", nullptr, "Wait",
                "A full queue makes the output wait, and frames go out at the pace of their "
                "timestamps where somebody watches; else the oldest frame goes",
                nullptr, &O::wait},
    VideoOption{"stun-server", "stun-server", "STUN server", "stun://host:port", "URI",
                &O::stun_server},
    VideoOption{"turn-servers", "turn-server", "TURN servers",
                "turn(s)://user:password@host:port; may be given several times", "URI",
                &O::turn_servers},
    VideoOption{"ice-servers", "ice-server", "ICE servers",
                "stun:host:port or turn:host:port[user:password]; may be given several times",
                "SERVER", &O::ice_servers},
    VideoOption{"ssl-certificate", "ssl-cert", "TLS certificate",
                "PEM file of the certificate of webrtcs://; default: $SSL_CERT", "FILE",
                &O::ssl_certificate},
    VideoOption{"ssl-key", "ssl-key", "TLS key", "PEM file of its key; default: $SSL_KEY", "FILE",
                &O::ssl_key},
};

struct Orientation {
  const char* nick;
  std::array<const char*, 3> others;
};
constexpr std::array kOrientations{
    Orientation{"identity", {"none", "", ""}},
    Orientation{"90r", {"clockwise", "90", "rotate-90"}},
    Orientation{"180", {"rotate-180", "", ""}},
    Orientation{"90l", {"counterclockwise", "270", "rotate-270"}},
    Orientation{"horiz", {"horizontal-flip", "horizontal", ""}},
    Orientation{"vert", {"vertical-flip", "vertical", ""}},
    Orientation{"ul-lr", {"upper-left-diagonal", "", ""}},
    Orientation{"ur-ll", {"upper-right-diagonal", "", ""}},
    Orientation{"auto", {"automatic", "", ""}},
};

[[noreturn]] void refuse(const std::string& name, const std::string& found,
                         const std::string& allowed) {
  throw Error(ErrorCode::kFailed, name + " is " + quote(found) + "; " + allowed + ".");
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  g_ascii_formatd(text.data(), text.size(), "%.0f", value);
  return text.data();
}

template <typename Number>
Number read_number(const VideoOption& option, const std::string& name, const std::string& text) {
  const std::string allowed = std::string("it is a ") +
                              (std::is_floating_point_v<Number> ? "" : "whole ") + "number from " +
                              number_text(option.min) + " to " + number_text(option.max);
  // Not by from_chars(), which has no double in every standard library.
  gchar* end = nullptr;
  const double value = g_ascii_strtod(text.c_str(), &end);
  if (text.empty() || g_ascii_isspace(text.front()) || *end || !std::isfinite(value) ||
      value < option.min || value > option.max)
    refuse(name, text, allowed);
  const auto number = static_cast<Number>(value);
  if (static_cast<double>(number) != value) refuse(name, text, allowed);
  return number;
}

bool read_bool(const std::string& name, const std::string& text) {
  for (const char* yes : {"", "true", "yes", "on", "1"})
    if (text == yes) return true;
  for (const char* no : {"false", "no", "off", "0"})
    if (text == no) return false;
  refuse(name, text, "it is true or false");
}

bool is_codec(std::string_view name, std::initializer_list<const char*> others) {
  const Codec* codec = find_codec(name);
  if (codec && codec->kind == MediaKind::kVideo) return true;
  return std::any_of(others.begin(), others.end(), [name](const char* other) {
    return g_ascii_strcasecmp(std::string(name).c_str(), other) == 0;
  });
}

std::string codec_names() {
  std::string names;
  for (const Codec& codec : codecs()) {
    if (codec.kind == MediaKind::kVideo) names += std::string(codec.name) + ", ";
  }
  return names;
}

}  // namespace

std::span<const VideoOption> video_option_table() {
  return kRows;
}

const char* orientation_nick(std::string_view flip) {
  if (flip.empty()) return "identity";
  for (const Orientation& row : kOrientations) {
    if (flip == row.nick ||
        std::find(row.others.begin(), row.others.end(), flip) != row.others.end())
      return row.nick;
  }
  return nullptr;
}

void set_video_option(VideoOptions& options, const VideoOption& option, const std::string& name,
                      const std::string& text) {
  std::visit(
      [&](auto field) {
        auto& value = options.*field;
        using Value = std::remove_reference_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>) {
          value = read_bool(name, text);
        } else if constexpr (std::is_arithmetic_v<Value>) {
          value = read_number<Value>(option, name, text);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          if (text.empty()) throw Error(ErrorCode::kFailed, name + " has no value.");
          value = text;
        } else {
          if (text.empty()) throw Error(ErrorCode::kFailed, name + " has no value.");
          value.push_back(text);
        }
      },
      option.field);
  check_video_option(options, option, name);
}

void check_video_option(const VideoOptions& options, const VideoOption& option,
                        const std::string& name) {
  const auto* const text = std::get_if<std::string O::*>(&option.field);
  const std::string value = text ? options.**text : "";
  if (value.empty()) return;
  if (*text == &O::input_flip && !orientation_nick(value)) {
    std::string nicks;
    for (const Orientation& row : kOrientations) nicks += std::string(", ") + row.nick;
    refuse(name, value, "it is one of " + nicks.substr(2));
  }
  if (*text == &O::input_codec && !is_codec(value, {"mjpeg", "raw"}))
    refuse(name, value, "it is one of " + codec_names() + "mjpeg, raw");
  if (*text == &O::output_codec && !is_codec(value, {"mjpeg"}))
    refuse(name, value, "it is one of " + codec_names() + "mjpeg");
  if (*text == &O::format &&
      gst_video_format_from_string(value.c_str()) <= GST_VIDEO_FORMAT_ENCODED)
    refuse(name, value, "it is a format of GStreamer's raw video, such as RGB, BGR, RGBA or NV12");
}

}  // namespace webrtcserver
