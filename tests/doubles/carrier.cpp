// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/carrier.hpp"

#include <gst/base/gstbasetransform.h>

#include <array>
#include <stdexcept>

#include "doubles/device_memory.hpp"

namespace {

using webrtcserver::doubles::MemoryKind;

constexpr std::array kKinds{MemoryKind::kNvmm, MemoryKind::kCuda,   MemoryKind::kVa,
                            MemoryKind::kGl,   MemoryKind::kDmaBuf, MemoryKind::kSystem};

// What GStreamer calls throws nothing.
template <typename Body>
GstFlowReturn flow_of(gpointer element, Body&& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(element, RESOURCE, FAILED, ("%s", error.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
}

}  // namespace

struct WebRTCServerDoubleCarrier {
  GstBaseTransform parent;
  GstVideoInfo input;
  GstVideoInfo output;
  MemoryKind kind;
};
struct WebRTCServerDoubleCarrierClass {
  GstBaseTransformClass parent_class;
};

G_BEGIN_DECLS
GType webrtcserver_double_carrier_get_type();
G_END_DECLS

G_DEFINE_TYPE(WebRTCServerDoubleCarrier, webrtcserver_double_carrier, GST_TYPE_BASE_TRANSFORM)

static GstCaps* transform_caps(GstBaseTransform* /*transform*/, GstPadDirection /*direction*/,
                               GstCaps* caps, GstCaps* filter) {
  using webrtcserver::Ref;
  auto all = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (const MemoryKind kind : kKinds) {
    const auto one = webrtcserver::doubles::in_memory(caps, kind);
    gst_caps_append(all.get(), gst_caps_copy(one.get()));
  }
  if (!filter) return all.release();
  return gst_caps_intersect_full(filter, all.get(), GST_CAPS_INTERSECT_FIRST);
}

static gboolean set_caps(GstBaseTransform* transform, GstCaps* input, GstCaps* output) {
  auto* self = reinterpret_cast<WebRTCServerDoubleCarrier*>(transform);
  self->kind = webrtcserver::doubles::kind_of(output);
  return gst_video_info_from_caps(&self->input, input) &&
         gst_video_info_from_caps(&self->output, output);
}

static GstFlowReturn prepare_output(GstBaseTransform* transform, GstBuffer* input,
                                    GstBuffer** output) {
  auto* self = reinterpret_cast<WebRTCServerDoubleCarrier*>(transform);
  // Then nobody would fill another buffer: transform() is not called.
  if (gst_base_transform_is_passthrough(transform)) {
    *output = input;
    return GST_FLOW_OK;
  }
  return flow_of(self, [&] {
    *output = webrtcserver::doubles::make_buffer(self->kind, self->output).release();
    gst_buffer_copy_into(
        *output, input,
        static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0,
        static_cast<gsize>(-1));
    return GST_FLOW_OK;
  });
}

static GstFlowReturn transform(GstBaseTransform* transform, GstBuffer* input, GstBuffer* output) {
  auto* self = reinterpret_cast<WebRTCServerDoubleCarrier*>(transform);
  return flow_of(self, [&] {
    webrtcserver::doubles::Frame from(self->input, input, GST_MAP_READ);
    webrtcserver::doubles::Frame to(self->output, output, GST_MAP_WRITE);
    return gst_video_frame_copy(to.get(), from.get()) ? GST_FLOW_OK : GST_FLOW_ERROR;
  });
}

static gboolean unit_size(GstBaseTransform* /*transform*/, GstCaps* caps, gsize* size) {
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return FALSE;
  *size = GST_VIDEO_INFO_SIZE(&info);
  return TRUE;
}

static void webrtcserver_double_carrier_class_init(WebRTCServerDoubleCarrierClass* klass) {
  auto* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element, "Carrier", "Filter/Video",
                                        "Copies pictures between memories of doubles", "tests");
  GstCaps* any = gst_caps_new_any();
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, any));
  gst_element_class_add_pad_template(element,
                                     gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, any));
  gst_caps_unref(any);
  auto* base = GST_BASE_TRANSFORM_CLASS(klass);
  base->transform_caps = transform_caps;
  base->set_caps = set_caps;
  base->prepare_output_buffer = prepare_output;
  base->transform = transform;
  base->get_unit_size = unit_size;
  base->passthrough_on_same_caps = TRUE;
}

static void webrtcserver_double_carrier_init(WebRTCServerDoubleCarrier* /*self*/) {}

namespace webrtcserver::doubles {

Ref<GstElement> make_carrier(const char* name) {
  return Ref<GstElement>::sink(
      GST_ELEMENT(g_object_new(webrtcserver_double_carrier_get_type(), "name", name, nullptr)));
}

}  // namespace webrtcserver::doubles
