// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/plain_lines.hpp"

#include <gst/video/video.h>

#include <memory>
#include <optional>

#include "base/guard.hpp"
#include "base/log.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

// Lives with the probe, on the pad's streaming thread.
struct Downstream {
  Ref<GstCaps> caps;
  std::optional<GstVideoInfo> layout;  // that follows from the caps; none: no pictures
  std::optional<bool> knows_padding;   // once somebody has had to ask
};

void take_caps(Downstream& downstream, const Ref<GstCaps>& caps) {
  downstream.caps = caps;
  downstream.knows_padding.reset();
  GstVideoInfo info;
  const bool plain = gst_caps_features_is_equal(gst_caps_get_features(caps.get(), 0),
                                                GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) != FALSE;
  const bool known = plain && gst_video_info_from_caps(&info, caps.get()) != FALSE;
  downstream.layout = known ? std::optional(info) : std::nullopt;
}

bool is_padded(GstBuffer* buffer, const GstVideoInfo& layout) {
  const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer);
  if (!meta) return false;
  for (guint plane = 0; plane < meta->n_planes; ++plane) {
    if (meta->stride[plane] != layout.stride[plane] || meta->offset[plane] != layout.offset[plane])
      return true;
  }
  return false;
}

bool knows_padding(GstPad* pad, const Ref<GstCaps>& caps) {
  const auto query = Ref<GstQuery>::adopt(gst_query_new_allocation(caps.get(), FALSE));
  return gst_pad_peer_query(pad, query.get()) &&
         gst_query_find_allocation_meta(query.get(), GST_VIDEO_META_API_TYPE, nullptr);
}

// Null: it cannot be mapped, and goes as it is.
Ref<GstBuffer> plain_copy(GstBuffer* buffer, GstVideoInfo layout) {
  GstVideoFrame from;
  if (!gst_video_frame_map(&from, &layout, buffer, GST_MAP_READ)) return {};
  auto copy = Ref<GstBuffer>::adopt(
      gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&layout), nullptr));
  GstVideoFrame to;
  const bool mapped = gst_video_frame_map(&to, &layout, copy.get(), GST_MAP_WRITE) != FALSE;
  if (mapped) {
    gst_video_frame_copy(&to, &from);
    gst_video_frame_unmap(&to);
  }
  gst_video_frame_unmap(&from);
  gst_buffer_copy_into(
      copy.get(), buffer,
      static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0, -1);
  return mapped ? copy : nullptr;
}

void pass(Downstream& downstream, GstPad* pad, GstPadProbeInfo* info) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  if (!caps) return;
  if (!(caps == downstream.caps)) take_caps(downstream, caps);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!downstream.layout || !is_padded(buffer, *downstream.layout)) return;
  if (!downstream.knows_padding) {
    downstream.knows_padding = knows_padding(pad, caps);
    if (!*downstream.knows_padding)
      GST_INFO_OBJECT(pad, "Pictures are copied: the next element knows no padded lines.");
  }
  if (*downstream.knows_padding) return;
  auto copy = plain_copy(buffer, *downstream.layout);
  if (!copy) return;
  gst_buffer_unref(buffer);
  GST_PAD_PROBE_INFO_DATA(info) = copy.release();
}

}  // namespace

void keep_lines_plain(GstPad* pad) {
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* from, GstPadProbeInfo* info, gpointer data) {
        guard("padded lines", [&] { pass(*static_cast<Downstream*>(data), from, info); });
        return GST_PAD_PROBE_OK;
      },
      new Downstream(),
      [](gpointer data) {
        const std::unique_ptr<Downstream> gone(static_cast<Downstream*>(data));
      });
}

}  // namespace webrtcserver
