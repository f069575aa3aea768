// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/webrtcbin_actions.hpp"

#include <utility>

#include "base/error.hpp"
#include "rtc/webrtcbin_reply.hpp"

namespace webrtcserver {

namespace {

void set_description(GstElement* webrtcbin, const char* signal, GstWebRTCSDPType type,
                     Owned<GstSDPMessage> sdp) {
  const Owned<GstWebRTCSessionDescription> description(
      gst_webrtc_session_description_new(type, sdp.release()));
  WebrtcbinReply reply;
  g_signal_emit_by_name(webrtcbin, signal, description.get(), reply.promise());
  reply.wait();
}

}  // namespace

Owned<GstSDPMessage> copy(const GstSDPMessage* message) {
  GstSDPMessage* result = nullptr;
  gst_sdp_message_copy(message, &result);
  return Owned<GstSDPMessage>(result);
}

Owned<GstSDPMessage> create_offer(GstElement* webrtcbin) {
  WebrtcbinReply reply;
  g_signal_emit_by_name(webrtcbin, "create-offer", nullptr, reply.promise());
  const Owned<GstStructure> answer = reply.wait();
  GstWebRTCSessionDescription* description = nullptr;
  if (answer) {
    gst_structure_get(answer.get(), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description,
                      nullptr);
  }
  const Owned<GstWebRTCSessionDescription> owned(description);
  if (!owned) throw Error(ErrorCode::kFailed, "webrtcbin made no offer.");
  return copy(owned->sdp);
}

void set_local_offer(GstElement* webrtcbin, Owned<GstSDPMessage> sdp) {
  set_description(webrtcbin, "set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, std::move(sdp));
}

void set_remote_answer(GstElement* webrtcbin, Owned<GstSDPMessage> sdp) {
  set_description(webrtcbin, "set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER, std::move(sdp));
}

Owned<GstStructure> get_statistics(GstElement* webrtcbin) {
  WebrtcbinReply reply;
  g_signal_emit_by_name(webrtcbin, "get-stats", nullptr, reply.promise());
  return reply.wait();
}

}  // namespace webrtcserver
