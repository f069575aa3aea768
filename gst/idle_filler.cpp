// SPDX-License-Identifier: LGPL-2.1-or-later
#include "idle_filler.hpp"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include <array>

namespace webrtcserver {

namespace {

// Where neither a publisher nor the pipeline has said anything.
constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr int kFrameRate = 30;
constexpr int kSampleRate = 48000;
constexpr int kChannels = 2;

constexpr GstClockTime kSilence = 20 * GST_MSECOND;

// The first structure of caps that need not be definite, without features that no pixel here has.
Ref<GstCaps> first_of(const Ref<GstCaps>& caps, const char* fallback) {
  const auto plain = Ref<GstCaps>::adopt(gst_caps_from_string(fallback));
  auto wanted = Ref<GstCaps>::adopt(
      gst_caps_intersect_full(caps.get(), plain.get(), GST_CAPS_INTERSECT_FIRST));
  return Ref<GstCaps>::adopt(gst_caps_truncate(wanted.release()));
}

// Black is neither zero nor the same in every format.
bool paint_black(GstBuffer* buffer, const GstVideoInfo& info) {
  GstVideoInfo black_info;
  gst_video_info_set_format(&black_info, GST_VIDEO_FORMAT_AYUV, GST_VIDEO_INFO_WIDTH(&info),
                            GST_VIDEO_INFO_HEIGHT(&info));
  black_info.fps_n = info.fps_n;  // the converter insists
  black_info.fps_d = info.fps_d;
  // Nor does it look at the range where it has a short way.
  if (GST_VIDEO_INFO_IS_YUV(&info)) black_info.colorimetry = info.colorimetry;
  const bool full = black_info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const auto black =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, black_info.size, nullptr));
  GstMapInfo map;
  if (!gst_buffer_map(black.get(), &map, GST_MAP_WRITE)) return false;
  const std::array<guint8, 4> pixel{255, static_cast<guint8>(full ? 0 : 16), 128, 128};
  for (gsize i = 0; i < map.size; ++i) map.data[i] = pixel[i % pixel.size()];
  gst_buffer_unmap(black.get(), &map);
  GstVideoFrame from;
  GstVideoFrame to;
  if (!gst_video_frame_map(&from, &black_info, black.get(), GST_MAP_READ)) return false;
  bool painted = false;
  GstVideoInfo target = info;
  if (gst_video_frame_map(&to, &target, buffer, GST_MAP_WRITE)) {
    if (GstVideoConverter* converter = gst_video_converter_new(&black_info, &target, nullptr)) {
      gst_video_converter_frame(converter, &from, &to);
      gst_video_converter_free(converter);
      painted = true;
    }
    gst_video_frame_unmap(&to);
  }
  gst_video_frame_unmap(&from);
  return painted;
}

// More than two channels are no caps without their places.
void place_channels(GstStructure* structure) {
  int channels = 0;
  gst_structure_get_int(structure, "channels", &channels);
  if (channels <= 2 || gst_structure_has_field(structure, "channel-mask")) return;
  gst_structure_set(structure, "channel-mask", GST_TYPE_BITMASK,
                    gst_audio_channel_get_fallback_mask(channels), nullptr);
}

}  // namespace

std::optional<IdleFiller> IdleFiller::make(MediaKind kind, const Ref<GstCaps>& caps) {
  return kind == MediaKind::kVideo ? make_video(caps) : make_audio(caps);
}

std::optional<IdleFiller> IdleFiller::make_video(const Ref<GstCaps>& caps) {
  auto fixed = first_of(caps, "video/x-raw");
  if (gst_caps_is_empty(fixed.get())) return {};
  GstStructure* structure = gst_caps_get_structure(fixed.get(), 0);
  if (gst_structure_has_field(structure, "format"))
    gst_structure_fixate_field_string(structure, "format", "I420");
  else
    gst_structure_set(structure, "format", G_TYPE_STRING, "I420", nullptr);
  const auto settle = [structure](const char* field, int value) {
    if (gst_structure_has_field(structure, field))
      gst_structure_fixate_field_nearest_int(structure, field, value);
    else
      gst_structure_set(structure, field, G_TYPE_INT, value, nullptr);
  };
  settle("width", kWidth);
  settle("height", kHeight);
  if (gst_structure_has_field(structure, "framerate"))
    gst_structure_fixate_field_nearest_fraction(structure, "framerate", kFrameRate, 1);
  else
    gst_structure_set(structure, "framerate", GST_TYPE_FRACTION, kFrameRate, 1, nullptr);
  fixed = Ref<GstCaps>::adopt(gst_caps_fixate(fixed.release()));
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, fixed.get())) return {};
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  if (!paint_black(buffer.get(), info)) return {};
  // A browser's rate varies: caps of it say 0/1.
  const bool known = GST_VIDEO_INFO_FPS_N(&info) > 0;
  const auto interval = std::chrono::nanoseconds(
      known ? gst_util_uint64_scale(GST_SECOND, static_cast<guint64>(GST_VIDEO_INFO_FPS_D(&info)),
                                    static_cast<guint64>(GST_VIDEO_INFO_FPS_N(&info)))
            : GST_SECOND / kFrameRate);
  return IdleFiller(std::move(fixed), std::move(buffer), interval);
}

std::optional<IdleFiller> IdleFiller::make_audio(const Ref<GstCaps>& caps) {
  auto fixed = first_of(caps, "audio/x-raw");
  if (gst_caps_is_empty(fixed.get())) return {};
  GstStructure* structure = gst_caps_get_structure(fixed.get(), 0);
  if (gst_structure_has_field(structure, "format"))
    gst_structure_fixate_field_string(structure, "format", GST_AUDIO_NE(S16));
  else
    gst_structure_set(structure, "format", G_TYPE_STRING, GST_AUDIO_NE(S16), nullptr);
  if (gst_structure_has_field(structure, "layout"))
    gst_structure_fixate_field_string(structure, "layout", "interleaved");
  else
    gst_structure_set(structure, "layout", G_TYPE_STRING, "interleaved", nullptr);
  const auto settle = [structure](const char* field, int value) {
    if (gst_structure_has_field(structure, field))
      gst_structure_fixate_field_nearest_int(structure, field, value);
    else
      gst_structure_set(structure, field, G_TYPE_INT, value, nullptr);
  };
  settle("rate", kSampleRate);
  settle("channels", kChannels);
  place_channels(structure);
  fixed = Ref<GstCaps>::adopt(gst_caps_fixate(fixed.release()));
  GstAudioInfo info;
  if (!gst_audio_info_from_caps(&info, fixed.get())) return {};
  const auto samples = static_cast<gsize>(gst_util_uint64_scale(
      kSilence, static_cast<guint64>(GST_AUDIO_INFO_RATE(&info)), GST_SECOND));
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(
      nullptr, samples * static_cast<gsize>(GST_AUDIO_INFO_BPF(&info)), nullptr));
  GstMapInfo map;
  if (!gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return {};
  gst_audio_format_info_fill_silence(info.finfo, map.data, map.size);
  gst_buffer_unmap(buffer.get(), &map);
  GST_BUFFER_DURATION(buffer.get()) = kSilence;
  if (GST_AUDIO_INFO_LAYOUT(&info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED)
    gst_buffer_add_audio_meta(buffer.get(), &info, samples, nullptr);
  return IdleFiller(std::move(fixed), std::move(buffer), std::chrono::nanoseconds(kSilence));
}

}  // namespace webrtcserver
