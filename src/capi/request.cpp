// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/request.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>

#include "base/guard.hpp"
#include "capi/request_private.hpp"

/**
 * GstWebRTCServerRequest:
 *
 * A request that a route of the application's answers.
 *
 * A handler is given it and answers at once, or keeps a reference and answers later, within 25
 * seconds. Its methods may be called from any thread. A request that is dropped without an answer
 * is answered with status 500.
 *
 * Since: 0.1
 */

using webrtcserver::CustomRequest;
using webrtcserver::HttpResponse;

namespace {

struct Implementation {
  std::shared_ptr<CustomRequest> request;
  std::mutex mutex;
  webrtcserver::HttpHeaders headers;  // guarded by mutex; of the answer
};

constexpr bool is_visible(char c) {
  return c >= ' ' && c != 0x7F;
}

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return g_ascii_isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (c & 0x80) != 0 || is_visible(c); });
}

}  // namespace

struct _GstWebRTCServerRequest {
  GObject parent;
  Implementation implementation;
};

G_DEFINE_TYPE(GstWebRTCServerRequest, gst_webrtc_server_request, G_TYPE_OBJECT)

static void gst_webrtc_server_request_finalize(GObject* object) {
  auto* self = GST_WEBRTC_SERVER_REQUEST(object);
  std::destroy_at(&self->implementation);
  G_OBJECT_CLASS(gst_webrtc_server_request_parent_class)->finalize(object);
}

static void gst_webrtc_server_request_class_init(GstWebRTCServerRequestClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_webrtc_server_request_finalize;
}

static void gst_webrtc_server_request_init(GstWebRTCServerRequest* self) {
  new (&self->implementation) Implementation();
}

namespace webrtcserver {

GstWebRTCServerRequest* new_request(std::shared_ptr<CustomRequest> request) {
  auto* self = GST_WEBRTC_SERVER_REQUEST(g_object_new(GST_TYPE_WEBRTC_SERVER_REQUEST, nullptr));
  self->implementation.request = std::move(request);
  return self;
}

const Grant* grant_of(GstWebRTCServerRequest* request) {
  const auto& implementation = request->implementation;
  return implementation.request ? &implementation.request->grant() : nullptr;
}

Channel::Client client_of(GstWebRTCServerRequest* request) {
  const auto& implementation = request->implementation;
  return implementation.request ? client_of(implementation.request->http()) : Channel::Client();
}

gboolean is_allowed(const Grant& grant, const gchar* stream, const gchar* permission) {
  const auto wanted = permission_named(permission);
  if (!wanted) {
    g_warning("“%s” is no permission; there are \"view\", \"publish\" and \"control\".",
              permission);
    return FALSE;
  }
  return grant.allows(*wanted, stream);
}

const gchar* value_of(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : found->second.c_str();
}

}  // namespace webrtcserver

namespace {

// Null for an object that no server made.
CustomRequest* request_of(GstWebRTCServerRequest* self) {
  return self->implementation.request.get();
}

void answer(GstWebRTCServerRequest* self, HttpResponse response) {
  webrtcserver::guard("answering a request", [&] {
    {
      const std::scoped_lock lock(self->implementation.mutex);
      response.with(self->implementation.headers);
    }
    if (!request_of(self)->respond(std::move(response)))
      g_warning("The request has been answered before; one answer is all it takes.");
  });
}

// A status that ends a request, or the application's mistake.
bool check_status(guint status) {
  if (status >= 200 && status <= 599) return true;
  g_warning("%u is no status for an answer; they go from 200 to 599.", status);
  return false;
}

HttpResponse mistake() {
  return HttpResponse::problem(500, "The application's answer cannot be sent.");
}

}  // namespace

