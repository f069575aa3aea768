// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/retime.hpp"

namespace webrtcserver {

namespace {

// gst_buffer_copy() would duplicate memory that is marked unshareable, such as ximagesrc's, or give
// null where a device's memory cannot be duplicated; and
// gst_buffer_copy_into() drops the metadata that describes memory, strides among it, unless it
// copies the memory as well. So both are carried over one by one.
void share_memory(GstBuffer* to, GstBuffer* from) {
  const guint memories = gst_buffer_n_memory(from);
  for (guint i = 0; i < memories; ++i) {
    gst_buffer_append_memory(to, gst_memory_ref(gst_buffer_peek_memory(from, i)));
  }
}

bool is_shareable(GstBuffer* buffer) {
  const guint memories = gst_buffer_n_memory(buffer);
  for (guint i = 0; i < memories; ++i) {
    if (GST_MEMORY_IS_NO_SHARE(gst_buffer_peek_memory(buffer, i))) return false;
  }
  return true;
}

gboolean copy_meta(GstBuffer* from, GstMeta** meta, gpointer to) {
  const GstMetaInfo* info = (*meta)->info;
  GstMetaTransformCopy whole{FALSE, 0, static_cast<gsize>(-1)};
  if (info->transform_func) {
    info->transform_func(static_cast<GstBuffer*>(to), *meta, from, _gst_meta_transform_copy,
                         &whole);
  }
  return TRUE;
}

}  // namespace

Ref<GstBuffer> share(const Ref<GstBuffer>& buffer) {
  auto copy = Ref<GstBuffer>::adopt(gst_buffer_new());
  gst_buffer_copy_into(
      copy.get(), buffer.get(),
      static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0,
      static_cast<gsize>(-1));
  share_memory(copy.get(), buffer.get());
  gst_buffer_foreach_meta(buffer.get(), copy_meta, copy.get());
  gst_buffer_add_parent_buffer_meta(copy.get(), buffer.get());
  return copy;
}

Ref<GstBuffer> shallow_copy(GstBuffer* buffer) {
  if (!is_shareable(buffer)) return share(Ref<GstBuffer>::retain(buffer));
  return Ref<GstBuffer>::adopt(gst_buffer_copy(buffer));
}

Ref<GstBuffer> retime(const Ref<GstBuffer>& buffer, GstClockTime time) {
  auto copy = share(buffer);
  const GstClockTime pts = GST_BUFFER_PTS(buffer.get());
  const GstClockTime dts = GST_BUFFER_DTS(buffer.get());
  GstClockTime decode_time = GST_CLOCK_TIME_NONE;
  if (GST_CLOCK_TIME_IS_VALID(pts) && GST_CLOCK_TIME_IS_VALID(dts) &&
      GST_CLOCK_TIME_IS_VALID(time)) {
    if (dts >= pts) {
      decode_time = time + (dts - pts);
    } else if (time >= pts - dts) {
      decode_time = time - (pts - dts);
    }
  }
  GST_BUFFER_PTS(copy.get()) = time;
  GST_BUFFER_DTS(copy.get()) = decode_time;
  return copy;
}

}  // namespace webrtcserver
