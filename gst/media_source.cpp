// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_source.hpp"

#include <gst/video/video-event.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "base/guard.hpp"
#include "codec/retime.hpp"
#include "context_sharing.hpp"
#include "idle_filler.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using webrtcserver::Decoding;
using webrtcserver::guard;
using webrtcserver::IdleFiller;
using webrtcserver::MediaFrame;
using webrtcserver::MediaQueue;
using webrtcserver::MediaSourceSettings;
using webrtcserver::Ref;
using Clock = std::chrono::steady_clock;

// How often silence is told downstream, so that those who wait for all their inputs go on; and how
// late a frame may still be.
constexpr milliseconds kGapInterval{200};
constexpr GstClockTime kGapDelay = 500 * GST_MSECOND;

constexpr std::chrono::seconds kWarningInterval{1};

struct MediaSource {
  GstPad* pad = nullptr;  // the element's
  std::shared_ptr<Decoding> decoding;
  std::function<void()> on_reconfigure;
  std::function<void()> on_failure;
  MediaSourceSettings settings;
  std::atomic<bool> playing{false};
  // The running time from which a key frame is wanted; none: nobody waits for one.
  std::atomic<GstClockTime> key_frame_from{GST_CLOCK_TIME_NONE};

  // The streaming thread's.
  bool started = false;                     // stream-start is out
  bool placed = false;                      // and so is the segment
  Ref<GstCaps> caps;                        // what is out
  GstClockTime last = GST_CLOCK_TIME_NONE;  // where the newest buffer begins, or a gap ends
  Clock::time_point quiet_since;
  Clock::time_point warned;
  std::optional<IdleFiller> filler;
};

}  // namespace

// Not a GstBaseSrc: that ends for good at the first refusal of its peer, and this goes on.
struct GstWebRTCServerMediaSource {
  GstElement parent;
  MediaSource* implementation;
};

struct GstWebRTCServerMediaSourceClass {
  GstElementClass parent_class;
};

G_BEGIN_DECLS
GType gst_webrtc_server_media_source_get_type();
G_END_DECLS

G_DEFINE_TYPE(GstWebRTCServerMediaSource, gst_webrtc_server_media_source, GST_TYPE_ELEMENT)

namespace {

MediaSource& self(gpointer object) {
  return *reinterpret_cast<GstWebRTCServerMediaSource*>(object)->implementation;
}

// ---- streaming thread

void send_start(GstElement* element, MediaSource& source) {
  if (std::exchange(source.started, true)) return;
  const std::string id = webrtcserver::take_string(
      gst_pad_create_stream_id(source.pad, element, GST_PAD_NAME(source.pad)));
  gst_pad_push_event(source.pad, gst_event_new_stream_start(id.c_str()));
}

void send_segment(MediaSource& source) {
  if (std::exchange(source.placed, true)) return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source.pad, gst_event_new_segment(&segment));
}

// The running time of something that happened at `time`; none before the pipeline played.
GstClockTime running_time(GstElement* element, GstClockTime time) {
  const GstClockTime base = gst_element_get_base_time(element);
  return time >= base ? time - base : GST_CLOCK_TIME_NONE;
}

void warn_of_refusal(GstElement* element, MediaSource& source) {
  const auto now = Clock::now();
  if (now - source.warned < kWarningInterval) return;
  source.warned = now;
  GST_ELEMENT_WARNING(element, CORE, NEGOTIATION,
                      ("The pipeline does not take what the publisher sends: %s.",
                       webrtcserver::take_string(gst_caps_to_string(source.caps.get())).c_str()),
                      (nullptr));
}

// One that came before its time would be of no use to who cuts there.
void ask_for_key_frame(MediaSource& source, GstClockTime now) {
  GstClockTime from = source.key_frame_from;
  if (!GST_CLOCK_TIME_IS_VALID(from) || now < from) return;
  if (source.key_frame_from.compare_exchange_strong(from, GST_CLOCK_TIME_NONE))
    source.decoding->request_key_frame();
}

GstFlowReturn push(GstElement* element, MediaSource& source, const Ref<GstCaps>& caps,
                   const Ref<GstBuffer>& buffer, GstClockTime time) {
  GstClockTime pts = running_time(element, time);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return GST_FLOW_OK;
  if (GST_CLOCK_TIME_IS_VALID(source.last)) pts = std::max(pts, source.last);
  source.last = pts;
  ask_for_key_frame(source, pts);
  send_start(element, source);
  if (!source.caps || !gst_caps_is_equal(source.caps.get(), caps.get())) {
    GST_INFO_OBJECT(element, "caps %" GST_PTR_FORMAT, static_cast<void*>(caps.get()));
    gst_pad_push_event(source.pad, gst_event_new_caps(caps.get()));
  }
  source.caps = caps;
  send_segment(source);
  const GstFlowReturn flow = gst_pad_push(source.pad, webrtcserver::retime(buffer, pts).release());
  switch (flow) {
    case GST_FLOW_NOT_NEGOTIATED:
      warn_of_refusal(element, source);
      source.caps.reset();  // try them again with the next frame
      return GST_FLOW_OK;
    case GST_FLOW_NOT_LINKED:
      return GST_FLOW_OK;
    case GST_FLOW_FLUSHING:
      // Somebody downstream is being exchanged, unless it is us.
      return GST_PAD_IS_FLUSHING(source.pad) ? flow : GST_FLOW_OK;
    default:
      return flow;
  }
}

