// SPDX-License-Identifier: LGPL-2.1-or-later
// The enumerations of pixels.h, as GLib wants them: a table each that stays, with a row of zeros.
#include <gst/webrtcserver/pixels.h>

#include <array>

namespace {

constexpr GEnumValue row(int value, const char* name, const char* nick) {
  return {value, name, nick};
}

#define ROW(kind, value, nick) \
  row(GST_WEBRTC_SERVER_PIXEL_##kind##_##value, "GST_WEBRTC_SERVER_PIXEL_" #kind "_" #value, nick)

constexpr std::array<GEnumValue, 11> kLayouts = {{
    ROW(LAYOUT, RGB8, "rgb8"),
    ROW(LAYOUT, RGBA8, "rgba8"),
    ROW(LAYOUT, BGR8, "bgr8"),
    ROW(LAYOUT, BGRA8, "bgra8"),
    ROW(LAYOUT, GRAY8, "gray8"),
    ROW(LAYOUT, RGB_FLOAT, "rgb-float"),
    ROW(LAYOUT, RGBA_FLOAT, "rgba-float"),
    ROW(LAYOUT, PLANAR_RGB_FLOAT, "planar-rgb-float"),
    ROW(LAYOUT, NV12, "nv12"),
    ROW(LAYOUT, I420, "i420"),
    {0, nullptr, nullptr},
}};
constexpr std::array<GEnumValue, 4> kMemories = {{
    ROW(MEMORY, AUTO, "auto"),
    ROW(MEMORY, HOST, "host"),
    ROW(MEMORY, DEVICE, "device"),
    {0, nullptr, nullptr},
}};
constexpr std::array<GEnumValue, 4> kMatrices = {{
    ROW(MATRIX, AUTO, "auto"),
    ROW(MATRIX, BT601, "bt601"),
    ROW(MATRIX, BT709, "bt709"),
    {0, nullptr, nullptr},
}};
#undef ROW

}  // namespace

GType gst_webrtc_server_pixel_layout_get_type() {
  static const GType type = g_enum_register_static("GstWebRTCServerPixelLayout", kLayouts.data());
  return type;
}

GType gst_webrtc_server_pixel_memory_get_type() {
  static const GType type = g_enum_register_static("GstWebRTCServerPixelMemory", kMemories.data());
  return type;
}

GType gst_webrtc_server_pixel_matrix_get_type() {
  static const GType type = g_enum_register_static("GstWebRTCServerPixelMatrix", kMatrices.data());
  return type;
}
