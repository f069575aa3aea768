// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket_handshake.hpp"

#include <glib.h>

#include <memory>

namespace webrtcserver {

namespace {

constexpr gsize kKeySize = 16;  // bytes, before base64

// Whether a comma-separated header has the token, in any case.
bool has_token(const std::string& header, std::string_view token) {
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> parts(g_strsplit(header.c_str(), ",", -1),
                                                             g_strfreev);
  for (gchar** part = parts.get(); *part; ++part) {
    if (g_ascii_strcasecmp(g_strstrip(*part), std::string(token).c_str()) == 0) return true;
  }
  return false;
}

bool is_key(const std::string& text) {
  if (text.size() != 24) return false;
  gsize size = 0;
  const std::unique_ptr<guchar, decltype(&g_free)> bytes(g_base64_decode(text.c_str(), &size),
                                                         g_free);
  return size == kKeySize && take_string(g_base64_encode(bytes.get(), size)).size() == text.size();
}

}  // namespace

bool wants_web_socket(const HttpRequest& request) {
  return request.method == "GET" && has_token(request.header("upgrade").value_or(""), "websocket");
}

std::optional<HttpResponse> check_web_socket_handshake(const HttpRequest& request) {
  if (!has_token(request.header("connection").value_or(""), "upgrade")) {
    return HttpResponse::problem(400, "A WebSocket handshake has “Connection: Upgrade”.");
  }
  if (request.header("sec-websocket-version") != "13") {
    return HttpResponse::problem(426, "Only version 13 of the WebSocket protocol is spoken here.")
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", "13");
  }
  if (!is_key(request.header("sec-websocket-key").value_or(""))) {
    return HttpResponse::problem(
        400, "A WebSocket handshake has a Sec-WebSocket-Key of 16 bytes in base64.");
  }
  return {};
}

std::string web_socket_accept(const HttpRequest& request) {
  const std::string text =
      request.header("sec-websocket-key").value_or("") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> sha1(g_checksum_new(G_CHECKSUM_SHA1),
                                                                    g_checksum_free);
  g_checksum_update(sha1.get(), reinterpret_cast<const guchar*>(text.data()),
                    static_cast<gssize>(text.size()));
  guint8 digest[20];
  gsize size = sizeof digest;
  g_checksum_get_digest(sha1.get(), digest, &size);
  return take_string(g_base64_encode(digest, size));
}

}  // namespace webrtcserver
