// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/error.h>
#include <gst/webrtcserver/server.h>

#include <array>
#include <new>
#include <utility>

#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/offer_answer.hpp"
#include "capi/request_private.hpp"
#include "capi/server_private.hpp"
#include "server/option_properties.hpp"

/**
 * GstWebRTCServerServer:
 *
 * A web server for streams, with routes of the application's own.
 *
 * The elements webrtcsink and webrtcsrc start a server by themselves. An application that wants
 * more of it, such as routes of its own beside the streams, starts one with the same address:
 * elements that name this address share it, and take its settings where they leave their own at the
 * defaults.
 *
 * ```c
 * static void
 * on_hello (GstWebRTCServerServer * server, GstWebRTCServerRequest * request, gpointer user_data)
 * {
 *   gst_webrtc_server_request_respond_json (request, 200, "{\"hello\":\"world\"}");
 * }
 *
 * GstWebRTCServerServer *server = gst_webrtc_server_server_new ("webrtc://@:8554");
 * gst_webrtc_server_server_add_handler (server, "GET", "/hello", on_hello, NULL, NULL, NULL);
 * gst_webrtc_server_server_start (server, &error);
 * ```
 *
 * Its functions may be called from any thread, also in a handler. Handlers run on the application's
 * default main context when it runs that, else on a thread for it; never two at a time for one
 * server. One that does not return holds up the further requests to the routes of this object, of
 * which 64 wait before others are answered with 503, and nothing else.
 *
 * Since: 0.1
 */

using webrtcserver::attempt;
using webrtcserver::Error;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::ServerCore;

namespace {

enum Property : guint {
  kUri = webrtcserver::kFirstFurtherProperty,
  kIceServers,
  kUrls,
  kPort,
  kFingerprint,
  kListening,
};

}  // namespace

struct _GstWebRTCServerServer {
  GObject parent;
  std::shared_ptr<ServerCore> core;
};

G_DEFINE_TYPE(GstWebRTCServerServer, gst_webrtc_server_server, G_TYPE_OBJECT)

namespace {

void set_uri(GstWebRTCServerServer* self, const gchar* text) {
  std::string mistake;
  try {
    const auto uri = webrtcserver::StreamUri::parse_server(text ? text : ServerCore::kDefaultUri);
    webrtcserver::apply_uri_options(G_OBJECT(self), uri.options, "a server.");
    self->core->change([&](ServerCore::Settings& settings) { settings.uri = uri; });
  } catch (const Error& error) {
    mistake = error.what();
  }
  self->core->change([&](ServerCore::Settings& settings) {
    if (mistake.empty()) {
      settings.mistakes.erase("uri");
    } else {
      settings.mistakes["uri"] = mistake;
    }
  });
}

void notify_state(GstWebRTCServerServer* self) {
  for (const char* name : {"listening", "uri", "port", "urls", "fingerprint"})
    g_object_notify(G_OBJECT(self), name);
}

}  // namespace

static void gst_webrtc_server_server_set_property(GObject* object, guint id, const GValue* value,
                                                  GParamSpec* spec) {
  auto* self = GST_WEBRTC_SERVER_SERVER(object);
  guard("setting a property", [&] {
    if (id == kUri) return set_uri(self, g_value_get_string(value));
    bool known = true;
    self->core->change([&](ServerCore::Settings& settings) {
      if (id == kIceServers) {
        settings.ice_servers = webrtcserver::texts_of(value);
      } else {
        known = webrtcserver::set_option_property(settings, id, value);
      }
    });
    if (!known) G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  });
}

