/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream without webrtcsink, as docs/library.md has it, and somebody decided upon: in C11. */
#include <gst/app/gstappsink.h>
#include <gst/webrtcserver/webrtcserver.h>
#include <stdio.h>

#define FRAMES 30

static gint asked;
static gint streams;

static void
authorize (GstWebRTCServerServer * server, GstWebRTCServerCredentials * credentials,
    gpointer user_data)
{
  static const gchar *const permissions[] = { "view", NULL };

  (void) server;
  (void) user_data;
  g_atomic_int_inc (&asked);
  if (g_strcmp0 (gst_webrtc_server_credentials_get_token (credentials), "opensesame") == 0)
    gst_webrtc_server_credentials_allow (credentials, permissions, NULL, NULL, NULL);
  else
    gst_webrtc_server_credentials_refuse (credentials, NULL);
}

static void
stream_added (GstWebRTCServerServer * server, GstWebRTCServerStream * stream, gpointer user_data)
{
  (void) server;
  (void) user_data;
  if (g_str_equal (gst_webrtc_server_stream_get_name (stream), "camera"))
    g_atomic_int_inc (&streams);
}

static int
fail (const gchar * what, GError * error)
{
  fprintf (stderr, "%s: %s\n", what, error ? error->message : "no error");
  return 1;
}

int
main (int argc, char **argv)
{
  static const gchar *const media[] = { "video", NULL };
  GstWebRTCServerServer *server;
  GstWebRTCServerStream *stream;
  GstElement *pipeline, *sink;
  GPtrArray *sessions;
  GError *error = NULL;
  gchar *state;
  int i;

  gst_init (&argc, &argv);
  server = gst_webrtc_server_server_new ("webrtc://127.0.0.1:0");
  g_signal_connect (server, "stream-added", G_CALLBACK (stream_added), NULL);
  if (!gst_webrtc_server_server_set_authorize (server, authorize, NULL, NULL, &error)
      || !gst_webrtc_server_server_start (server, &error))
    return fail ("start", error);
  stream = gst_webrtc_server_server_add_stream (server, "camera", media, &error);
  if (!stream)
    return fail ("add_stream", error);
  pipeline = gst_parse_launch ("videotestsrc is-live=true ! "
      "video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! appsink name=sink", &error);
  if (!pipeline)
    return fail ("pipeline", error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (i = 0; i < FRAMES; i++) {
    GstSample *sample = gst_app_sink_pull_sample (GST_APP_SINK (sink));

    if (!sample || !gst_webrtc_server_stream_push_sample (stream, "video", sample, &error))
      return fail ("push_sample", error);
    gst_sample_unref (sample);
  }
  state = gst_webrtc_server_stream_get_state (stream);
  sessions = gst_webrtc_server_stream_get_sessions (stream);
  if (!g_str_equal (state, "live") || sessions->len != 0 || g_atomic_int_get (&streams) != 1)
    return fail (state, NULL);
  g_free (state);
  g_ptr_array_unref (sessions);
  if (!gst_webrtc_server_stream_close (stream, &error))
    return fail ("close", error);
  if (gst_webrtc_server_stream_close (stream, &error) != TRUE)
    return fail ("the second close", error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_object_unref (stream);
  g_object_unref (server);
  return 0;
}