void push_gap(GstElement* element, MediaSource& source, GstClockTime now) {
  if (!source.caps || !GST_CLOCK_TIME_IS_VALID(source.last)) return;
  const GstClockTime held_back = GST_MSECOND * source.settings.latency.count() + kGapDelay;
  const GstClockTime end = now > held_back ? running_time(element, now - held_back) : 0;
  if (!GST_CLOCK_TIME_IS_VALID(end) || end <= source.last) return;
  send_segment(source);  // a flush may have taken the one before
  gst_pad_push_event(source.pad, gst_event_new_gap(source.last, end - source.last));
  source.last = end;
}

// Black in the caps that are out, so that nothing changes downstream; in what is taken now where
// those are not.
std::optional<IdleFiller> make_filler(const MediaSource& source) {
  const Decoding::Wanted wanted = source.decoding->wanted();
  if (wanted.form != Decoding::Form::kRaw) return {};
  const bool taken = source.caps && gst_caps_can_intersect(source.caps.get(), wanted.caps.get());
  return IdleFiller::make(source.decoding->kind(), taken ? source.caps : wanted.caps);
}

GstFlowReturn fill(GstElement* element, MediaSource& source, GstClockTime now) {
  if (!source.filler) source.filler = make_filler(source);
  if (!source.filler) {
    push_gap(element, source, now);
    return GST_FLOW_OK;
  }
  const GstClockTime held_back = GST_MSECOND * source.settings.latency.count();
  return push(element, source, source.filler->caps(), source.filler->next(),
              now > held_back ? now - held_back : 0);
}

GstFlowReturn be_idle(GstElement* element, MediaSource& source) {
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(element));
  if (!source.playing || !clock) return GST_FLOW_OK;
  const GstClockTime now = gst_clock_get_time(clock.get());
  const bool fills =
      source.settings.fill && Clock::now() - source.quiet_since >= source.settings.fill_after;
  if (fills) return fill(element, source, now);
  push_gap(element, source, now);
  return GST_FLOW_OK;
}

GstFlowReturn push_next(GstElement* element) {
  MediaSource& source = self(element);
  MediaFrame frame;
  const auto patience = source.filler ? source.filler->interval() : nanoseconds(kGapInterval);
  switch (source.decoding->queue().pop(frame, Clock::now() + patience)) {
    case MediaQueue::Event::kFlushing:
      return GST_FLOW_FLUSHING;
    case MediaQueue::Event::kEnd:
      send_start(element, source);
      send_segment(source);
      gst_pad_push_event(source.pad, gst_event_new_eos());
      return GST_FLOW_EOS;
    case MediaQueue::Event::kTimeout:
      return be_idle(element, source);
    case MediaQueue::Event::kFrame:
      source.quiet_since = Clock::now();
      source.filler.reset();
      return push(element, source, frame.caps, frame.buffer, frame.time);
  }
  return GST_FLOW_ERROR;
}

void loop(gpointer data) {
  auto* element = static_cast<GstElement*>(data);
  const GstFlowReturn flow =
      guard("a pad of webrtcsrc", GST_FLOW_ERROR, [&] { return push_next(element); });
  if (flow == GST_FLOW_OK) return;
  // Who returned an error has said why.
  GST_DEBUG_OBJECT(element, "pausing: %s", gst_flow_get_name(flow));
  gst_pad_pause_task(self(element).pad);
  if (flow < GST_FLOW_NOT_NEGOTIATED)
    guard("a pipeline that failed", [&] { self(element).on_failure(); });
}

// ---- pad

gboolean activate_mode(GstPad* pad, GstObject* parent, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  MediaSource& source = self(parent);
  source.decoding->queue().set_flushing(!active);
  if (!active) return gst_pad_stop_task(pad);
  source.started = false;
  source.placed = false;
  source.caps.reset();
  source.filler.reset();
  source.last = GST_CLOCK_TIME_NONE;
  source.key_frame_from = GST_CLOCK_TIME_NONE;
  source.quiet_since = Clock::now();
  return gst_pad_start_task(pad, loop, parent, nullptr);
}

