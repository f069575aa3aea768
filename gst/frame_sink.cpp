// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_sink.hpp"

#include <gst/video/gstvideometa.h>

#include <atomic>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/acceptable_caps.hpp"
#include "context_sharing.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace {

using webrtcserver::EncodingSet;
using webrtcserver::Error;
using webrtcserver::FrameSinkListener;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::RunGate;

struct FrameSink {
  std::shared_ptr<EncodingSet> encodings;
  std::shared_ptr<RunGate> gate;
  std::vector<const webrtcserver::Codec*> codecs;
  std::weak_ptr<FrameSinkListener> listener;
  bool ended = false;              // streaming thread
  bool dropped = false;            // streaming thread: what came last
  std::atomic<bool> leave{false};  // the gate: a flush or a state change waits for render()
};

}  // namespace

struct GstWebRTCServerFrameSink {
  GstBaseSink parent;
  FrameSink* implementation;
};

struct GstWebRTCServerFrameSinkClass {
  GstBaseSinkClass parent_class;
};

G_BEGIN_DECLS
GType gst_webrtc_server_frame_sink_get_type();
G_END_DECLS

G_DEFINE_TYPE(GstWebRTCServerFrameSink, gst_webrtc_server_frame_sink, GST_TYPE_BASE_SINK)

namespace {

FrameSink& self(gpointer object) {
  return *reinterpret_cast<GstWebRTCServerFrameSink*>(object)->implementation;
}

GstCaps* get_caps(GstBaseSink* base, GstCaps* filter) {
  return guard("caps of a sink pad", static_cast<GstCaps*>(nullptr), [&] {
    const FrameSink& sink = self(base);
    const bool video = sink.encodings->kind() == webrtcserver::MediaKind::kVideo;
    // Raw input is let in even where no encoder takes it: set_caps() then says so in words, where a
    // failed link would not.
    const auto caps = Ref<GstCaps>::adopt(
        gst_caps_merge(webrtcserver::acceptable_caps(sink.encodings->kind(), sink.codecs,
                                                     sink.encodings->catalogue())
                           .release(),
                       gst_caps_new_empty_simple(video ? "video/x-raw" : "audio/x-raw")));
    if (!filter) return gst_caps_ref(caps.get());
    return gst_caps_intersect_full(filter, caps.get(), GST_CAPS_INTERSECT_FIRST);
  });
}

gboolean set_caps(GstBaseSink* base, GstCaps* caps) {
  return guard("caps of a sink pad", false, [&] {
    try {
      self(base).encodings->set_caps(Ref<GstCaps>::retain(caps));
      return true;
    } catch (const Error& error) {
      GST_ELEMENT_ERROR(base, STREAM, CODEC_NOT_FOUND, ("%s", error.what()), (nullptr));
      return false;
    }
  });
}

gboolean answer_query(GstBaseSink* base, GstQuery* query) {
  const bool answered = guard("a query at a sink pad", false, [&] {
    return webrtcserver::answer_context_query(GST_ELEMENT(base), query);
  });
  return answered ||
         GST_BASE_SINK_CLASS(gst_webrtc_server_frame_sink_parent_class)->query(base, query);
}

// Pictures may have padded lines: a source that has them need not copy. No pool is proposed: a
// camera's has as many buffers as it can give, and copies when they run out.
gboolean propose_allocation(GstBaseSink* base, GstQuery* query) {
  if (self(base).encodings->kind() == webrtcserver::MediaKind::kVideo)
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  return TRUE;
}

// Waits as long as the stream is stopped, and then until the buffer is due. The state changes of
// the pipeline and flushes go on meanwhile.
GstFlowReturn wait_turn(GstBaseSink* base, GstClockTime running_time) {
  FrameSink& sink = self(base);
  for (;;) {
    if (!sink.gate->wait(sink.leave)) {
      const GstFlowReturn flow = gst_base_sink_wait_preroll(base);
      if (flow != GST_FLOW_OK) return flow;
      continue;
    }
    const GstClockTimeDiff offset = sink.gate->offset();
    if (offset == gst_base_sink_get_ts_offset(base)) return GST_FLOW_OK;
    gst_base_sink_set_ts_offset(base, offset);
    const GstFlowReturn flow = gst_base_sink_wait(base, running_time, nullptr);
    if (flow != GST_FLOW_OK) return flow;
  }
}

// False: not now, for which `flow` is the reason.
bool may_pass(GstBaseSink* base, GstClockTime running_time, GstFlowReturn* flow) {
  FrameSink& sink = self(base);
  if (gst_base_sink_get_sync(base)) {
    *flow = wait_turn(base, running_time);
    return *flow == GST_FLOW_OK;
  }
  if (sink.gate->is_shut()) {
    sink.dropped = true;
    return false;
  }
  if (std::exchange(sink.dropped, false)) sink.encodings->skip_to_key_frame();
  return true;
}

GstFlowReturn render(GstBaseSink* base, GstBuffer* buffer) {
  return guard("a frame", GST_FLOW_ERROR, [&] {
    FrameSink& sink = self(base);
    const auto listener = sink.listener.lock();
    if (sink.ended) {
      sink.ended = false;
      if (listener && !listener->on_restart()) return GST_FLOW_ERROR;
    }
    GstClockTime time = GST_CLOCK_TIME_NONE;
    // What counts in bytes, as fdsrc does, tells no time, whatever stands in its buffers.
    const bool timed = GST_BUFFER_PTS_IS_VALID(buffer) && base->segment.format == GST_FORMAT_TIME;
    if (timed) {
      time = gst_segment_to_running_time(&base->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
      if (!GST_CLOCK_TIME_IS_VALID(time)) return GST_FLOW_OK;  // outside the segment
    }
    GstFlowReturn flow = GST_FLOW_OK;
    if (!may_pass(base, time, &flow)) return flow;
    if (timed) {
      time += gst_element_get_base_time(GST_ELEMENT(base)) +
              static_cast<GstClockTime>(gst_base_sink_get_ts_offset(base));
    } else {
      const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(GST_ELEMENT(base)));
      if (!clock) return GST_FLOW_OK;
      time = gst_clock_get_time(clock.get());
    }
    if (listener) listener->on_frame(buffer, time);
    sink.encodings->push(Ref<GstBuffer>::retain(buffer), time);
    return GST_FLOW_OK;
  });
}

gboolean handle_event(GstBaseSink* base, GstEvent* event) {
  const bool ends = GST_EVENT_TYPE(event) == GST_EVENT_EOS;
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    gboolean restarts = FALSE;
    gst_event_parse_flush_stop(event, &restarts);
    if (restarts) {
      self(base).gate->restart();
      gst_base_sink_set_ts_offset(base, 0);
    }
  }
  // An end of stream waits here until the clock has reached it; a flush may come first.
  const gboolean handled =
      GST_BASE_SINK_CLASS(gst_webrtc_server_frame_sink_parent_class)->event(base, event);
  if (ends && handled) {
    guard("the end of a stream", [&] {
      FrameSink& sink = self(base);
      sink.ended = true;
      if (const auto listener = sink.listener.lock()) listener->on_end_of_stream();
    });
  }
  return handled;
}

