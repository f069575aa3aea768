// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/camera.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>
#include <tuple>

#include "base/error.hpp"
#include "codec/codec.hpp"
#include "net/uri_text.hpp"
#include "video/input_error.hpp"

namespace webrtcserver {

namespace {

constexpr int kUsualWidth = 1280;
constexpr int kUsualHeight = 720;
constexpr double kUsualRate = 30;

// The cheapest to decode first, where nobody says what is wanted; and last of all for who wants it
// encoded.
constexpr std::array kTypes{"video/x-raw", "image/jpeg",  "video/x-h264", "video/x-h265",
                            "video/x-vp8", "video/x-vp9", "video/x-av1"};
constexpr std::array kEncodedTypes{"video/x-h264", "video/x-h265", "video/x-vp8", "video/x-vp9",
                                   "video/x-av1",  "image/jpeg",   "video/x-raw"};

std::string type_of(const std::string& codec) {
  if (g_ascii_strcasecmp(codec.c_str(), "raw") == 0) return "video/x-raw";
  if (g_ascii_strcasecmp(codec.c_str(), "mjpeg") == 0) return "image/jpeg";
  const Codec* row = find_codec(codec);
  return row ? row->media_type : codec;
}

int preference(std::string_view type, bool encoded) {
  const auto& types = encoded ? kEncodedTypes : kTypes;
  const auto* const found = std::find(types.begin(), types.end(), type);
  return found == types.end() ? -1 : static_cast<int>(found - types.begin());
}

// The way of one structure that comes closest.
CameraMode closest(const GstStructure* offered, int width, int height, double rate) {
  const Owned<GstStructure> fixed(gst_structure_copy(offered));
  int numerator = 0;
  int denominator = 1;
  gst_util_double_to_fraction(rate, &numerator, &denominator);
  const auto has = [&fixed](const char* field) {
    return gst_structure_has_field(fixed.get(), field) != FALSE;
  };
  if (has("width")) gst_structure_fixate_field_nearest_int(fixed.get(), "width", width);
  if (has("height")) gst_structure_fixate_field_nearest_int(fixed.get(), "height", height);
  if (has("framerate")) {
    gst_structure_fixate_field_nearest_fraction(fixed.get(), "framerate", numerator, denominator);
  }
  CameraMode mode;
  mode.type = gst_structure_get_name(offered);
  gst_structure_get_int(fixed.get(), "width", &mode.width);
  gst_structure_get_int(fixed.get(), "height", &mode.height);
  gst_structure_get_fraction(fixed.get(), "framerate", &mode.rate_numerator,
                             &mode.rate_denominator);
  return mode;
}

Ref<GstCaps> caps_of(const CameraMode& mode) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple(mode.type.c_str()));
  if (mode.width > 0) {
    gst_caps_set_simple(caps.get(), "width", G_TYPE_INT, mode.width, "height", G_TYPE_INT,
                        mode.height, nullptr);
  }
  if (mode.rate_numerator > 0) {
    gst_caps_set_simple(caps.get(), "framerate", GST_TYPE_FRACTION, mode.rate_numerator,
                        mode.rate_denominator, nullptr);
  }
  return caps;
}

// Opens the device, whose error, if there is one, is on a bus of its own.
void open_device(GstElement* element, const Location& input) {
  const auto bus = Ref<GstBus>::adopt(gst_bus_new());
  gst_element_set_bus(element, bus.get());
  const bool opened = gst_element_set_state(element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_bus(element, nullptr);
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
  if (opened) return;
  gst_element_set_state(element, GST_STATE_NULL);
  if (message) throw input_error(input, message.get(), "");
  throw Error(ErrorCode::kFailed, "The camera " + quote(input.text) + " cannot be opened.");
}

Ref<GstCaps> wanted_caps(const char* features, const VideoOptions& options) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(features));
  int numerator = 0;
  int denominator = 1;
  gst_util_double_to_fraction(options.input_rate > 0 ? options.input_rate : kUsualRate, &numerator,
                              &denominator);
  gst_caps_set_simple(caps.get(), "width", G_TYPE_INT,
                      options.input_width ? static_cast<int>(options.input_width) : kUsualWidth,
                      "height", G_TYPE_INT,
                      options.input_height ? static_cast<int>(options.input_height) : kUsualHeight,
                      "framerate", GST_TYPE_FRACTION, numerator, denominator, nullptr);
  return caps;
}

}  // namespace

