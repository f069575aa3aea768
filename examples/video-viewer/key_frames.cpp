// SPDX-License-Identifier: LGPL-2.1-or-later
#include "key_frames.hpp"

#include <gst/video/video.h>

KeyFrames::~KeyFrames() {
  for (const auto& [pad, probe] : probes_) gst_pad_remove_probe(pad.get(), probe);
}

void KeyFrames::listen_to(const webrtcserver::VideoOutput& output, std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    const Handle<GstElement> element(
        gst_webrtc_server_video_output_get_element(output.native(), static_cast<guint>(index)));
    if (!element) continue;
    GST_OBJECT_LOCK(element.get());
    std::vector<Handle<GstPad>> pads;
    for (GList* item = element->sinkpads; item; item = item->next)
      pads.emplace_back(GST_PAD(gst_object_ref(item->data)));
    GST_OBJECT_UNLOCK(element.get());
    for (Handle<GstPad>& pad : pads) {
      const gulong probe = gst_pad_add_probe(
          pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
          [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
            GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
            if (gst_video_event_is_force_key_unit(event))
              forward(**static_cast<std::shared_ptr<Input>*>(data), event);
            return GST_PAD_PROBE_OK;
          },
          new std::shared_ptr<Input>(input_),
          [](gpointer data) { delete static_cast<std::shared_ptr<Input>*>(data); });
      probes_.emplace_back(std::move(pad), probe);
    }
  }
}

void KeyFrames::ask(const webrtcserver::VideoSource& source) {
  Handle<GstElement> element(gst_webrtc_server_video_source_get_element(source.native()));
  const std::lock_guard lock(input_->mutex);
  input_->element = std::move(element);
}

void KeyFrames::forward(Input& input, GstEvent* event) {
  Handle<GstElement> element;
  {
    const std::lock_guard lock(input.mutex);
    if (input.element) element.reset(GST_ELEMENT(gst_object_ref(input.element.get())));
  }
  if (!element) return;
  const auto ask = +[](GstElement* /*element*/, GstPad* pad, gpointer data) -> gboolean {
    gst_pad_send_event(pad, gst_event_ref(static_cast<GstEvent*>(data)));
    return TRUE;
  };
  gst_element_foreach_src_pad(element.get(), ask, event);
}
