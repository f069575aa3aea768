// SPDX-License-Identifier: LGPL-2.1-or-later
// What the application reads and asks of a GstWebRTCServerSession.
#include <gst/webrtcserver/session.h>

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/session_private.hpp"
#include "server/server.hpp"
#include "server/session_statistics.hpp"

using webrtcserver::attempt;
using webrtcserver::date_of;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::facts_of;
using webrtcserver::guard;
using webrtcserver::insides_of;
using webrtcserver::RateMeter;
using webrtcserver::SessionFacts;
using webrtcserver::SessionInsides;

namespace {

gchar* copy_of(const std::string& text) {
  return text.empty() ? nullptr : g_strdup(text.c_str());
}

}  // namespace

/**
 * gst_webrtc_server_session_get_id:
 * @self: a session
 *
 * Its name, unique in the process, which signals of the elements have too: "s17".
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_session_get_id(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return insides_of(self).id.c_str();
}

/**
 * gst_webrtc_server_session_get_role:
 * @self: a session
 *
 * What the client does.
 *
 * Returns: (transfer none): "view" or "publish"
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_session_get_role(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return insides_of(self).role.c_str();
}

/**
 * gst_webrtc_server_session_get_stream:
 * @self: a session
 *
 * What it views or publishes to.
 *
 * Returns: (transfer none): the stream
 *
 * Since: 0.1
 */
GstWebRTCServerStream* gst_webrtc_server_session_get_stream(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return insides_of(self).stream.get();
}

/**
 * gst_webrtc_server_session_get_peer_address:
 * @self: a session
 *
 * Where the client's signalling comes from.
 *
 * Returns: (transfer none) (nullable): a numeric address without port, that of the proxy where
 *   there is one; %NULL where it is not known
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_session_get_peer_address(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  const std::string& address = insides_of(self).peer_address;
  return address.empty() ? nullptr : address.c_str();
}

/**
 * gst_webrtc_server_session_get_user_agent:
 * @self: a session
 *
 * What the client calls itself, which may be anything.
 *
 * Returns: (transfer none) (nullable): at most 256 bytes of its User-Agent; %NULL where it has none
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_session_get_user_agent(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  const std::string& agent = insides_of(self).user_agent;
  return agent.empty() ? nullptr : agent.c_str();
}

/**
 * gst_webrtc_server_session_is_connected:
 * @self: a session
 *
 * Whether media may flow: the network path is there and its other end is whom the signalling named.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_session_is_connected(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), FALSE);
  const SessionFacts facts = facts_of(self);
  return facts.connected_at != 0 && !facts.closed;
}

/**
 * gst_webrtc_server_session_get_connected_since:
 * @self: a session
 *
 * When it was connected.
 *
 * Returns: (transfer full) (nullable): the time in UTC; %NULL where it has not been yet
 *
 * Since: 0.1
 */
GDateTime* gst_webrtc_server_session_get_connected_since(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return date_of(facts_of(self).connected_at);
}

/**
 * gst_webrtc_server_session_get_video_codec:
 * @self: a session
 *
 * The codec of its pictures.
 *
 * Returns: (transfer full) (nullable): as SDP names it: "H264", "VP8"; %NULL: none, or it has not
 *   been negotiated yet
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_session_get_video_codec(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return copy_of(facts_of(self).video_codec);
}

/**
 * gst_webrtc_server_session_get_audio_codec:
 * @self: a session
 *
 * The codec of its sound.
 *
 * Returns: (transfer full) (nullable): as SDP names it: "OPUS"; %NULL: none, or it has not been
 *   negotiated yet
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_session_get_audio_codec(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return copy_of(facts_of(self).audio_codec);
}

/**
 * gst_webrtc_server_session_may_control:
 * @self: a session
 *
 * Whether its requests of remote control are heeded.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_session_may_control(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), FALSE);
  return facts_of(self).may_control ? TRUE : FALSE;
}

/**
 * gst_webrtc_server_session_is_closed:
 * @self: a session
 *
 * Whether it has ended, or the server that it was asked of has stopped.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_session_is_closed(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), FALSE);
  return facts_of(self).closed ? TRUE : FALSE;
}

/**
 * gst_webrtc_server_session_get_close_reason:
 * @self: a session
 *
 * Why it has ended, in a word of the protocol: "left" where the client went, "kicked" after
 * [method@Session.close], "expired" and "revoked" for its token, "ended" with its stream,
 * "timeout" and "error" where something failed, "closing" with the server.
 *
 * Returns: (transfer full) (nullable): the word; %NULL until then
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_session_get_close_reason(GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  return copy_of(facts_of(self).close_reason);
}

/**
 * gst_webrtc_server_session_get_statistics:
 * @self: a session
 *
 * Its numbers from its beginning until now. It waits for the peer's, commonly for less than a
 * millisecond and a second at most. Of a session that has ended they are the last that were sent or
 * received, without what the other side had reported.
 *
 * Returns: (transfer full): the numbers
 *
 * Since: 0.1
 */
