// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/region_carrier.hpp"

#include <gst/video/gstvideometa.h>

#include <algorithm>

namespace webrtcserver {

namespace {

bool has_regions(GstBuffer* buffer) {
  return gst_buffer_get_n_meta(buffer, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) > 0;
}

void copy_regions(GstBuffer* from, GstBuffer* to) {
  gpointer state = nullptr;
  while (GstMeta* meta = gst_buffer_iterate_meta_filtered(
             from, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    GstMetaTransformCopy whole{FALSE, 0, static_cast<gsize>(-1)};
    meta->info->transform_func(to, meta, from, _gst_meta_transform_copy, &whole);
  }
}

}  // namespace

void RegionCarrier::take(GstBuffer* frame) {
  if (!has_regions(frame) || !GST_BUFFER_PTS_IS_VALID(frame)) return;
  auto regions = Ref<GstBuffer>::adopt(gst_buffer_new());
  GST_BUFFER_PTS(regions.get()) = GST_BUFFER_PTS(frame);
  copy_regions(frame, regions.get());
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= kMaxWaiting) waiting_.pop_front();
  waiting_.push_back(std::move(regions));
}

void RegionCarrier::give(GstBuffer* encoded) {
  Ref<GstBuffer> regions;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [encoded](const auto& one) {
      return GST_BUFFER_PTS(one.get()) == GST_BUFFER_PTS(encoded);
    });
    if (found == waiting_.end()) return;
    regions = *found;
    waiting_.erase(found);
  }
  if (!has_regions(encoded)) copy_regions(regions.get(), encoded);
}

}  // namespace webrtcserver
