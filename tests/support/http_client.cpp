// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/http_client.hpp"

#include <libsoup/soup.h>

#include "base/ref.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {

std::string HttpAnswer::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

HttpAnswer http(const char* method, const std::string& url, const HttpHeaders& headers,
                const std::string& body_text) {
  constexpr guint kSeconds = kPatience.count();
  const auto session = Ref<SoupSession>::adopt(soup_session_new_with_options(
      "timeout", kSeconds, "idle-timeout", 1U, "tls-database", nullptr, nullptr));
  const auto message = Ref<SoupMessage>::adopt(soup_message_new(method, url.c_str()));
  soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect(message.get(), "accept-certificate",
                   G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                  gpointer) -> gboolean { return TRUE; }),
                   nullptr);
  for (const auto& [name, value] : headers) {
    soup_message_headers_replace(soup_message_get_request_headers(message.get()), name.c_str(),
                                 value.c_str());
  }
  const auto type = headers.find("Content-Type");
  if (!body_text.empty()) {
    const auto bytes = Ref<GBytes>::adopt(g_bytes_new(body_text.data(), body_text.size()));
    soup_message_set_request_body_from_bytes(
        message.get(), type == headers.end() ? nullptr : type->second.c_str(), bytes.get());
  }
  GError* error = nullptr;
  const auto body =
      Ref<GBytes>::adopt(soup_session_send_and_read(session.get(), message.get(), nullptr, &error));
  const Owned<GError> owned(error);
  HttpAnswer answer;
  if (owned) {
    answer.body = owned->message;
    return answer;
  }
  answer.status = static_cast<int>(soup_message_get_status(message.get()));
  gsize size = 0;
  const auto* bytes = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
  answer.body.assign(bytes ? bytes : "", size);
  soup_message_headers_foreach(
      soup_message_get_response_headers(message.get()),
      [](const char* name, const char* value, gpointer data) {
        const Owned<gchar> lower(g_ascii_strdown(name, -1));
        (*static_cast<std::map<std::string, std::string>*>(data))[lower.get()] = value;
      },
      &answer.headers);
  return answer;
}

HttpAnswer http_get(const std::string& url, const HttpHeaders& headers) {
  return http("GET", url, headers);
}

}  // namespace webrtcserver::test
