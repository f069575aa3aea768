// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/webrtcbin_events.hpp"

#include <memory>
#include <string_view>
#include <utility>

#include "base/guard.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

using Events = std::shared_ptr<const WebrtcbinEvents>;

void free_events(gpointer data) {
  const std::unique_ptr<Events> owned(static_cast<Events*>(data));
}

// Connects `handler`, whose last argument is an Events*.
void connect(gpointer object, const char* signal, GCallback handler, const Events& events) {
  g_signal_connect_data(
      object, signal, handler, std::make_unique<Events>(events).release(),
      [](gpointer data, GClosure*) { free_events(data); }, static_cast<GConnectFlags>(0));
}

// What a DTLS decoder does with a close_notify is to end what it gives out.
void watch_end(GstElement* /*decoder*/, GstPad* pad, Events* events) {
  if (!GST_PAD_IS_SRC(pad)) return;
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS)
          guard("the end of a connection", [&] { (*static_cast<Events*>(data))->ended(); });
        return GST_PAD_PROBE_OK;
      },
      std::make_unique<Events>(*events).release(), free_events);
}

void watch_decoder(GstBin* /*webrtcbin*/, GstBin* /*bin*/, GstElement* element, Events* events) {
  GstElementFactory* factory = gst_element_get_factory(element);
  if (!factory || std::string_view(GST_OBJECT_NAME(factory)) != "dtlsdec") return;
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  if (pad) return watch_end(element, pad.get(), events);
  connect(element, "pad-added", G_CALLBACK(watch_end), *events);
}

// An association that fails, or that the browser ends, is not the end of the media.
bool is_of_sctp(GstMessage* message) {
  GstObject* source = GST_MESSAGE_SRC(message);
  GstElementFactory* factory =
      GST_IS_ELEMENT(source) ? gst_element_get_factory(GST_ELEMENT(source)) : nullptr;
  return factory && g_str_has_prefix(GST_OBJECT_NAME(factory), "sctp");
}

void take_message(GstMessage* message, const WebrtcbinEvents& events) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) events.latency_changed();
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return;
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  const Owned<GError> owned(error);
  if (is_of_sctp(message)) {
    GST_INFO_OBJECT(GST_MESSAGE_SRC(message), "the data channel ended: %s", owned->message);
  } else {
    events.failed(owned->message);
  }
}

}  // namespace

void connect_events(GstElement* pipeline, GstElement* webrtcbin, WebrtcbinEvents events) {
  const auto shared = std::make_shared<const WebrtcbinEvents>(std::move(events));
  connect(webrtcbin, "on-ice-candidate",
          G_CALLBACK(+[](GstElement*, guint, const gchar* candidate, Events* told) {
            guard("on-ice-candidate", [&] { (*told)->found(candidate ? candidate : ""); });
          }),
          shared);
  connect(webrtcbin, "notify::ice-gathering-state",
          G_CALLBACK(+[](GstElement* element, GParamSpec*, Events* told) {
            guard("notify::ice-gathering-state", [&] {
              auto state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
              // Here: later it may be complete while candidates are still on their way.
              g_object_get(element, "ice-gathering-state", &state, nullptr);
              if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) (*told)->gathered();
            });
          }),
          shared);
  const auto on_state = G_CALLBACK(+[](GstElement*, GParamSpec*, Events* told) {
    guard("notify::connection-state", [&] { (*told)->state_changed(); });
  });
  connect(webrtcbin, "notify::connection-state", on_state, shared);
  connect(webrtcbin, "notify::ice-connection-state", on_state, shared);
  connect(webrtcbin, "deep-element-added", G_CALLBACK(watch_decoder), shared);
  const auto bus = Ref<GstBus>::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline)));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer data) {
        guard("a message of a peer", [&] { take_message(message, **static_cast<Events*>(data)); });
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      std::make_unique<Events>(shared).release(), free_events);
}

}  // namespace webrtcserver
