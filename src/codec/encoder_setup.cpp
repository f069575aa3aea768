// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_setup.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <thread>

#include "codec/property_settings.hpp"

namespace webrtcserver {

namespace {

// The release of the plugin that has the element, which may be older than the library's.
bool is_older(GstElement* element, const unsigned (&release)[3]) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const auto plugin =
      Ref<GstPlugin>::adopt(gst_plugin_feature_get_plugin(GST_PLUGIN_FEATURE(factory)));
  std::array<unsigned, 3> version{};
  if (!plugin || std::sscanf(gst_plugin_get_version(plugin.get()), "%u.%u.%u", &version[0],
                             &version[1], &version[2]) != 3)
    return false;
  return std::lexicographical_compare(version.begin(), version.end(), std::begin(release),
                                      std::end(release));
}

}  // namespace

void configure_encoder(GstElement* encoder, const Encoder& row) {
  apply_settings(encoder, row.settings);
  if (row.threads_property) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    set_number(encoder, row.threads_property,
               std::clamp(cores / row.cores_per_thread, 1, row.max_threads));
  }
}

void set_encoder_bitrate(GstElement* encoder, const Encoder& row, unsigned bits_per_second) {
  if (row.bitrate_property[0] == '\0') return;
  const gint64 unit = row.bitrate_unit == BitrateUnit::kBit ? 1 : 1000;
  const gint64 bitrate = std::max<gint64>(1, bits_per_second / unit);
  // The upper bound first, or last, depending on the direction, would do too; encoders that have
  // one check it only when they are configured.
  if (row.max_bitrate_property) set_number(encoder, row.max_bitrate_property, bitrate);
  if (row.buffer_property) set_number(encoder, row.buffer_property, bitrate * row.buffer_ms / 1000);
  if (row.bitrate_field) {
    set_field(encoder, row.bitrate_property, row.bitrate_field, bitrate);
  } else {
    set_number(encoder, row.bitrate_property, bitrate);
  }
}

void request_key_frame(GstElement* encoder, const Encoder& row) {
  if (row.key_frame_action) {
    if (g_signal_lookup(row.key_frame_action, G_OBJECT_TYPE(encoder)) != 0) {
      g_signal_emit_by_name(encoder, row.key_frame_action);
    } else {
      const std::string property = take_string(g_ascii_strdown(row.key_frame_action, -1));
      const PropertySetting setting{property.c_str(), "true"};
      apply_settings(encoder, {&setting, 1});
    }
    return;
  }
  if (row.key_frame_field && is_older(encoder, row.key_frame_event_since)) {
    set_field(encoder, row.bitrate_property, row.key_frame_field, 1);
    clear_field(encoder, row.bitrate_property, row.key_frame_field);
    return;
  }
  // Not "all headers": the parser adds the parameter sets anyway, and the payloader would add them
  // again.
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
  gst_pad_send_event(pad.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, FALSE, 0));
}

}  // namespace webrtcserver