void take_key_frame_request(MediaSource& source, GstEvent* event) {
  GstClockTime from = GST_CLOCK_TIME_NONE;
  gst_video_event_parse_upstream_force_key_unit(event, &from, nullptr, nullptr);
  if (GST_CLOCK_TIME_IS_VALID(from)) {
    source.key_frame_from = from;
  } else {
    source.decoding->request_key_frame();
  }
}

gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  MediaSource& source = self(parent);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_RECONFIGURE:
      guard("a new pipeline", [&] { source.on_reconfigure(); });
      break;
    case GST_EVENT_QOS:
    case GST_EVENT_LATENCY:
      break;
    case GST_EVENT_SEEK:
      gst_event_unref(event);
      return FALSE;
    default:
      if (!gst_video_event_is_force_key_unit(event))
        return gst_pad_event_default(pad, parent, event);
      guard("a key-frame request", [&] { take_key_frame_request(source, event); });
      break;
  }
  gst_event_unref(event);
  return TRUE;
}

gboolean answer_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  MediaSource& source = self(parent);
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      gst_query_set_latency(query, TRUE, GST_MSECOND * source.settings.latency.count(),
                            GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_CAPS: {
      // What comes may be another thing at any time.
      auto caps = webrtcserver::media_source_caps(source.decoding->kind());
      GstCaps* filter = nullptr;
      gst_query_parse_caps(query, &filter);
      if (filter) {
        caps = Ref<GstCaps>::adopt(
            gst_caps_intersect_full(filter, caps.get(), GST_CAPS_INTERSECT_FIRST));
      }
      gst_query_set_caps_result(query, caps.get());
      return TRUE;
    }
    case GST_QUERY_CONTEXT:
      return webrtcserver::answer_context_query(GST_ELEMENT(parent), query) ||
             gst_pad_query_default(pad, parent, query);
    default:
      return gst_pad_query_default(pad, parent, query);
  }
}

// ---- element

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  MediaSource& source = self(element);
  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      source.playing = false;
      source.decoding->queue().set_paused(true);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      source.playing = true;
      source.decoding->queue().set_paused(false);
      source.decoding->request_key_frame();
      break;
    default:
      break;
  }
  const auto result = GST_ELEMENT_CLASS(gst_webrtc_server_media_source_parent_class)
                          ->change_state(element, transition);
  const bool to_paused = transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                         transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return result == GST_STATE_CHANGE_SUCCESS && to_paused ? GST_STATE_CHANGE_NO_PREROLL : result;
}

// How an application ends a live pipeline: what has come is finished and EOS follows.
gboolean send_event(GstElement* element, GstEvent* event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_EOS) {
    return GST_ELEMENT_CLASS(gst_webrtc_server_media_source_parent_class)
        ->send_event(element, event);
  }
  gst_event_unref(event);
  guard("an end of stream", [&] { self(element).decoding->queue().end(); });
  return TRUE;
}

void finalize(GObject* object) {
  delete reinterpret_cast<GstWebRTCServerMediaSource*>(object)->implementation;
  G_OBJECT_CLASS(gst_webrtc_server_media_source_parent_class)->finalize(object);
}

}  // namespace

static void gst_webrtc_server_media_source_class_init(GstWebRTCServerMediaSourceClass* klass) {
  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "WebRTC media source", "Source/Network",
                                        "What a browser sends to one pad", "gst-webrtc-server");
  const auto any = Ref<GstCaps>::adopt(gst_caps_new_any());
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, any.get()));
  element_class->change_state = change_state;
  element_class->send_event = send_event;
  G_OBJECT_CLASS(klass)->finalize = finalize;
}

static void gst_webrtc_server_media_source_init(GstWebRTCServerMediaSource* source) {
  source->implementation = new MediaSource();
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

Ref<GstElement> create_media_source(const std::string& name, std::shared_ptr<Decoding> decoding,
                                    std::function<void()> on_reconfigure,
                                    std::function<void()> on_failure) {
  auto element = Ref<GstElement>::sink(GST_ELEMENT(
      g_object_new(gst_webrtc_server_media_source_get_type(), "name", name.c_str(), nullptr)));
  MediaSource& source = self(element.get());
  source.decoding = std::move(decoding);
  source.on_reconfigure = std::move(on_reconfigure);
  source.on_failure = std::move(on_failure);
  return element;
}

void configure_media_source(GstElement* element, const MediaSourceSettings& settings) {
  self(element).settings = settings;
}

Ref<GstCaps> media_source_caps(MediaKind kind) {
  const bool video = kind == MediaKind::kVideo;
  auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(video ? "video/x-raw(ANY)" : "audio/x-raw"));
  for (const Codec& codec : codecs()) {
    if (codec.kind == kind)
      gst_caps_append(caps.get(), gst_caps_new_empty_simple(codec.media_type));
  }
  gst_caps_append(caps.get(), gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING,
                                                  to_string(kind), nullptr));
  return caps;
}

}  // namespace webrtcserver
