/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * client.c — a program in C11 over an installed library: a server with a route, controls, and pictures
 * from a source into an output on that server.
 */
#include <gst/webrtcserver/webrtcserver.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 20

static void
fail (const char *what, GError * error)
{
  fprintf (stderr, "%s: %s\n", what, error ? error->message : "no reason was given");
  exit (1);
}

static void
check (gboolean holds, const char *what)
{
  if (!holds)
    fail (what, NULL);
}

static void
hello (GstWebRTCServerServer * server, GstWebRTCServerRequest * request, gpointer user_data)
{
  (void) server;
  gst_webrtc_server_request_respond_json (request, 200, user_data);
}

/* The answer to a request, of which the last line is the body. */
static gchar *
get (guint port, const char *path)
{
  GError *error = NULL;
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port, NULL, &error);
  gchar *request;
  GString *answer = g_string_new (NULL);
  char part[4096];
  gssize length;

  if (!connection)
    fail ("connecting", error);
  request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
      path, port);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
          request, strlen (request), NULL, NULL, &error))
    fail ("asking", error);
  while ((length = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
              part, sizeof part, NULL, &error)) > 0)
    g_string_append_len (answer, part, length);
  if (length < 0)
    fail ("reading the answer", error);
  g_free (request);
  g_object_unref (connection);
  g_object_unref (client);
  return g_string_free (answer, FALSE);
}

static GstWebRTCServerServer *
start_server (void)
{
  GError *error = NULL;
  GstWebRTCServerServer *server = gst_webrtc_server_server_new ("webrtc://127.0.0.1:0");
  gchar *answer;

  if (!gst_webrtc_server_server_add_handler (server, "GET", "/hello", hello,
          (gpointer) "{\"hello\":\"C\"}", NULL, &error))
    fail ("add_handler", error);
  if (!gst_webrtc_server_server_start (server, &error))
    fail ("start", error);
  answer = get (gst_webrtc_server_server_get_port (server), "/hello");
  check (strstr (answer, "{\"hello\":\"C\"}") != NULL, "the route's answer");
  g_free (answer);
  return server;
}

static GstWebRTCServerControls *
make_controls (void)
{
  GError *error = NULL;
  GstWebRTCServerControls *controls = gst_webrtc_server_controls_new ();

  if (!gst_webrtc_server_controls_add_number (controls, "speed", "Speed", 5, 0, 10, 1, &error))
    fail ("add_number", error);
  check (!gst_webrtc_server_controls_set_number (controls, "speed", 99, &error),
      "a number out of range is refused");
  check (g_error_matches (error, GST_WEBRTC_SERVER_ERROR, (gint) error->code),
      "the error is of this library");
  g_clear_error (&error);
  check (gst_webrtc_server_controls_get_number (controls, "speed") == 5, "the number is as it was");
  return controls;
}

static GstWebRTCServerVideoOptions *
parse_options (void)
{
  GError *error = NULL;
  GstWebRTCServerVideoOptions *options = gst_webrtc_server_video_options_new ();
  const gchar *words[] = { "client", "--input-width=64", "--input-height", "48", "rest",
    "--num-frames=20", NULL
  };
  const gchar *wrong[] = { "client", "--input-widht=64", NULL };
  gchar **arguments = g_strdupv ((gchar **) words);
  guint width = 0;

  if (!gst_webrtc_server_video_options_parse (options, &arguments, &error))
    fail ("parse", error);
  check (g_strv_length (arguments) == 2 && strcmp (arguments[1], "rest") == 0,
      "what is no option is left");
  g_strfreev (arguments);
  g_object_get (options, "input-width", &width, NULL);
  check (width == 64, "the option is set");

  arguments = g_strdupv ((gchar **) wrong);
  check (!gst_webrtc_server_video_options_parse (options, &arguments, &error),
      "an unknown option is refused");
  check (strstr (error->message, "--input-widht") != NULL, "and named");
  g_clear_error (&error);
  g_strfreev (arguments);
  return options;
}

static void
stream (GstWebRTCServerServer * server, GstWebRTCServerVideoOptions * options,
    GstWebRTCServerControls * controls)
{
  GError *error = NULL;
  gchar *uri = g_strdup_printf ("webrtc://127.0.0.1:%u/output",
      gst_webrtc_server_server_get_port (server));
  GstWebRTCServerVideoSource *source;
  GstWebRTCServerVideoOutput *output;
  gchar *answer;
  guint frames = 0;

  check (gst_webrtc_server_video_source_new ("tset://", &error) == NULL && error != NULL,
      "an address that there is not is refused");
  g_clear_error (&error);
  source = gst_webrtc_server_video_source_new_with_options ("test://", options, &error);
  if (!source)
    fail ("video source", error);
  output = gst_webrtc_server_video_output_new (uri, &error);
  if (!output)
    fail ("video output", error);
  g_object_set (output, "remote-controls", controls, NULL);

  while (gst_webrtc_server_video_source_is_streaming (source)) {
    GstSample *frame = gst_webrtc_server_video_source_capture (source, -1, &error);
    const GstStructure *format;
    int width = 0;

    if (error)
      fail ("capture", error);
    if (!frame)
      continue;
    format = gst_caps_get_structure (gst_sample_get_caps (frame), 0);
    check (gst_structure_get_int (format, "width", &width) && width == 64, "the width asked for");
    check (GST_BUFFER_PTS_IS_VALID (gst_sample_get_buffer (frame)), "a frame has its time");
    if (!gst_webrtc_server_video_output_render (output, frame, &error))
      fail ("render", error);
    gst_sample_unref (frame);
    ++frames;
  }
  check (frames == FRAMES, "as many frames as were asked for");
  answer = get (gst_webrtc_server_server_get_port (server), "/api/streams");
  check (strstr (answer, "/output") != NULL, "the stream is on the server that was there");
  g_free (answer);
  answer = get (gst_webrtc_server_server_get_port (server), "/api/controls/output");
  check (strstr (answer, "speed") != NULL, "it has the controls");
  g_free (answer);

  if (!gst_webrtc_server_video_output_close (output, &error))
    fail ("close", error);
  g_object_unref (output);
  g_object_unref (source);
  g_free (uri);
}

int
main (void)
{
  GstWebRTCServerServer *server;
  GstWebRTCServerControls *controls;
  GstWebRTCServerVideoOptions *options;

  gst_init (NULL, NULL);
  server = start_server ();
  controls = make_controls ();
  options = parse_options ();
  stream (server, options, controls);
  gst_webrtc_server_server_stop (server);
  g_object_unref (options);
  g_object_unref (controls);
  g_object_unref (server);
  return 0;
}
