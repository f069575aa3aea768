// SPDX-License-Identifier: LGPL-2.1-or-later
// transport_blocks.hpp — a webrtcbin that goes while its ICE still changes state leaves nothing.
//
// Up to 1.24 at least, its receive bin makes a pad block, which holds the bin, whenever the state
// of ICE changes, and lets go of it on the way to NULL. A change that comes behind that leaves both
// for good, with the ICE agent and its sockets. So before webrtcbin goes to NULL, its receive bins
// stop listening.
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include <string_view>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

namespace detail {

template <typename T>
Ref<T> object_of(gpointer holder, const char* property) {
  gpointer object = nullptr;
  g_object_get(holder, property, &object, nullptr);
  return Ref<T>::adopt(static_cast<T*>(object));
}

inline std::vector<Ref<GObject>> ice_transports_of(GstElement* webrtcbin) {
  std::vector<Ref<GObject>> transports;
  const auto add = [&](gpointer holder) {
    if (const auto dtls = object_of<GObject>(holder, "transport")) {
      if (auto ice = object_of<GObject>(dtls.get(), "transport"))
        transports.push_back(std::move(ice));
    }
  };
  GArray* array = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &array);
  for (guint i = 0; array && i < array->len; ++i) {
    auto* transceiver = g_array_index(array, GstWebRTCRTPTransceiver*, i);
    for (const char* end : {"sender", "receiver"}) {
      if (const auto half = object_of<GObject>(transceiver, end)) add(half.get());
    }
  }
  if (array) g_array_unref(array);
  if (const auto sctp = object_of<GObject>(webrtcbin, "sctp-transport")) add(sctp.get());
  return transports;
}

}  // namespace detail

inline void release_transport_blocks(GstElement* webrtcbin) {
  const auto transports = detail::ice_transports_of(webrtcbin);
  GstIterator* children = gst_bin_iterate_elements(GST_BIN(webrtcbin));
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next(children, &item) == GST_ITERATOR_OK) {
    gpointer child = g_value_get_object(&item);
    if (std::string_view(G_OBJECT_TYPE_NAME(child)) == "TransportReceiveBin") {
      for (const auto& transport : transports)
        g_signal_handlers_disconnect_by_data(transport.get(), child);
    }
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(children);
}

}  // namespace webrtcserver
