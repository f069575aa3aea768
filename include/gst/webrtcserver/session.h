/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

typedef struct _GstWebRTCServerSessionStatistics GstWebRTCServerSessionStatistics;

/**
 * GstWebRTCServerSessionStatistics:
 * @packets: RTP packets of all media, sent to a viewer or received from a publisher
 * @bytes: of these, as RTP payload
 * @bitrate: bit/s of the same, since the look before this one or, of looks that follow each other
 *   within a second, since the one before those; at first since the session was connected
 * @frames: pictures sent, or received
 * @key_frames: of these; of what is sent
 * @dropped_frames: pictures that a viewer's network did not take in time, or that the application's
 *   pipeline did not
 * @lost_packets: packets that did not arrive, as RTCP says: of what is sent, at the viewer
 * @nacks: packets that were asked for again (RFC 4585)
 * @key_frame_requests: requests for a whole picture, PLI and FIR: the viewer's, or ours to a
 *   publisher
 * @round_trip_time: in seconds, from RTCP; 0 until it is known. Not of publishers
 * @jitter: in seconds, from RTCP (RFC 3550); 0 until it is known
 *
 * The numbers of a session, from its beginning. Its members are read; it is made by
 * [method@Session.get_statistics].
 *
 * Since: 0.1
 */
struct _GstWebRTCServerSessionStatistics {
  guint64 packets;
  guint64 bytes;
  guint64 bitrate;
  guint64 frames;
  guint64 key_frames;
  guint64 dropped_frames;
  guint64 lost_packets;
  guint64 nacks;
  guint64 key_frame_requests;
  gdouble round_trip_time;
  gdouble jitter;

  /*< private >*/
  gpointer _gst_reserved[12];
};

#define GST_TYPE_WEBRTC_SERVER_SESSION_STATISTICS (gst_webrtc_server_session_statistics_get_type())
GST_WEBRTC_SERVER_API
GType gst_webrtc_server_session_statistics_get_type(void);
GST_WEBRTC_SERVER_API
GstWebRTCServerSessionStatistics* gst_webrtc_server_session_statistics_copy(
    const GstWebRTCServerSessionStatistics* self);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_session_statistics_free(GstWebRTCServerSessionStatistics* self);

#define GST_TYPE_WEBRTC_SERVER_SESSION (gst_webrtc_server_session_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerSession, gst_webrtc_server_session, GST_WEBRTC_SERVER, SESSION,
                     GObject)

/* That of stream.h, which needs this header. */
typedef struct _GstWebRTCServerStream GstWebRTCServerStream;

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_session_get_id(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_session_get_role(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
GstWebRTCServerStream* gst_webrtc_server_session_get_stream(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_session_get_peer_address(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_session_get_user_agent(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_session_is_connected(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
GDateTime* gst_webrtc_server_session_get_connected_since(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_session_get_video_codec(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_session_get_audio_codec(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_session_may_control(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_session_is_closed(GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_session_get_close_reason(GstWebRTCServerSession* self);

GST_WEBRTC_SERVER_API
GstWebRTCServerSessionStatistics* gst_webrtc_server_session_get_statistics(
    GstWebRTCServerSession* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_session_send_message(GstWebRTCServerSession* self, const gchar* json,
                                                GError** error);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_session_close(GstWebRTCServerSession* self, const gchar* message);

G_END_DECLS
