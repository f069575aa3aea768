/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/webrtcserver/api.h>
#include <gst/webrtcserver/credentials.h>
#include <gst/webrtcserver/request.h>
#include <gst/webrtcserver/session.h>
#include <gst/webrtcserver/socket.h>
#include <gst/webrtcserver/stream.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_SERVER (gst_webrtc_server_server_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerServer, gst_webrtc_server_server, GST_WEBRTC_SERVER, SERVER,
                     GObject)

/**
 * GstWebRTCServerRequestFunc:
 * @server: the server
 * @request: (transfer none): the request; keep a reference to answer later
 * @user_data: what was given with the function
 *
 * Answers a request of a route. It runs on the application's main context when it runs one, else on
 * a thread of the server's for it; never two at a time for one server.
 *
 * Since: 0.1
 */
typedef void (*GstWebRTCServerRequestFunc)(GstWebRTCServerServer* server,
                                           GstWebRTCServerRequest* request, gpointer user_data);

/**
 * GstWebRTCServerSocketFunc:
 * @server: the server
 * @socket: (transfer none): the WebSocket, which lives until it is closed; connect to its signals
 *   here, and none of its messages is missed
 * @user_data: what was given with the function
 *
 * Is told of a WebSocket that a client has opened. It runs where #GstWebRTCServerRequestFunc does.
 *
 * Since: 0.1
 */
typedef void (*GstWebRTCServerSocketFunc)(GstWebRTCServerServer* server,
                                          GstWebRTCServerSocket* socket, gpointer user_data);

/**
 * GstWebRTCServerAuthorizeFunc:
 * @server: the server
 * @credentials: (transfer none): who wants to come in; keep a reference to answer later
 * @user_data: what was given with the function
 *
 * Decides who may come in, and for what. It runs where #GstWebRTCServerRequestFunc does.
 *
 * Since: 0.1
 */
typedef void (*GstWebRTCServerAuthorizeFunc)(GstWebRTCServerServer* server,
                                             GstWebRTCServerCredentials* credentials,
                                             gpointer user_data);

GST_WEBRTC_SERVER_API
GstWebRTCServerServer* gst_webrtc_server_server_new(const gchar* uri);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_start(GstWebRTCServerServer* self, GError** error);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_server_stop(GstWebRTCServerServer* self);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_add_handler(GstWebRTCServerServer* self, const gchar* method,
                                              const gchar* pattern,
                                              GstWebRTCServerRequestFunc handler,
                                              gpointer user_data, GDestroyNotify destroy,
                                              GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_add_folder(GstWebRTCServerServer* self, const gchar* path,
                                             const gchar* directory, GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_add_socket(GstWebRTCServerServer* self, const gchar* pattern,
                                             GstWebRTCServerSocketFunc handler, gpointer user_data,
                                             GDestroyNotify destroy, GError** error);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_server_remove_route(GstWebRTCServerServer* self, const gchar* pattern);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_set_authorize(GstWebRTCServerServer* self,
                                                GstWebRTCServerAuthorizeFunc authorize,
                                                gpointer user_data, GDestroyNotify destroy,
                                                GError** error);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_server_revoke_token(GstWebRTCServerServer* self, const gchar* token);

GST_WEBRTC_SERVER_API
void gst_webrtc_server_server_answer_offer_async(GstWebRTCServerServer* self, const gchar* stream,
                                                 const gchar* offer,
                                                 GstWebRTCServerRequest* request,
                                                 GCancellable* cancellable,
                                                 GAsyncReadyCallback callback, gpointer user_data);
GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_server_answer_offer_finish(GstWebRTCServerServer* self,
                                                    GAsyncResult* result, GError** error);

GST_WEBRTC_SERVER_API
GstWebRTCServerStream* gst_webrtc_server_server_add_stream(GstWebRTCServerServer* self,
                                                           const gchar* name,
                                                           const gchar* const* media,
                                                           GError** error);
GST_WEBRTC_SERVER_API
GPtrArray* gst_webrtc_server_server_get_streams(GstWebRTCServerServer* self);
GST_WEBRTC_SERVER_API
GPtrArray* gst_webrtc_server_server_get_sessions(GstWebRTCServerServer* self);

GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_server_get_ice_servers(GstWebRTCServerServer* self);
GST_WEBRTC_SERVER_API
gchar** gst_webrtc_server_server_get_urls(GstWebRTCServerServer* self);
GST_WEBRTC_SERVER_API
guint gst_webrtc_server_server_get_port(GstWebRTCServerServer* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_server_is_listening(GstWebRTCServerServer* self);

G_END_DECLS