// A flush or a state change needs the lock that render() has.
gboolean unlock(GstBaseSink* base) {
  self(base).leave = true;
  self(base).gate->wake();
  return TRUE;
}

gboolean unlock_stop(GstBaseSink* base) {
  self(base).leave = false;
  return TRUE;
}

// A live source paces itself: waiting for its latency to pass would only add delay.
void decide_sync(GstBaseSink* base) {
  gboolean live = FALSE;
  gboolean upstream_live = FALSE;
  GstClockTime shortest = 0;
  GstClockTime longest = 0;
  const bool known =
      gst_base_sink_query_latency(base, &live, &upstream_live, &shortest, &longest) != FALSE;
  gst_base_sink_set_sync(base, known && upstream_live ? FALSE : TRUE);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    self(element).ended = false;
    self(element).dropped = false;
    gst_base_sink_set_ts_offset(GST_BASE_SINK(element), 0);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) decide_sync(GST_BASE_SINK(element));
  const auto result = GST_ELEMENT_CLASS(gst_webrtc_server_frame_sink_parent_class)
                          ->change_state(element, transition);
  // A pad that came while the pipeline played did not preroll; the next time it does.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_base_sink_set_async_enabled(GST_BASE_SINK(element), TRUE);
  return result;
}

gboolean send_event(GstElement* element, GstEvent* event) {
  // The pipeline's latency was worked out anew: a live source may have come or gone.
  if (GST_EVENT_TYPE(event) == GST_EVENT_LATENCY) decide_sync(GST_BASE_SINK(element));
  return GST_ELEMENT_CLASS(gst_webrtc_server_frame_sink_parent_class)->send_event(element, event);
}

void finalize(GObject* object) {
  delete reinterpret_cast<GstWebRTCServerFrameSink*>(object)->implementation;
  G_OBJECT_CLASS(gst_webrtc_server_frame_sink_parent_class)->finalize(object);
}

}  // namespace

static void gst_webrtc_server_frame_sink_class_init(GstWebRTCServerFrameSinkClass* klass) {
  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "WebRTC frame sink", "Sink/Network",
                                        "Hands frames to the encodings of a stream",
                                        "gst-webrtc-server");
  const auto any = Ref<GstCaps>::adopt(gst_caps_new_any());
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, any.get()));
  element_class->change_state = change_state;
  element_class->send_event = send_event;
  G_OBJECT_CLASS(klass)->finalize = finalize;
  auto* base_class = GST_BASE_SINK_CLASS(klass);
  base_class->query = answer_query;
  base_class->propose_allocation = propose_allocation;
  base_class->get_caps = get_caps;
  base_class->set_caps = set_caps;
  base_class->render = render;
  base_class->event = handle_event;
  base_class->unlock = unlock;
  base_class->unlock_stop = unlock_stop;
}

static void gst_webrtc_server_frame_sink_init(GstWebRTCServerFrameSink* sink) {
  sink->implementation = new FrameSink();
}

namespace webrtcserver {

Ref<GstElement> create_frame_sink(const std::string& name, std::shared_ptr<EncodingSet> encodings,
                                  std::shared_ptr<RunGate> gate,
                                  const std::vector<const Codec*>& codecs,
                                  std::weak_ptr<FrameSinkListener> listener) {
  auto element = Ref<GstElement>::sink(GST_ELEMENT(
      g_object_new(gst_webrtc_server_frame_sink_get_type(), "name", name.c_str(), nullptr)));
  FrameSink& sink = self(element.get());
  sink.encodings = std::move(encodings);
  sink.gate = std::move(gate);
  sink.codecs = codecs;
  sink.listener = std::move(listener);
  // Frames are dropped by the encodings and the peers, each for its own reason; lateness is none.
  // Nothing is processed here before a frame is due, so the pipeline's latency is left as it is.
  g_object_set(element.get(), "max-lateness", gint64{-1}, "qos", FALSE, "enable-last-sample", FALSE,
               "processing-deadline", guint64{0}, nullptr);
  return element;
}

}  // namespace webrtcserver
