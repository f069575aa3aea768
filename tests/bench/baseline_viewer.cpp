// SPDX-License-Identifier: LGPL-2.1-or-later
#include "baseline_viewer.hpp"

#include <gst/video/video.h>

#include "main_context.hpp"

namespace webrtcserver::bench {

namespace {

void make_send_only(GstElement* webrtc) {
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtc, "get-transceiver", 0, &transceiver);
  const auto owned = Ref<GstWebRTCRTPTransceiver>::adopt(transceiver);
  g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, nullptr);
}

}  // namespace

void BaselineViewer::join() {
  queue_ = Ref<GstElement>::sink(gst_element_factory_make("queue", nullptr));
  make_webrtc();

  // The branch runs before the tee feeds it: an element that is not yet active would answer
  // FLUSHING and stop the source for everybody.
  auto tee = find_element(pipeline(), "tee");
  gst_bin_add_many(GST_BIN(pipeline()), queue_.get(), webrtc(), nullptr);
  gst_element_link_pads(queue_.get(), "src", webrtc(), "sink_0");
  make_send_only(webrtc());
  gst_element_sync_state_with_parent(webrtc());
  gst_element_sync_state_with_parent(queue_.get());
  tee_pad_ = Ref<GstPad>::adopt(gst_element_request_pad_simple(tee.get(), "src_%u"));
  auto queue_pad = Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), "sink"));
  gst_pad_link(tee_pad_.get(), queue_pad.get());
}

void BaselineViewer::on_connected() {
  gst_element_send_event(find_element(pipeline(), "encoder").get(),
                         gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

void BaselineViewer::leave() {
  // While the tee waits for this viewer's full queue its pad is never idle; the branch then stays,
  // and with it the stream.
  gst_pad_add_probe(
      tee_pad_.get(), GST_PAD_PROBE_TYPE_IDLE,
      [](GstPad* pad, GstPadProbeInfo*, gpointer data) -> GstPadProbeReturn {
        auto viewer = *static_cast<std::shared_ptr<BaselineViewer>*>(data);
        auto queue_pad = Ref<GstPad>::adopt(gst_pad_get_peer(pad));
        gst_pad_unlink(pad, queue_pad.get());
        post([viewer] {
          gst_element_set_state(viewer->webrtc(), GST_STATE_NULL);
          gst_element_set_state(viewer->queue_.get(), GST_STATE_NULL);
          gst_bin_remove_many(GST_BIN(viewer->pipeline()), viewer->queue_.get(), viewer->webrtc(),
                              nullptr);
          auto tee = find_element(viewer->pipeline(), "tee");
          gst_element_release_request_pad(tee.get(), viewer->tee_pad_.get());
        });
        return GST_PAD_PROBE_REMOVE;
      },
      new std::shared_ptr<BaselineViewer>(
          std::static_pointer_cast<BaselineViewer>(shared_from_this())),
      [](gpointer data) { delete static_cast<std::shared_ptr<BaselineViewer>*>(data); });
}

}  // namespace webrtcserver::bench