std::optional<CameraMode> choose_camera_mode(const GstCaps* offered, const VideoOptions& options) {
  const std::string codec = options.input_codec.empty() ? "" : type_of(options.input_codec);
  const int width = options.input_width ? static_cast<int>(options.input_width) : kUsualWidth;
  const int height = options.input_height ? static_cast<int>(options.input_height) : kUsualHeight;
  const double rate = options.input_rate > 0 ? options.input_rate : kUsualRate;
  std::optional<CameraMode> best;
  std::tuple<int, int, double, int> least;
  for (guint i = 0; i < gst_caps_get_size(offered); ++i) {
    const auto mode = closest(gst_caps_get_structure(offered, i), width, height, rate);
    const int rank = preference(mode.type, options.encoded);
    if (rank < 0 || (!codec.empty() && mode.type != codec)) continue;
    // Too few frames are worse than too many.
    const double lack = mode.rate() < rate ? rate - mode.rate() : (mode.rate() - rate) / 1000;
    const std::tuple cost{options.encoded ? rank : 0,
                          std::abs(mode.width - width) + std::abs(mode.height - height), lack,
                          rank};
    if (best && cost >= least) continue;
    best = mode;
    least = cost;
  }
  return best;
}

std::string describe_modes(const GstCaps* offered) {
  std::set<std::string> modes;
  for (guint i = 0; i < gst_caps_get_size(offered); ++i) {
    const auto mode =
        closest(gst_caps_get_structure(offered, i), kUsualWidth, kUsualHeight, kUsualRate);
    modes.insert(mode.type + " " + std::to_string(mode.width) + "×" + std::to_string(mode.height));
  }
  std::string text;
  for (const std::string& mode : modes) text += (text.empty() ? "" : ", ") + mode;
  return text;
}

InputReader read_camera(const Location& input, const VideoOptions& options) {
  const auto source = make_input_element("v4l2src");
  g_object_set(source.get(), "device", input.path.c_str(), nullptr);
  open_device(source.get(), input);
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source.get(), "src"));
  const auto offered = Ref<GstCaps>::adopt(gst_pad_query_caps(pad.get(), nullptr));
  const auto mode = choose_camera_mode(offered.get(), options);
  if (!mode) {
    gst_element_set_state(source.get(), GST_STATE_NULL);
    throw Error(ErrorCode::kFailed,
                "The camera " + quote(input.text) + " does not deliver " +
                    (options.input_codec.empty() ? std::string("video that is known here")
                                                 : quote(options.input_codec)) +
                    "; it has " + describe_modes(offered.get()) + ".");
  }
  return reader_of({source, make_caps_filter(caps_of(*mode))});
}

InputReader read_csi_camera(const Location& input, const VideoOptions& options) {
  const int index = input.path.empty() ? 0 : std::atoi(input.path.c_str());
  const auto nvidia = Ref<GstElement>::sink(gst_element_factory_make("nvarguscamerasrc", nullptr));
  if (nvidia) {
    g_object_set(nvidia.get(), "sensor-id", index, nullptr);
    // Newer releases offer ten bits as well, which hardly anything takes.
    constexpr const char* kPictures = "video/x-raw(memory:NVMM),format=NV12";
    return reader_of({nvidia, make_caps_filter(wanted_caps(kPictures, options)),
                      make_input_element("nvvidconv"),
                      make_caps_filter(Ref<GstCaps>::adopt(gst_caps_from_string("video/x-raw")))});
  }
  const auto libcamera = Ref<GstElement>::sink(gst_element_factory_make("libcamerasrc", nullptr));
  if (!libcamera) {
    throw Error(ErrorCode::kFailed,
                "A CSI camera needs nvarguscamerasrc (NVIDIA Jetson) or libcamerasrc (Raspberry "
                "Pi; package gstreamer1.0-libcamera); neither is installed.");
  }
  if (index > 0) {
    throw Error(ErrorCode::kFailed,
                "With libcamerasrc only the first camera, csi://0, can be named so.");
  }
  return reader_of({libcamera, make_caps_filter(wanted_caps("video/x-raw", options))});
}

}  // namespace webrtcserver
