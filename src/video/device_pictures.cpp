// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/device_pictures.hpp"

#include "base/guard.hpp"
#include "cuda/gpu_frames.hpp"
#include "cuda/gpu_reader.hpp"
#include "cuda/gst_cuda.hpp"

namespace webrtcserver {

bool is_in_system_memory(const GstCaps* caps) {
  return gst_caps_features_is_equal(gst_caps_get_features(caps, 0),
                                    GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) != FALSE;
}

void share_device(GstElement* pipeline, GstBuffer* buffer, SharedContexts* contexts) {
  if (!GpuReader::is_for(buffer)) return;
  const auto context = GstCuda::get().context_of(gst_buffer_peek_memory(buffer, 0));
  if (contexts) contexts->set(context);
  gst_element_set_context(pipeline, context.get());
}

void wait_for_device(GstPad* pad) {
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer /*data*/) {
        return guard("a picture of a device", GST_PAD_PROBE_DROP, [info] {
          wait_for_gpu(GST_PAD_PROBE_INFO_BUFFER(info));
          return GST_PAD_PROBE_OK;
        });
      },
      nullptr, nullptr);
}

}  // namespace webrtcserver
