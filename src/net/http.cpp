// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/http.hpp"

#include <libsoup/soup.h>

#include "base/json.hpp"

namespace webrtcserver {

std::optional<std::string> HttpRequest::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  if (found == headers.end()) return {};
  return found->second;
}

bool is_media_type(std::string_view content_type, const char* wanted) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  return g_ascii_strcasecmp(type.c_str(), wanted) == 0;
}

bool has_content_type(const HttpRequest& request, const char* wanted) {
  return is_media_type(request.header("content-type").value_or(""), wanted);
}

HttpResponse HttpResponse::text(int status, std::string_view text, std::string content_type) {
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = Ref<GBytes>::adopt(g_bytes_new(text.data(), text.size()));
  return response;
}

HttpResponse HttpResponse::json(int status, const std::string& json) {
  return text(status, json, "application/json").with("Cache-Control", "no-store");
}

HttpResponse HttpResponse::problem(int status, const std::string& detail) {
  const std::string document = JsonWriter()
                                   .begin()
                                   .add("title", reason(status))
                                   .add("status", status)
                                   .add("detail", detail)
                                   .end()
                                   .text();
  return text(status, document, "application/problem+json").with("Cache-Control", "no-store");
}

const char* HttpResponse::reason(int status) {
  switch (status) {  // those that libsoup does not know
    case 421:
      return "Misdirected Request";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    default:
      return soup_status_get_phrase(static_cast<guint>(status));
  }
}

HttpResponse& HttpResponse::with(std::string header, std::string value) {
  headers.emplace_back(std::move(header), std::move(value));
  return *this;
}

HttpResponse& HttpResponse::with(const HttpHeaders& more) {
  headers.insert(headers.end(), more.begin(), more.end());
  return *this;
}

}  // namespace webrtcserver
