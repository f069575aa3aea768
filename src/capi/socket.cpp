// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/socket.h>

#include <array>
#include <new>
#include <utility>

#include "base/ref.hpp"
#include "capi/request_private.hpp"
#include "capi/socket_private.hpp"

/**
 * GstWebRTCServerSocket:
 *
 * A WebSocket on a route of the application's.
 *
 * It lives until it is closed, whether or not the application keeps a reference. Its methods may be
 * called from any thread; its signals come where the route's handler runs, one after another and
 * never before that has returned. Messages are text of at most 64 KiB. A client that says more than
 * the application takes (64 messages or a megabyte wait at most, and of all clients together 1024
 * messages or 8 MiB) is told to try again later.
 *
 * Since: 0.1
 */

using webrtcserver::CustomSocket;
using webrtcserver::Ref;

namespace {

struct Implementation {
  std::shared_ptr<CustomSocket> socket;
  webrtcserver::HttpRequest request;
};

enum Signal { kMessage, kClosed, kSignals };
std::array<guint, kSignals> signals{};

}  // namespace

struct _GstWebRTCServerSocket {
  GObject parent;
  Implementation implementation;
};

G_DEFINE_TYPE(GstWebRTCServerSocket, gst_webrtc_server_socket, G_TYPE_OBJECT)

static void gst_webrtc_server_socket_finalize(GObject* object) {
  auto* self = GST_WEBRTC_SERVER_SOCKET(object);
  std::destroy_at(&self->implementation);
  G_OBJECT_CLASS(gst_webrtc_server_socket_parent_class)->finalize(object);
}

static void gst_webrtc_server_socket_class_init(GstWebRTCServerSocketClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_webrtc_server_socket_finalize;
  /**
   * GstWebRTCServerSocket::message:
   * @self: the socket
   * @text: what the client says
   *
   * A text message has arrived. Binary ones end the connection.
   *
   * Since: 0.1
   */
  signals[kMessage] = g_signal_new("message", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
                                   nullptr, nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstWebRTCServerSocket::closed:
   * @self: the socket
   *
   * The last signal, whoever closed it. Nothing that is sent goes anywhere any more.
   *
   * Since: 0.1
   */
  signals[kClosed] = g_signal_new("closed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr,
                                  nullptr, nullptr, G_TYPE_NONE, 0);
}

static void gst_webrtc_server_socket_init(GstWebRTCServerSocket* self) {
  new (&self->implementation) Implementation();
}

namespace webrtcserver {

GstWebRTCServerSocket* new_socket(const std::shared_ptr<CustomSocket>& socket,
                                  HttpRequest request) {
  auto* self = GST_WEBRTC_SERVER_SOCKET(g_object_new(GST_TYPE_WEBRTC_SERVER_SOCKET, nullptr));
  self->implementation = {socket, std::move(request)};
  const auto held = Ref<GstWebRTCServerSocket>::retain(self);
  CustomSocket::Events events;
  events.text = [held](const std::string& text) {
    g_signal_emit(held.get(), signals[kMessage], 0, text.c_str());
  };
  events.closed = [held] { g_signal_emit(held.get(), signals[kClosed], 0); };
  socket->set_events(std::move(events));
  return self;
}

}  // namespace webrtcserver

namespace {

CustomSocket* socket_of(GstWebRTCServerSocket* self) {
  return self->implementation.socket.get();
}

}  // namespace

/**
 * gst_webrtc_server_socket_send:
 * @self: a socket
 * @text: a message of text
 *
 * Sends a message. Of a client that does not read, a megabyte is kept; then the connection ends.
 *
 * Returns: %FALSE where it is not sent: the socket is closed, or more is sent at once than the
 *   server can hand over
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_socket_send(GstWebRTCServerSocket* self, const gchar* text) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self) && socket_of(self) && text, FALSE);
  g_return_val_if_fail(g_utf8_validate(text, -1, nullptr), FALSE);
  return socket_of(self)->send(text);
}

/**
 * gst_webrtc_server_socket_close:
 * @self: a socket
 *
 * Closes the socket; what was sent before still goes out. Twice is once.
 *
 * Since: 0.1
 */
void gst_webrtc_server_socket_close(GstWebRTCServerSocket* self) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self) && socket_of(self));
  socket_of(self)->close();
}

/**
 * gst_webrtc_server_socket_get_path:
 * @self: a socket
 *
 * Returns: (transfer none): the path that it was opened with, decoded
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_socket_get_path(GstWebRTCServerSocket* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self), nullptr);
  return self->implementation.request.path.c_str();
}

/**
 * gst_webrtc_server_socket_get_peer_address:
 * @self: a socket
 *
 * Returns: (transfer none): the numeric address that the connection comes from, without port
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_socket_get_peer_address(GstWebRTCServerSocket* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self), nullptr);
  return self->implementation.request.peer_address.c_str();
}

/**
 * gst_webrtc_server_socket_get_capture:
 * @self: a socket
 * @name: the name of a capture of the route's pattern
 *
 * Returns: (transfer none) (nullable): what stands in the path for "{name}"; %NULL where the
 * pattern has no such capture
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_socket_get_capture(GstWebRTCServerSocket* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self) && name, nullptr);
  return webrtcserver::value_of(self->implementation.request.captures, name);
}

/**
 * gst_webrtc_server_socket_get_query:
 * @self: a socket
 * @name: the name of a field of the query
 *
 * Returns: (transfer none) (nullable): its value, decoded; %NULL where the query has none
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_socket_get_query(GstWebRTCServerSocket* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self) && name, nullptr);
  return webrtcserver::value_of(self->implementation.request.query, name);
}

/**
 * gst_webrtc_server_socket_is_allowed:
 * @self: a socket
 * @stream: the name of a stream, which need not be there
 * @permission: "view", "publish" or "control"
 *
 * Whether the token that the socket was opened with allows this. What changes in the file of
 * `auth-tokens` counts within seconds; a token that does not count any more closes the socket.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_socket_is_allowed(GstWebRTCServerSocket* self, const gchar* stream,
                                             const gchar* permission) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SOCKET(self) && socket_of(self) && stream && permission,
                       FALSE);
  return webrtcserver::is_allowed(socket_of(self)->grant(), stream, permission);
}
