// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/credentials.h>

#include <new>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/ref.hpp"
#include "capi/attempt.hpp"
#include "capi/credentials_private.hpp"
#include "capi/request_private.hpp"

/**
 * GstWebRTCServerCredentials:
 *
 * Somebody who wants to come in, and whom the application lets in or not.
 *
 * The function of [method@Server.set_authorize] is given it, and answers at once, or keeps a
 * reference and answers within 10 seconds from any thread. Who is not answered is not let in.
 *
 * ```python
 * def authorize(server, credentials):
 *     user = users.get(credentials.get_token())
 *     if user:
 *         credentials.allow(["view"], user.streams, None)
 *     else:
 *         credentials.refuse(None)
 *
 * server.set_authorize(authorize)
 * ```
 *
 * Since: 0.1
 */

using webrtcserver::Admission;
using webrtcserver::attempt;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::Grant;
using webrtcserver::guard;

struct _GstWebRTCServerCredentials {
  GObject parent;
  std::shared_ptr<Admission> admission;
};

G_DEFINE_TYPE(GstWebRTCServerCredentials, gst_webrtc_server_credentials, G_TYPE_OBJECT)

static void gst_webrtc_server_credentials_finalize(GObject* object) {
  std::destroy_at(&GST_WEBRTC_SERVER_CREDENTIALS(object)->admission);
  G_OBJECT_CLASS(gst_webrtc_server_credentials_parent_class)->finalize(object);
}

static void gst_webrtc_server_credentials_class_init(GstWebRTCServerCredentialsClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_webrtc_server_credentials_finalize;
}

static void gst_webrtc_server_credentials_init(GstWebRTCServerCredentials* self) {
  new (&self->admission) std::shared_ptr<Admission>();
}

namespace webrtcserver {

GstWebRTCServerCredentials* new_credentials(std::shared_ptr<Admission> admission) {
  auto* self =
      GST_WEBRTC_SERVER_CREDENTIALS(g_object_new(GST_TYPE_WEBRTC_SERVER_CREDENTIALS, nullptr));
  self->admission = std::move(admission);
  return self;
}

}  // namespace webrtcserver

namespace {

const gchar* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

void warn_answered() {
  g_warning("The credentials have been answered before; one answer is all it takes.");
}

// Throws Error.
Grant grant_from(const gchar* const* permissions, const gchar* const* streams, GDateTime* expires) {
  Grant grant = Grant::everything();
  if (permissions) grant.allow.clear();
  for (; permissions && *permissions; ++permissions) {
    const auto permission = webrtcserver::permission_named(*permissions);
    if (!permission) {
      throw Error(ErrorCode::kFailed, "“" + std::string(*permissions) +
                                          "” is no permission; there are \"view\", \"publish\" "
                                          "and \"control\".");
    }
    grant.allow.insert(*permission);
  }
  if (streams) grant.streams.clear();
  for (; streams && *streams; ++streams) {
    if (!webrtcserver::is_stream_pattern(*streams)) {
      throw Error(ErrorCode::kFailed, "“" + std::string(*streams) +
                                          "” names no stream; it has letters, digits, . _ ~ - "
                                          "and * for any text.");
    }
    grant.streams.emplace_back(*streams);
  }
  if (expires) grant.expires = g_date_time_to_unix(expires);
  return grant;
}

}  // namespace

/**
 * gst_webrtc_server_credentials_get_token:
 * @self: credentials
 *
 * What the request has as `Authorization: Bearer`, or as `?token=`. It may be anything.
 *
 * Returns: (transfer none) (nullable): the token; %NULL for none
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_token(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  return text_or_null(self->admission->question().token);
}

/**
 * gst_webrtc_server_credentials_get_peer_address:
 * @self: credentials
 *
 * Where the request comes from.
 *
 * Returns: (transfer none): the numeric address of the connection, without port; that of the proxy
 *   where there is one
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_peer_address(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  return self->admission->question().request.peer_address.c_str();
}

/**
 * gst_webrtc_server_credentials_get_stream:
 * @self: credentials
 *
 * The stream that the request is about, which need not be there.
 *
 * Returns: (transfer none) (nullable): its name; %NULL for a request that is about none, such as
 *   `/api/streams` or a route of the application's
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_stream(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  return text_or_null(self->admission->question().stream);
}

/**
 * gst_webrtc_server_credentials_get_permission:
 * @self: credentials
 *
 * What the request wants to do on the stream.
 *
 * Returns: (transfer none) (nullable): "view", "publish" or "control"; %NULL for a request that is
 *   about no stream
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_permission(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  const auto& permission = self->admission->question().permission;
  return permission ? to_string(*permission) : nullptr;
}

/**
 * gst_webrtc_server_credentials_get_method:
 * @self: credentials
 *
 * The method of the request.
 *
 * Returns: (transfer none): for example "GET", which a WebSocket's is too
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_method(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  return self->admission->question().request.method.c_str();
}

/**
 * gst_webrtc_server_credentials_get_path:
 * @self: credentials
 *
 * The path of the request.
 *
 * Returns: (transfer none): decoded, without the query: "/output/whep"
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_path(GstWebRTCServerCredentials* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, nullptr);
  return self->admission->question().request.path.c_str();
}

/**
 * gst_webrtc_server_credentials_get_header:
 * @self: credentials
 * @name: the name of a header, in any case
 *
 * A header of the request, such as "Cookie". Its body has not been read.
 *
 * Returns: (transfer none) (nullable): its value, which is not necessarily UTF-8; those of one that
 *   is there several times, joined by commas
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_credentials_get_header(GstWebRTCServerCredentials* self,
                                                      const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission && name, nullptr);
  const std::string lower = webrtcserver::take_string(g_ascii_strdown(name, -1));
  return webrtcserver::value_of(self->admission->question().request.headers, lower);
}

/**
 * gst_webrtc_server_credentials_allow:
 * @self: credentials
 * @permissions: (array zero-terminated=1) (nullable): "view", "publish" and "control"; %NULL for
 * all of them
 * @streams: (array zero-terminated=1) (nullable): names of streams, in which `*` is any text; %NULL
 *   for all
 * @expires: (nullable): until when; %NULL for as long as the client stays
 * @error: return location for an error
 *
 * Lets the client in. What is not among this it is refused with 403, the request itself included.
 * A session of it ends at @expires, as one whose token expires does, and with
 * [method@Server.revoke_token]. The next request is asked about again. A second answer is a
 * warning.
 *
 * Returns: %FALSE with an error for a permission or a name that is none; then it may be answered
 *   still
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_credentials_allow(GstWebRTCServerCredentials* self,
                                             const gchar* const* permissions,
                                             const gchar* const* streams, GDateTime* expires,
                                             GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission, FALSE);
  return attempt(error, [&] {
    if (!self->admission->allow(grant_from(permissions, streams, expires))) warn_answered();
  });
}

/**
 * gst_webrtc_server_credentials_refuse:
 * @self: credentials
 * @message: (nullable): why, for the client; %NULL for what the server says without a token that
 *   counts
 *
 * Does not let the client in: it is answered with 401, upon which this project's page asks its user
 * for a token. A second answer is a warning.
 *
 * Since: 0.1
 */
void gst_webrtc_server_credentials_refuse(GstWebRTCServerCredentials* self, const gchar* message) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_CREDENTIALS(self) && self->admission);
  g_return_if_fail(!message || g_utf8_validate(message, -1, nullptr));
  guard("refusing a client", [&] {
    if (!self->admission->refuse(message ? message : "")) warn_answered();
  });
}
