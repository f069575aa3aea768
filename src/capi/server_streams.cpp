// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/server.h>

#include <array>
#include <memory>

#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/object_array.hpp"
#include "capi/server_private.hpp"
#include "capi/stream_private.hpp"

using webrtcserver::attempt;
using webrtcserver::core_of;
using webrtcserver::guard;

namespace {

enum Signal { kStreamAdded, kStreamRemoved, kSessionAdded, kSessionRemoved, kSignals };
std::array<guint, kSignals> signals{};

class Emitter final : public webrtcserver::SessionBook::Handler {
 public:
  explicit Emitter(GstWebRTCServerServer* server) : server_(server) {}

  void on_stream(GstWebRTCServerStream* stream, bool added) override {
    if (const auto server = server_.lock())
      g_signal_emit(server.get(), signals[added ? kStreamAdded : kStreamRemoved], 0, stream);
  }
  void on_session(GstWebRTCServerSession* session, bool added) override {
    if (const auto server = server_.lock())
      g_signal_emit(server.get(), signals[added ? kSessionAdded : kSessionRemoved], 0, session);
  }

 private:
  webrtcserver::WeakServer server_;
};

}  // namespace

namespace webrtcserver {

std::shared_ptr<SessionBook::Handler> new_book_handler(GstWebRTCServerServer* server) {
  return std::make_shared<Emitter>(server);
}

void install_book_signals(GObjectClass* klass) {
  const auto install = [klass](const char* name, GType of) {
    return g_signal_new(name, G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr, nullptr,
                        nullptr, G_TYPE_NONE, 1, of);
  };
  /**
   * GstWebRTCServerServer::stream-added:
   * @self: the server
   * @stream: (transfer none): the stream
   *
   * There is a stream at the server's address; also those that are there when it starts. It comes
   * where handlers of routes run, as do the three that follow.
   *
   * Since: 0.1
   */
  signals[kStreamAdded] = install("stream-added", GST_TYPE_WEBRTC_SERVER_STREAM);
  /**
   * GstWebRTCServerServer::stream-removed:
   * @self: the server
   * @stream: (transfer none): the stream, which is closed
   *
   * A stream has gone, after its sessions. What comes and goes before the application has been told
   * of it is not told.
   *
   * Since: 0.1
   */
  signals[kStreamRemoved] = install("stream-removed", GST_TYPE_WEBRTC_SERVER_STREAM);
  /**
   * GstWebRTCServerServer::session-added:
   * @self: the server
   * @session: (transfer none): the session
   *
   * Somebody has come to view a stream or to publish to it. They have not been connected yet:
   * [property@Session:connected] says when they are.
   *
   * Since: 0.1
   */
  signals[kSessionAdded] = install("session-added", GST_TYPE_WEBRTC_SERVER_SESSION);
  /**
   * GstWebRTCServerServer::session-removed:
   * @self: the server
   * @session: (transfer none): the session, which is closed
   *
   * Somebody has gone, whoever ended it; after [signal@Session::closed].
   *
   * Since: 0.1
   */
  signals[kSessionRemoved] = install("session-removed", GST_TYPE_WEBRTC_SERVER_SESSION);
}

}  // namespace webrtcserver

/**
 * gst_webrtc_server_server_add_stream:
 * @self: a server that runs
 * @name: what stands behind its address: 1 to 64 of A–Z a–z 0–9 . _ ~ -
 * @media: (array zero-terminated=1) (nullable): what it has: "video", "audio", or both; %NULL for
 *   "video"
 * @error: return location for an error
 *
 * Adds a stream to browsers that the application feeds itself, with
 * [method@Stream.push_sample], without any element of this library. It is there until
 * [method@Stream.close] or [method@Server.stop].
 *
 * Returns: (transfer full): the stream; %NULL with an error: the server does not run, the name
 *   cannot be or is taken, there are other media
 *
 * Since: 0.1
 */
GstWebRTCServerStream* gst_webrtc_server_server_add_stream(GstWebRTCServerServer* self,
                                                           const gchar* name,
                                                           const gchar* const* media,
                                                           GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && name, nullptr);
  webrtcserver::Ref<GstWebRTCServerStream> stream;
  attempt(error, [&] {
    webrtcserver::PushedStream::Settings settings;
    settings.name = name;
    for (const gchar* const* each = media; each && *each; ++each)
      settings.media.push_back(webrtcserver::media_named(*each));
    if (!media) settings.media.push_back(webrtcserver::MediaKind::kVideo);
    stream = core_of(self).add_stream(settings);
  });
  return stream.release();
}

/**
 * gst_webrtc_server_server_get_streams:
 * @self: a server
 *
 * The streams at its address, whoever they are of, while it runs.
 *
 * Returns: (transfer container) (element-type GstWebRTCServerStream): the streams
 *
 * Since: 0.1
 */
GPtrArray* gst_webrtc_server_server_get_streams(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), nullptr);
  GPtrArray* array = g_ptr_array_new_with_free_func(g_object_unref);
  guard("streams of a server",
        [&] { webrtcserver::append(array, core_of(self).book().streams()); });
  return array;
}

/**
 * gst_webrtc_server_server_get_sessions:
 * @self: a server
 *
 * Everybody who views a stream at its address, or publishes to one, while it runs.
 *
 * Returns: (transfer container) (element-type GstWebRTCServerSession): the sessions
 *
 * Since: 0.1
 */
GPtrArray* gst_webrtc_server_server_get_sessions(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), nullptr);
  GPtrArray* array = g_ptr_array_new_with_free_func(g_object_unref);
  guard("sessions of a server",
        [&] { webrtcserver::append(array, core_of(self).book().sessions()); });
  return array;
}
