// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/encoder_count.hpp"

#include <gst/gst.h>

#include <atomic>

namespace {

std::atomic<unsigned> encoders{0};
std::atomic<unsigned> decoders{0};

bool is_of(GstElement* element, GstElementFactoryListType type) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory && gst_element_factory_list_is_type(factory, type) != FALSE;
}

void on_state_change(GObject* /*tracer*/, GstClockTime /*time*/, GstElement* element,
                     GstStateChange transition) {
  if (transition != GST_STATE_CHANGE_READY_TO_PAUSED || GST_IS_BIN(element)) return;
  if (is_of(element, GST_ELEMENT_FACTORY_TYPE_VIDEO_ENCODER)) ++encoders;
  if (is_of(element, GST_ELEMENT_FACTORY_TYPE_DECODER)) ++decoders;
}

}  // namespace

// A tracer hears of every element of the process.
struct WebRTCServerCodecTracer {
  GstTracer parent;
};
struct WebRTCServerCodecTracerClass {
  GstTracerClass parent_class;
};

G_BEGIN_DECLS
GType webrtcserver_codec_tracer_get_type();
G_END_DECLS

G_DEFINE_TYPE(WebRTCServerCodecTracer, webrtcserver_codec_tracer, GST_TYPE_TRACER)

static void webrtcserver_codec_tracer_class_init(WebRTCServerCodecTracerClass* /*klass*/) {}

static void webrtcserver_codec_tracer_init(WebRTCServerCodecTracer* self) {
  gst_tracing_register_hook(GST_TRACER(self), "element-change-state-pre",
                            G_CALLBACK(on_state_change));
}

namespace webrtcserver::test {

CodecCount count_codecs() {
  // GStreamer keeps a reference for the hook, and drops it when it ends.
  static const bool looking = [] {
    gst_object_unref(g_object_new(webrtcserver_codec_tracer_get_type(), nullptr));
    return true;
  }();
  CodecCount count;
  if (looking) count = {encoders.exchange(0), decoders.exchange(0)};
  return count;
}

}  // namespace webrtcserver::test
