// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/feed_source.hpp"

#include <gst/video/video-event.h>

#include <mutex>
#include <utility>

#include "base/guard.hpp"

namespace {

using webrtcserver::guard;
using webrtcserver::PeerFeed;
using webrtcserver::Ref;

struct FeedSource {
  GstPad* pad = nullptr;  // the element's
  std::shared_ptr<PeerFeed> feed;
  std::mutex mutex;
  Ref<GstCaps> caps;     // guarded by mutex
  bool started = false;  // streaming thread: stream-start, caps and segment are out
};

}  // namespace

// Not a GstBaseSrc: up to 1.22.1 that unrefs NULL when it leaves PLAYING after a subclass has
// submitted a buffer list, and of what else it does a feed needs nothing.
struct GstWebRTCServerFeedSource {
  GstElement parent;
  FeedSource* implementation;
};

struct GstWebRTCServerFeedSourceClass {
  GstElementClass parent_class;
};

G_BEGIN_DECLS
G_GNUC_INTERNAL GType gst_webrtc_server_feed_source_get_type();
G_END_DECLS

G_DEFINE_TYPE(GstWebRTCServerFeedSource, gst_webrtc_server_feed_source, GST_TYPE_ELEMENT)

namespace {

FeedSource& self(gpointer object) {
  return *reinterpret_cast<GstWebRTCServerFeedSource*>(object)->implementation;
}

Ref<GstCaps> current_caps(FeedSource& source) {
  const std::scoped_lock lock(source.mutex);
  return source.caps;
}

// ---- streaming thread

bool send_opening(GstElement* element, FeedSource& source) {
  const auto caps = current_caps(source);
  if (!caps) return false;
  const std::string id =
      webrtcserver::take_string(gst_pad_create_stream_id(source.pad, element, nullptr));
  gst_pad_push_event(source.pad, gst_event_new_stream_start(id.c_str()));
  if (!gst_pad_push_event(source.pad, gst_event_new_caps(caps.get()))) return false;
  // Running time is the frames' time: the clock's own.
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  return gst_pad_push_event(source.pad, gst_event_new_segment(&segment)) != FALSE;
}

GstFlowReturn push_next(GstElement* element) {
  FeedSource& source = self(element);
  auto packets = source.feed->pop();
  if (!packets) return GST_FLOW_FLUSHING;
  if (!source.started) {
    if (!send_opening(element, source)) {
      return GST_PAD_IS_FLUSHING(source.pad) ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
    }
    source.started = true;
  }
  return gst_pad_push_list(source.pad, packets.release());
}

void loop(gpointer data) {
  auto* element = static_cast<GstElement*>(data);
  const GstFlowReturn flow = guard("feed", GST_FLOW_ERROR, [&] { return push_next(element); });
  if (flow == GST_FLOW_OK) return;
  gst_pad_pause_task(self(element).pad);
  if (flow != GST_FLOW_FLUSHING && flow != GST_FLOW_EOS) GST_ELEMENT_FLOW_ERROR(element, flow);
}

// ---- pad

gboolean activate_mode(GstPad* pad, GstObject* parent, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  FeedSource& source = self(parent);
  if (active) {
    source.started = false;
    source.feed->set_flushing(false);
    return gst_pad_start_task(pad, loop, parent, nullptr);
  }
  source.feed->set_flushing(true);
  return gst_pad_stop_task(pad);
}

gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  if (!gst_video_event_is_force_key_unit(event)) return gst_pad_event_default(pad, parent, event);
  guard("key-frame request", [&] { self(parent).feed->request_key_frame(); });
  gst_event_unref(event);
  return TRUE;
}

gboolean answer_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_CAPS: {
      auto caps = current_caps(self(parent));
      if (!caps) caps = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
      GstCaps* filter = nullptr;
      gst_query_parse_caps(query, &filter);
      if (filter) {
        caps = Ref<GstCaps>::adopt(
            gst_caps_intersect_full(filter, caps.get(), GST_CAPS_INTERSECT_FIRST));
      }
      gst_query_set_caps_result(query, caps.get());
      return TRUE;
    }
    default:
      return gst_pad_query_default(pad, parent, query);
  }
}

// ---- element

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  const auto result = GST_ELEMENT_CLASS(gst_webrtc_server_feed_source_parent_class)
                          ->change_state(element, transition);
  const bool to_paused = transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                         transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return result == GST_STATE_CHANGE_SUCCESS && to_paused ? GST_STATE_CHANGE_NO_PREROLL : result;
}

void finalize(GObject* object) {
  delete reinterpret_cast<GstWebRTCServerFeedSource*>(object)->implementation;
  G_OBJECT_CLASS(gst_webrtc_server_feed_source_parent_class)->finalize(object);
}

}  // namespace

static void gst_webrtc_server_feed_source_class_init(GstWebRTCServerFeedSourceClass* klass) {
  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "WebRTC peer feed", "Source/Network",
                                        "RTP of one stream for one peer", "gst-webrtc-server");
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("application/x-rtp"));
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
  element_class->change_state = change_state;
  G_OBJECT_CLASS(klass)->finalize = finalize;
}

static void gst_webrtc_server_feed_source_init(GstWebRTCServerFeedSource* source) {
  source->implementation = new FeedSource();
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(source), "src");
  GstPad* pad = gst_pad_new_from_template(pad_template, "src");
  gst_pad_set_activatemode_function(pad, activate_mode);
  gst_pad_set_event_function(pad, handle_event);
  gst_pad_set_query_function(pad, answer_query);
  gst_element_add_pad(GST_ELEMENT(source), pad);
  source->implementation->pad = pad;
  GST_OBJECT_FLAG_SET(source, GST_ELEMENT_FLAG_SOURCE);
}

namespace webrtcserver {

Ref<GstElement> create_feed_source(std::shared_ptr<PeerFeed> feed, const std::string& name) {
  auto source = Ref<GstElement>::sink(GST_ELEMENT(
      g_object_new(gst_webrtc_server_feed_source_get_type(), "name", name.c_str(), nullptr)));
  self(source.get()).feed = std::move(feed);
  return source;
}

void set_feed_caps(GstElement* element, const Ref<GstCaps>& caps) {
  FeedSource& source = self(element);
  const std::scoped_lock lock(source.mutex);
  source.caps = caps;
}

}  // namespace webrtcserver