/**
 * gst_webrtc_server_request_get_method:
 * @self: a request
 *
 * Returns: (transfer none): for example "POST"
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_method(GstWebRTCServerRequest* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self), nullptr);
  return request_of(self)->http().method.c_str();
}

/**
 * gst_webrtc_server_request_get_path:
 * @self: a request
 *
 * Returns: (transfer none): the path, decoded, without the query: "/offer"
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_path(GstWebRTCServerRequest* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self), nullptr);
  return request_of(self)->http().path.c_str();
}

/**
 * gst_webrtc_server_request_get_peer_address:
 * @self: a request
 *
 * Returns: (transfer none): the numeric address that the connection comes from, without port; that
 *   of the proxy where there is one
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_peer_address(GstWebRTCServerRequest* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self), nullptr);
  return request_of(self)->http().peer_address.c_str();
}

/**
 * gst_webrtc_server_request_get_capture:
 * @self: a request
 * @name: the name of a capture of the route's pattern
 *
 * What stands in the path where the pattern has "{name}", or "{name...}".
 *
 * Returns: (transfer none) (nullable): decoded; %NULL where the pattern has no such capture
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_capture(GstWebRTCServerRequest* self,
                                                   const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && name, nullptr);
  return webrtcserver::value_of(request_of(self)->http().captures, name);
}

/**
 * gst_webrtc_server_request_get_query:
 * @self: a request
 * @name: the name of a field of the query
 *
 * Returns: (transfer none) (nullable): its value, decoded; %NULL where the query has none
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_query(GstWebRTCServerRequest* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && name, nullptr);
  return webrtcserver::value_of(request_of(self)->http().query, name);
}

/**
 * gst_webrtc_server_request_get_header:
 * @self: a request
 * @name: the name of a header, in any case
 *
 * Returns: (transfer none) (nullable): its value, which is not necessarily UTF-8; those of one that
 *   is there several times, joined by commas
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_request_get_header(GstWebRTCServerRequest* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && name, nullptr);
  const std::string lower = webrtcserver::take_string(g_ascii_strdown(name, -1));
  return webrtcserver::value_of(request_of(self)->http().headers, lower);
}

/**
 * gst_webrtc_server_request_get_body:
 * @self: a request
 *
 * Returns: (transfer full): the body, of at most 64 KiB; empty where there is none
 *
 * Since: 0.1
 */
GBytes* gst_webrtc_server_request_get_body(GstWebRTCServerRequest* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self), nullptr);
  const std::string& body = request_of(self)->http().body;
  return g_bytes_new(body.data(), body.size());
}

/**
 * gst_webrtc_server_request_is_allowed:
 * @self: a request
 * @stream: the name of a stream, which need not be there
 * @permission: "view", "publish" or "control"
 *
 * Whether the request's token allows this. Without `auth-tokens` everybody may do everything.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_request_is_allowed(GstWebRTCServerRequest* self, const gchar* stream,
                                              const gchar* permission) {
  g_return_val_if_fail(
      GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && stream && permission, FALSE);
  return webrtcserver::is_allowed(request_of(self)->grant(), stream, permission);
}

/**
 * gst_webrtc_server_request_set_header:
 * @self: a request
 * @name: the name of a header
 * @value: its value
 *
 * Gives the answer a header, such as "Location"; before the answer.
 *
 * Since: 0.1
 */
void gst_webrtc_server_request_set_header(GstWebRTCServerRequest* self, const gchar* name,
                                          const gchar* value) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && name && value);
  if (!is_token(name) || !is_header_value(value)) {
    g_warning(
        "A header that cannot be sent is left out: its name or value has characters that "
        "HTTP does not allow.");
    return;
  }
  const std::scoped_lock lock(self->implementation.mutex);
  self->implementation.headers.emplace_back(name, value);
}

/**
 * gst_webrtc_server_request_respond:
 * @self: a request
 * @status: the status, from 200 to 599
 * @content_type: (nullable): the type of the body; %NULL for "application/octet-stream"
 * @body: (nullable): the body; %NULL for none
 *
 * Answers the request, once. A second answer is a warning and not sent; neither is one to a client
 * that has left.
 *
 * Since: 0.1
 */
void gst_webrtc_server_request_respond(GstWebRTCServerRequest* self, guint status,
                                       const gchar* content_type, GBytes* body) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self));
  if (!check_status(status)) return answer(self, mistake());
  if (content_type && !is_header_value(content_type)) {
    g_warning("A Content-Type has characters that HTTP does not allow.");
    return answer(self, mistake());
  }
  HttpResponse response;
  response.status = static_cast<int>(status);
  response.content_type = content_type ? content_type : "application/octet-stream";
  response.body = webrtcserver::Ref<GBytes>::retain(body);
  answer(self, std::move(response));
}

/**
 * gst_webrtc_server_request_respond_json:
 * @self: a request
 * @status: the status, from 200 to 599
 * @json: JSON text, which is sent as it is
 *
 * Answers the request with "application/json".
 *
 * Since: 0.1
 */
void gst_webrtc_server_request_respond_json(GstWebRTCServerRequest* self, guint status,
                                            const gchar* json) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && json);
  answer(self,
         check_status(status) ? HttpResponse::json(static_cast<int>(status), json) : mistake());
}

/**
 * gst_webrtc_server_request_respond_error:
 * @self: a request
 * @status: the status, from 400 to 599
 * @message: what is wrong, for the client
 *
 * Answers the request with a problem document (RFC 9457), as the server itself does.
 *
 * Since: 0.1
 */
void gst_webrtc_server_request_respond_error(GstWebRTCServerRequest* self, guint status,
                                             const gchar* message) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_REQUEST(self) && request_of(self) && message);
  answer(self, check_status(status) ? HttpResponse::problem(static_cast<int>(status), message)
                                    : mistake());
}