GstWebRTCServerSessionStatistics* gst_webrtc_server_session_get_statistics(
    GstWebRTCServerSession* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self), nullptr);
  auto* result = g_new0(GstWebRTCServerSessionStatistics, 1);
  guard("statistics of a session", [&] {
    SessionInsides& known = insides_of(self);
    const SessionFacts facts = facts_of(self);
    webrtcserver::SessionStatistics now;
    now.traffic = facts.traffic;
    if (!facts.closed) now = webrtcserver::collect_statistics(known.session);
    result->packets = now.traffic.packets;
    result->bytes = now.traffic.bytes;
    result->frames = now.traffic.frames;
    result->key_frames = now.traffic.key_frames;
    result->dropped_frames = now.traffic.dropped_frames;
    result->lost_packets = now.feedback.lost_packets;
    result->nacks = now.feedback.nacks;
    result->key_frame_requests = now.feedback.key_frame_requests;
    result->round_trip_time = now.feedback.round_trip;
    result->jitter = now.feedback.jitter;
    if (facts.closed || facts.connected_at == 0) return;
    constexpr unsigned kBitsPerByte = 8;
    const std::scoped_lock lock(known.mutex);
    result->bitrate = known.meter.look(kBitsPerByte * now.traffic.bytes, RateMeter::Clock::now());
  });
  return result;
}

/**
 * gst_webrtc_server_session_send_message:
 * @self: a session
 * @json: the message: JSON of at most 64 KiB
 * @error: return location for an error
 *
 * Says something to the client: over its data channel, or its WebSocket where that is not open.
 * What a client does not take is dropped. JavaScript has it in the event `message` of the client.
 *
 * Returns: %FALSE with an error for what is no JSON or too long, and where the session has ended
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_session_send_message(GstWebRTCServerSession* self, const gchar* json,
                                                GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self) && json, FALSE);
  return attempt(error, [&] {
    auto message = webrtcserver::message_of_application(json);
    if (facts_of(self).closed) throw Error(ErrorCode::kClosed, "The session has ended.");
    webrtcserver::server_thread().post(
        [weak = insides_of(self).session, message = std::move(message)] {
          if (const auto session = weak.lock()) session->send(message);
        });
  });
}

/**
 * gst_webrtc_server_session_close:
 * @self: a session
 * @message: (nullable): what its user is told
 *
 * Ends the session, soon; its client is told `bye` with `kicked`, and does not come back by itself.
 * Nothing keeps it from doing so: what decides who may come is a token. Twice is once.
 *
 * Since: 0.1
 */
void gst_webrtc_server_session_close(GstWebRTCServerSession* self, const gchar* message) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SESSION(self));
  g_return_if_fail(!message || g_utf8_validate(message, -1, nullptr));
  guard("closing a session", [&] {
    webrtcserver::server_thread().post(
        [weak = insides_of(self).session,
         text = std::string(message ? message : "The application has ended the session.")] {
          if (const auto session = weak.lock()) session->end("kicked", text);
        });
  });
}
