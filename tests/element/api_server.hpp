// SPDX-License-Identifier: LGPL-2.1-or-later
// api_server.hpp — the C API's server as an application in C++ may wrap it.
#pragma once

#include <gst/webrtcserver/webrtcserver.h>

#include <functional>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver::test {

class ApiServer {
 public:
  using Handler = std::function<void(GstWebRTCServerRequest*)>;
  using SocketHandler = std::function<void(GstWebRTCServerSocket*)>;

  explicit ApiServer(const std::string& uri = "webrtc://127.0.0.1:0")
      : server_(Ref<GstWebRTCServerServer>::adopt(gst_webrtc_server_server_new(uri.c_str()))) {}

  GstWebRTCServerServer* get() const { return server_.get(); }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(gst_webrtc_server_server_get_port(get()));
  }
  std::string url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + path;
  }

  // Empty, or what the error says.
  std::string start() const {
    GError* error = nullptr;
    const bool done = gst_webrtc_server_server_start(get(), &error);
    return result(done, error);
  }
  std::string add(const char* method, const char* pattern, Handler handler) const {
    GError* error = nullptr;
    const bool done = gst_webrtc_server_server_add_handler(
        get(), method, pattern,
        [](GstWebRTCServerServer*, GstWebRTCServerRequest* request, gpointer data) {
          (*static_cast<Handler*>(data))(request);
        },
        new Handler(std::move(handler)), [](gpointer data) { delete static_cast<Handler*>(data); },
        &error);
    return result(done, error);
  }
  std::string add_socket(const char* pattern, SocketHandler handler) const {
    GError* error = nullptr;
    const bool done = gst_webrtc_server_server_add_socket(
        get(), pattern,
        [](GstWebRTCServerServer*, GstWebRTCServerSocket* socket, gpointer data) {
          (*static_cast<SocketHandler*>(data))(socket);
        },
        new SocketHandler(std::move(handler)),
        [](gpointer data) { delete static_cast<SocketHandler*>(data); }, &error);
    return result(done, error);
  }
  std::string add_folder(const char* path, const std::string& folder) const {
    GError* error = nullptr;
    const bool done = gst_webrtc_server_server_add_folder(get(), path, folder.c_str(), &error);
    return result(done, error);
  }
  void remove(const char* pattern) const { gst_webrtc_server_server_remove_route(get(), pattern); }
  void stop() const { gst_webrtc_server_server_stop(get()); }
  void drop() { server_.reset(); }

 private:
  static std::string result(bool done, GError* error) {
    const Owned<GError> owned(error);
    if (done) return error ? "both TRUE and an error" : "";
    return error ? error->message : "FALSE without an error";
  }

  Ref<GstWebRTCServerServer> server_;
};

inline void respond(GstWebRTCServerRequest* request, guint status, const std::string& text) {
  const auto body = Ref<GBytes>::adopt(g_bytes_new(text.data(), text.size()));
  gst_webrtc_server_request_respond(request, status, "text/plain", body.get());
}

}  // namespace webrtcserver::test
