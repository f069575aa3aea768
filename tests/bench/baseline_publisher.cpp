// SPDX-License-Identifier: LGPL-2.1-or-later
#include "baseline_publisher.hpp"

namespace webrtcserver::bench {

namespace {

// What webrtcsrc offers for the codec (src/codec/codec.cpp and src/rtc/offer.cpp), so that the
// browser sends the same to both. Left to itself, webrtcbin asks for no transport-wide congestion
// control and names no start bitrate.
constexpr const char* kOffered =
    "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    "level-asymmetry-allowed=(string)1,packetization-mode=(string)1,"
    "profile-level-id=(string)42e034,x-google-start-bitrate=(string)2500,"
    "rtcp-fb-nack-pli=true,rtcp-fb-ccm-fir=true,rtcp-fb-transport-cc=true,"
    "extmap-3=(string)http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

// A publisher that leaves does not end the pipeline, which the next one continues.
GstPadProbeReturn drop_end_of_stream(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer /*data*/) {
  return GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS ? GST_PAD_PROBE_DROP
                                                                         : GST_PAD_PROBE_OK;
}

}  // namespace

void BaselinePublisher::join() {
  make_webrtc();
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(kOffered));
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtc(), "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                        caps.get(), &transceiver);
  const auto owned = Ref<GstWebRTCRTPTransceiver>::adopt(transceiver);
  g_object_set(transceiver, "do-nack", TRUE, nullptr);
  gst_bin_add(GST_BIN(pipeline()), webrtc());
  gst_element_sync_state_with_parent(webrtc());
}

void BaselinePublisher::on_pad(GstPad* pad) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_end_of_stream, nullptr, nullptr);
  const auto entrance = find_element(pipeline(), "entrance");
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(entrance.get(), "sink"));
  const auto before = Ref<GstPad>::adopt(gst_pad_get_peer(sink.get()));
  if (before) gst_pad_unlink(before.get(), sink.get());
  gst_pad_link(pad, sink.get());
}

void BaselinePublisher::leave() {
  gst_element_set_state(webrtc(), GST_STATE_NULL);
  gst_bin_remove(GST_BIN(pipeline()), webrtc());
}

}  // namespace webrtcserver::bench
