// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/server.h>

#include <memory>

#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/credentials_private.hpp"
#include "capi/server_private.hpp"

using webrtcserver::attempt;
using webrtcserver::core_of;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::ServerCore;
using webrtcserver::UserData;
using webrtcserver::WeakServer;

/**
 * gst_webrtc_server_server_set_authorize:
 * @self: a server
 * @authorize: (scope notified) (closure user_data) (destroy destroy) (nullable): decides who may
 * come in; %NULL for nobody
 * @user_data: given to @authorize
 * @destroy: (nullable): called with @user_data when it is not needed any more, also where this
 * fails
 * @error: return location for an error
 *
 * Has the application asked about every request but those for the server's own page, its scripts
 * and `/healthz`. Where there are `auth-tokens` too, a token that counts there is good without
 * asking, and who comes without is asked about. Nobody waits for @authorize but who is asked about:
 * 64 may be so at a time before others get 503, and so does who is not answered within 10 seconds.
 *
 * It may be set before or after [method@Server.start], and again. Once it has been set, the server
 * never lets anybody in unasked: after %NULL, and after [method@Server.stop] where others share the
 * server, they get 401. Who has come in before while nobody asked goes.
 *
 * Returns: %FALSE with an error where another object decides for the server at this address; that
 *   may also be what [method@Server.start] says
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_set_authorize(GstWebRTCServerServer* self,
                                                GstWebRTCServerAuthorizeFunc authorize,
                                                gpointer user_data, GDestroyNotify destroy,
                                                GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), FALSE);
  const auto data = std::make_shared<UserData>(user_data, destroy);
  const auto weak = std::make_shared<WeakServer>(self);
  return attempt(error, [&] {
    ServerCore::AuthorizeHandler handler;
    if (authorize) {
      handler = [authorize, data, weak](const std::shared_ptr<webrtcserver::Admission>& admission) {
        const auto server = weak->lock();
        if (!server) return;
        const auto credentials =
            Ref<GstWebRTCServerCredentials>::adopt(webrtcserver::new_credentials(admission));
        authorize(server.get(), credentials.get(), data->get());
      };
    }
    core_of(self).set_authorize(std::move(handler));
  });
}

/**
 * gst_webrtc_server_server_revoke_token:
 * @self: a server
 * @token: a token that [method@Credentials.allow] has let in
 *
 * Ends the sessions and WebSockets of those who came with this token; what a file of `auth-tokens`
 * knows is taken back there. Whoever comes again with it is asked about.
 *
 * Since: 0.1
 */
void gst_webrtc_server_server_revoke_token(GstWebRTCServerServer* self, const gchar* token) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && token && *token);
  guard("revoking a token", [&] { core_of(self).revoke(token); });
}
