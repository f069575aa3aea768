// SPDX-License-Identifier: LGPL-2.1-or-later
// http.hpp — requests and responses as the routes see them. Server thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

struct Grant;

struct HttpRequest {
  std::string method;
  std::string path;                             // decoded, begins with '/'
  std::map<std::string, std::string> query;     // decoded
  std::string body;                             // at most Listener::kMaxBody bytes
  std::string peer_address;                     // numeric, without port
  std::map<std::string, std::string> headers;   // lower-case names
  std::map<std::string, std::string> captures;  // {name} parts of the route's pattern
  // What the gate has let it in with, where that took its time; else null.
  std::shared_ptr<const Grant> granted;

  std::optional<std::string> header(const std::string& lower_case_name) const;
};

// Of a Content-Type: "application/sdp" is that of "application/SDP; charset=utf-8".
bool is_media_type(std::string_view content_type, const char* wanted);
bool has_content_type(const HttpRequest& request, const char* wanted);

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  Ref<GBytes> body;
  HttpHeaders headers;

  static HttpResponse text(int status, std::string_view text,
                           std::string content_type = "text/plain; charset=utf-8");
  static HttpResponse json(int status, const std::string& json);
  // RFC 9457 problem document; the title is the status's reason phrase.
  static HttpResponse problem(int status, const std::string& detail);
  // "Not Found" for 404.
  static const char* reason(int status);
  HttpResponse& with(std::string header, std::string value);
  HttpResponse& with(const HttpHeaders& more);
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace webrtcserver
