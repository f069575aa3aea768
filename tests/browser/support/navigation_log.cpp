// SPDX-License-Identifier: LGPL-2.1-or-later
#include "navigation_log.hpp"

#include <utility>

#include "base/structure_json.hpp"

NavigationLog::NavigationLog(webrtcserver::Ref<GstPad> pad) : pad_(std::move(pad)) {
  probe_ =
      gst_pad_add_probe(pad_.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, this, nullptr);
}

NavigationLog::~NavigationLog() {
  gst_pad_remove_probe(pad_.get(), probe_);
}

std::string NavigationLog::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(events_, {});
}

GstPadProbeReturn NavigationLog::on_event(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer log) {
  GstEvent* event = gst_pad_probe_info_get_event(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_NAVIGATION) return GST_PAD_PROBE_OK;
  auto* self = static_cast<NavigationLog*>(log);
  const std::string json = webrtcserver::to_json(gst_event_get_structure(event));
  const std::scoped_lock lock(self->mutex_);
  self->events_ += (self->events_.empty() ? "" : ",") + json;
  return GST_PAD_PROBE_OK;
}