static void gst_webrtc_server_server_get_property(GObject* object, guint id, GValue* value,
                                                  GParamSpec* spec) {
  const auto& core = GST_WEBRTC_SERVER_SERVER(object)->core;
  guard("getting a property", [&] {
    const auto server = core->server();
    switch (id) {
      case kUri:
        return g_value_set_string(value, core->uri().c_str());
      case kIceServers:
        return webrtcserver::give_texts(value, core->settings().ice_servers);
      case kUrls:
        return webrtcserver::give_texts(value,
                                        server ? server->urls() : std::vector<std::string>());
      case kPort:
        return g_value_set_uint(value, server ? server->port() : 0);
      case kFingerprint:
        return webrtcserver::give_text(value, server ? server->fingerprint() : "");
      case kListening:
        return g_value_set_boolean(value, server != nullptr);
      default:
        if (!webrtcserver::get_option_property(core->settings(), id, value))
          G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
  });
}

static void gst_webrtc_server_server_finalize(GObject* object) {
  auto* self = GST_WEBRTC_SERVER_SERVER(object);
  guard("stopping a server", [&] { self->core->end(); });
  std::destroy_at(&self->core);
  G_OBJECT_CLASS(gst_webrtc_server_server_parent_class)->finalize(object);
}

static void gst_webrtc_server_server_class_init(GstWebRTCServerServerClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->set_property = gst_webrtc_server_server_set_property;
  object->get_property = gst_webrtc_server_server_get_property;
  object->finalize = gst_webrtc_server_server_finalize;
  webrtcserver::install_option_properties(object, webrtcserver::TextLists::kStrv);
  webrtcserver::install_book_signals(object);
  const auto install = [object](guint id, GParamSpec* spec) {
    g_object_class_install_property(object, id, spec);
  };
  install(kUri, g_param_spec_string(
                    "uri", "URI",
                    "Where to serve: webrtc://<interface>:<port>[?property=value&...], without a "
                    "stream. Interface @ is every IPv4 address, [::] every address; port 0 lets "
                    "the kernel choose and reads back the real one; webrtcs:// refuses to start "
                    "without TLS",
                    ServerCore::kDefaultUri, webrtcserver::kWritableProperty));
  install(kIceServers,
          g_param_spec_boxed(
              "ice-servers", "ICE servers",
              "STUN and TURN servers as --ice-server has them, beside stun-server and "
              "turn-servers: stun:host:port, turn:host:port[user:password]; used here and handed "
              "to browsers",
              G_TYPE_STRV, webrtcserver::kWritableProperty));
  install(kUrls, g_param_spec_boxed("urls", "URLs", "Addresses of the server's page, while it runs",
                                    G_TYPE_STRV, webrtcserver::kReadableProperty));
  install(kPort, g_param_spec_uint("port", "Port", "The port that it listens on; 0: none", 0, 65535,
                                   0, webrtcserver::kReadableProperty));
  install(kFingerprint,
          g_param_spec_string("fingerprint", "Fingerprint",
                              "SHA-256 of its certificate, as browsers show it; NULL without TLS",
                              nullptr, webrtcserver::kReadableProperty));
  install(kListening, g_param_spec_boolean("listening", "Listening", "Whether it runs", FALSE,
                                           webrtcserver::kReadableProperty));
}

namespace webrtcserver {

ServerCore& core_of(GstWebRTCServerServer* server) {
  return *server->core;
}

}  // namespace webrtcserver

static void gst_webrtc_server_server_init(GstWebRTCServerServer* self) {
  new (&self->core) std::shared_ptr<ServerCore>(
      std::make_shared<ServerCore>(webrtcserver::new_book_handler(self)));
}

/**
 * gst_webrtc_server_server_new:
 * @uri: (nullable): where to serve, without a stream: "webrtc://@:8554", "webrtcs://[::]:8554";
 *   further properties may follow as options. %NULL for the first of these
 *
 * Makes a server that does not run yet. What is wrong with the address,
 * gst_webrtc_server_server_start() tells.
 *
 * Returns: (transfer full): the server
 *
 * Since: 0.1
 */
GstWebRTCServerServer* gst_webrtc_server_server_new(const gchar* uri) {
  return GST_WEBRTC_SERVER_SERVER(g_object_new(GST_TYPE_WEBRTC_SERVER_SERVER, "uri", uri, nullptr));
}

/**
 * gst_webrtc_server_server_start:
 * @self: a server
 * @error: return location for an error
 *
 * Listens, with the properties as they are now. Where a server of this process runs at the address
 * already, that is shared: what was set here and is different there is an error. Elements that name
 * the address from now on share it in the same way. Once it runs, this does nothing.
 *
 * It waits until the port is bound, and until a host name in the address is resolved.
 *
 * Returns: %FALSE with an error of #GstWebRTCServerError: a property that cannot be used, a port in
 *   use, TLS files that cannot be read, other settings, a route that a stream or another
 *   application's hides
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_start(GstWebRTCServerServer* self, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), FALSE);
  if (!gst_is_initialized()) {
    g_set_error_literal(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_FAILED,
                        "GStreamer is not initialised; call gst_init() first.");
    return FALSE;
  }
  if (!attempt(error, [&] { self->core->start(); })) return FALSE;
  notify_state(self);
  return TRUE;
}

/**
 * gst_webrtc_server_server_stop:
 * @self: a server
 *
 * Takes the application's routes away, closes its sockets and lets go of the server, whose port
 * closes with the last of those who share it. What handlers have not answered yet is answered where
 * others share it. It may be started again, with the same routes.
 *
 * Since: 0.1
 */
void gst_webrtc_server_server_stop(GstWebRTCServerServer* self) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self));
  guard("stopping a server", [&] { self->core->stop(); });
  notify_state(self);
}

