// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/server.h>

#include <memory>

#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/request_private.hpp"
#include "capi/server_private.hpp"
#include "capi/socket_private.hpp"

using webrtcserver::attempt;
using webrtcserver::core_of;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::UserData;
using webrtcserver::WeakServer;

/**
 * gst_webrtc_server_server_add_handler:
 * @self: a server
 * @method: "GET", which serves HEAD too, "POST", "PUT", "PATCH", "DELETE", "HEAD" or "OPTIONS"
 * @pattern: a path whose segments may be "{name}", for one segment, and at its end "{name...}", for
 *   one or more: "/offer", "/rooms/{room}"
 * @handler: (scope notified) (closure user_data) (destroy destroy): answers the requests
 * @user_data: given to @handler
 * @destroy: (nullable): called with @user_data when it is not needed any more, also where this
 * fails
 * @error: return location for an error
 *
 * Adds a route, before or after gst_webrtc_server_server_start(). A literal segment wins over a
 * capture: "/offer" is before the streams' own "/{stream}", so that no stream may have this name.
 * "/" may be taken too, in place of the server's page. With `auth-tokens` every route asks for a
 * token that counts; what it allows, gst_webrtc_server_request_is_allowed() tells. Bodies of more
 * than 64 KiB are refused, and so are requests of pages of other origins that may change something.
 *
 * Returns: %FALSE with an error for a pattern that is malformed, the server's own, or taken
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_add_handler(GstWebRTCServerServer* self, const gchar* method,
                                              const gchar* pattern,
                                              GstWebRTCServerRequestFunc handler,
                                              gpointer user_data, GDestroyNotify destroy,
                                              GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && method && pattern && handler, FALSE);
  const auto data = std::make_shared<UserData>(user_data, destroy);
  const auto weak = std::make_shared<WeakServer>(self);
  return attempt(error, [&] {
    core_of(self).add_handler(
        method, pattern,
        [handler, data, weak](const std::shared_ptr<webrtcserver::CustomRequest>& custom) {
          const auto server = weak->lock();
          if (!server) return;
          const auto request =
              Ref<GstWebRTCServerRequest>::adopt(webrtcserver::new_request(custom));
          handler(server.get(), request.get(), data->get());
        });
  });
}

/**
 * gst_webrtc_server_server_add_folder:
 * @self: a server
 * @path: where to serve it: "/files"
 * @directory: (type filename): a folder that is there
 * @error: return location for an error
 *
 * Serves the files of a folder, and its index.html at "/files/". There is no list of them, no way
 * out by ".." or by symbolic links, and nothing whose name begins with a dot. With `auth-tokens`
 * they are asked for a token as every route is. A file of more than 32 MiB is sent in parts alone,
 * to clients that ask for them (Range), as players of video do.
 *
 * Returns: %FALSE with an error for a path that is malformed, the server's own, or taken, and for a
 *   folder that cannot be read
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_add_folder(GstWebRTCServerServer* self, const gchar* path,
                                             const gchar* directory, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && path && directory, FALSE);
  return attempt(error, [&] { core_of(self).add_folder(path, directory); });
}

/**
 * gst_webrtc_server_server_add_socket:
 * @self: a server
 * @pattern: as in gst_webrtc_server_server_add_handler()
 * @handler: (scope notified) (closure user_data) (destroy destroy): is given each WebSocket
 * @user_data: given to @handler
 * @destroy: (nullable): called with @user_data when it is not needed any more, also where this
 * fails
 * @error: return location for an error
 *
 * Adds a route for WebSockets, which may be that of handlers too. Pages of other origins may open
 * them where `allowed-origins` has them.
 *
 * Returns: %FALSE with an error for a pattern that is malformed, the server's own, or taken
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_add_socket(GstWebRTCServerServer* self, const gchar* pattern,
                                             GstWebRTCServerSocketFunc handler, gpointer user_data,
                                             GDestroyNotify destroy, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && pattern && handler, FALSE);
  const auto data = std::make_shared<UserData>(user_data, destroy);
  const auto weak = std::make_shared<WeakServer>(self);
  return attempt(error, [&] {
    core_of(self).add_socket(pattern, [handler, data, weak](
                                          const std::shared_ptr<webrtcserver::CustomSocket>& custom,
                                          const webrtcserver::HttpRequest& http) {
      const auto server = weak->lock();
      if (!server) return custom->close();
      const auto socket = Ref<GstWebRTCServerSocket>::adopt(webrtcserver::new_socket(custom, http));
      handler(server.get(), socket.get(), data->get());
    });
  });
}

/**
 * gst_webrtc_server_server_remove_route:
 * @self: a server
 * @pattern: as it was added
 *
 * Removes what has been added for the pattern, whatever the method; nothing where that is nothing.
 * Requests that a handler has been given may still be answered, those that wait for it are answered
 * with 503, and sockets that are open stay so.
 *
 * Since: 0.1
 */
void gst_webrtc_server_server_remove_route(GstWebRTCServerServer* self, const gchar* pattern) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && pattern);
  guard("removing a route", [&] { core_of(self).remove_route(pattern); });
}