/**
 * gst_webrtc_server_server_answer_offer_async:
 * @self: a server that runs
 * @stream: the name of a stream at its address
 * @offer: the SDP of a client's offer
 * @request: (nullable): the request that it came with, whose token says what the client may do;
 *   %NULL where the application has decided that
 * @cancellable: (nullable): to give it up
 * @callback: (scope async): called with the answer
 * @user_data: given to @callback
 *
 * Begins a session with a client whose offer came on a way of the application's own, as
 * `POST /<stream>/whep` does (`whip` for a stream from browsers; of two streams of this name, the
 * one that the offer fits). With `auth-tokens` the token of @request must allow to view the stream,
 * or to publish it; the session may control it where the token says so, and ends with the token.
 * Without @request everything is allowed, for as long as the session lasts. The answer has our
 * candidates, after half a second at most, or three where a STUN or TURN server has to be asked;
 * further ones do not follow. A client that does not connect within 15 seconds, or has been silent
 * for as long, is dropped.
 *
 * @callback is called in the main context that is the thread's default now, which has to be
 * iterated: in a handler of a route the global one, also where the handler runs on a thread of the
 * server's because nobody iterates that. An application without a main loop pushes one of its own.
 *
 * Since: 0.1
 */
void gst_webrtc_server_server_answer_offer_async(GstWebRTCServerServer* self, const gchar* stream,
                                                 const gchar* offer,
                                                 GstWebRTCServerRequest* request,
                                                 GCancellable* cancellable,
                                                 GAsyncReadyCallback callback, gpointer user_data) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self) && stream && offer);
  const auto* grant = request ? webrtcserver::grant_of(request) : nullptr;
  g_return_if_fail(!request || grant);
  const auto task = Ref<GTask>::adopt(g_task_new(self, cancellable, callback, user_data));
  guard("answering an offer", [&] {
    webrtcserver::answer_offer(
        self->core->server(), stream, offer, grant ? std::make_optional(*grant) : std::nullopt,
        request ? webrtcserver::client_of(request) : webrtcserver::Channel::Client(), task);
  });
}

/**
 * gst_webrtc_server_server_answer_offer_finish:
 * @self: a server
 * @result: what the callback was given
 * @error: return location for an error
 *
 * The answer to the offer.
 *
 * Returns: (transfer full): its SDP; %NULL with an error: %G_IO_ERROR_NOT_FOUND for a stream that
 *   is not there, %G_IO_ERROR_PERMISSION_DENIED for a token that does not allow it,
 *   %G_IO_ERROR_CANCELLED, or of #GstWebRTCServerError: PROTOCOL for an offer that
 *   cannot be read, NO_COMMON_CODEC, LIMIT for too many viewers or tracks, CLOSED for a server that
 *   does not run or a stream that ends, FAILED for one that has not begun
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_server_answer_offer_finish(GstWebRTCServerServer* self,
                                                    GAsyncResult* result, GError** error) {
  g_return_val_if_fail(g_task_is_valid(result, self), nullptr);
  return static_cast<gchar*>(g_task_propagate_pointer(G_TASK(result), error));
}

/**
 * gst_webrtc_server_server_get_ice_servers:
 * @self: a server
 *
 * The STUN and TURN servers, as a browser's `RTCConfiguration.iceServers` wants them. With
 * `turn-secret` the credentials are minted now.
 *
 * Returns: (transfer full): a JSON array: [{"urls":["turn:…"],"username":"…","credential":"…"}];
 *   empty where there are none, or properties of a server that does not run cannot be used
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_server_get_ice_servers(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), nullptr);
  const std::string json = guard("telling the ICE servers", std::string("[]"),
                                 [&] { return self->core->ice_servers_json(); });
  return g_strdup(json.c_str());
}

/**
 * gst_webrtc_server_server_get_urls:
 * @self: a server
 *
 * Returns: (transfer full) (array zero-terminated=1): the addresses of the page, the most useful
 *   first: "http://localhost:8554/"; none while it does not run
 *
 * Since: 0.1
 */
gchar** gst_webrtc_server_server_get_urls(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), nullptr);
  gchar** urls = nullptr;
  g_object_get(self, "urls", &urls, nullptr);
  return urls;
}

/**
 * gst_webrtc_server_server_get_port:
 * @self: a server
 *
 * Returns: the port that it listens on; 0 while it does not run
 *
 * Since: 0.1
 */
guint gst_webrtc_server_server_get_port(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), 0);
  const auto server = self->core->server();
  return server ? server->port() : 0;
}

/**
 * gst_webrtc_server_server_is_listening:
 * @self: a server
 *
 * Returns: whether it runs
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_server_is_listening(GstWebRTCServerServer* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_SERVER(self), FALSE);
  return self->core->server() != nullptr;
}
