// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/soup_message.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>

namespace webrtcserver {

namespace {

struct DefaultHeader {
  const char* name;
  const char* value;
};

constexpr std::array<DefaultHeader, 4> kDefaultHeaders = {{
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
}};

GQuark connection_quark() {
  static const GQuark quark = g_quark_from_static_string("webrtcserver-connection");
  return quark;
}

GQuark stolen_quark() {
  static const GQuark quark = g_quark_from_static_string("webrtcserver-stolen");
  return quark;
}

GQuark grant_quark() {
  static const GQuark quark = g_quark_from_static_string("webrtcserver-grant");
  return quark;
}

// The stream that libsoup has put one of its own around; null for one that is not libsoup's.
Ref<GIOStream> stream_below(GIOStream* stream) {
  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(stream), "base-iostream")) return nullptr;
  GIOStream* base = nullptr;
  g_object_get(stream, "base-iostream", &base, nullptr);
  return Ref<GIOStream>::adopt(base);
}

template <typename Visit>
void for_each_header(SoupServerMessage* message, Visit&& visit) {
  SoupMessageHeadersIter iterator;
  soup_message_headers_iter_init(&iterator, soup_server_message_get_request_headers(message));
  const char* name = nullptr;
  const char* value = nullptr;
  while (soup_message_headers_iter_next(&iterator, &name, &value)) visit(name, value);
}

// The default headers, then the response's own, which replace them; the last of a name counts.
std::vector<std::pair<std::string, std::string>> all_headers(const HttpResponse& response) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, value] : kDefaultHeaders) headers.emplace_back(name, value);
  for (const auto& [name, value] : response.headers) {
    const auto same =
        std::find_if(headers.begin(), headers.end(), [&, &wanted = name](const auto& header) {
          return g_ascii_strcasecmp(header.first.c_str(), wanted.c_str()) == 0;
        });
    if (same != headers.end()) {
      same->second = value;
    } else {
      headers.emplace_back(name, value);
    }
  }
  return headers;
}

// A form-encoded value as text; nothing when it is not UTF-8 or has nulls.
std::optional<std::string> decode(std::string text) {
  std::replace(text.begin(), text.end(), '+', ' ');
  const Owned<gchar> decoded(g_uri_unescape_string(text.c_str(), nullptr));
  if (!decoded || !g_utf8_validate(decoded.get(), -1, nullptr)) return {};
  return std::string(decoded.get());
}

// "a=1&b" has an empty "b"; pairs that cannot be decoded are left out.
std::map<std::string, std::string> split_query(std::string_view query) {
  std::map<std::string, std::string> fields;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decode(std::string(pair.substr(0, equals)));
    const auto value = decode(std::string(pair.substr(std::min(equals + 1, pair.size()))));
    if (name && value && !name->empty()) fields[*name] = *value;
  }
  return fields;
}

}  // namespace

void attach_connection(SoupServerMessage* message, const std::shared_ptr<Connection>& connection) {
  auto weak = std::make_unique<std::weak_ptr<Connection>>(connection);
  g_object_set_qdata_full(G_OBJECT(message), connection_quark(), weak.release(), [](gpointer data) {
    const std::unique_ptr<std::weak_ptr<Connection>> owned(
        static_cast<std::weak_ptr<Connection>*>(data));
  });
}

std::shared_ptr<Connection> connection_of(SoupServerMessage* message) {
  const auto* weak = static_cast<std::weak_ptr<Connection>*>(
      g_object_get_qdata(G_OBJECT(message), connection_quark()));
  return weak ? weak->lock() : nullptr;
}

void attach_grant(SoupServerMessage* message, Grant grant) {
  auto owned = std::make_unique<std::shared_ptr<const Grant>>(
      std::make_shared<const Grant>(std::move(grant)));
  g_object_set_qdata_full(G_OBJECT(message), grant_quark(), owned.release(), [](gpointer data) {
    const std::unique_ptr<std::shared_ptr<const Grant>> old(
        static_cast<std::shared_ptr<const Grant>*>(data));
  });
}

std::shared_ptr<const Grant> grant_of(SoupServerMessage* message) {
  const auto* grant = static_cast<std::shared_ptr<const Grant>*>(
      g_object_get_qdata(G_OBJECT(message), grant_quark()));
  return grant ? *grant : nullptr;
}

std::vector<std::string> header_values(SoupServerMessage* message, const char* wanted) {
  std::vector<std::string> values;
  for_each_header(message, [&](const char* name, const char* value) {
    if (g_ascii_strcasecmp(name, wanted) == 0) values.emplace_back(value);
  });
  return values;
}

std::string raw_path(SoupServerMessage* message) {
  if (soup_server_message_is_options_ping(message)) return "*";
  const std::string path = g_uri_get_path(soup_server_message_get_uri(message));
  return path.empty() ? "/" : path;
}

std::string target_host(SoupServerMessage* message) {
  const std::string host = g_uri_get_host(soup_server_message_get_uri(message));
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

bool may_be_followed(SoupServerMessage* message) {
  const auto says_close = [](SoupMessageHeaders* headers) {
    const char* connection = soup_message_headers_get_list(headers, "Connection");
    return connection && soup_header_contains(connection, "close");
  };
  return soup_server_message_get_http_version(message) == SOUP_HTTP_1_1 &&
         !says_close(soup_server_message_get_request_headers(message)) &&
         !says_close(soup_server_message_get_response_headers(message));
}

Ref<GIOStream> steal_stream(SoupServerMessage* message) {
  auto stream = Ref<GIOStream>::adopt(soup_server_message_steal_connection(message));
  if (!stream) return stream;
  g_object_set_qdata(G_OBJECT(message), stolen_quark(), message);
  // libsoup's streams around ours are needed only when one has read ahead, as it may when a client
  // sends its next request early. It is then readable, so that a stream that is not has nothing in
  // it.
  auto* input = g_io_stream_get_input_stream(stream.get());
  if (g_pollable_input_stream_is_readable(G_POLLABLE_INPUT_STREAM(input))) return stream;
  while (auto below = stream_below(stream.get())) stream = std::move(below);
  return stream;
}

bool is_stolen(SoupServerMessage* message) {
  return g_object_get_qdata(G_OBJECT(message), stolen_quark()) != nullptr;
}

std::size_t layers_around(const Ref<GIOStream>& stream) {
  std::size_t layers = 0;
  for (auto below = stream_below(stream.get()); below; below = stream_below(below.get())) ++layers;
  return layers;
}

HttpRequest read_request(SoupServerMessage* message) {
  HttpRequest request;
  request.method = soup_server_message_get_method(message);
  request.path = take_string(g_uri_unescape_string(raw_path(message).c_str(), nullptr));
  if (const char* query = g_uri_get_query(soup_server_message_get_uri(message)))
    request.query = split_query(query);
  const auto body =
      Ref<GBytes>::adopt(soup_message_body_flatten(soup_server_message_get_request_body(message)));
  gsize size = 0;
  const void* data = g_bytes_get_data(body.get(), &size);
  if (size > 0) request.body.assign(static_cast<const char*>(data), size);
  request.granted = grant_of(message);
  if (const auto connection = connection_of(message))
    request.peer_address = connection->peer_address();
  for_each_header(message, [&](const char* name, const char* value) {
    std::string& joined = request.headers[take_string(g_ascii_strdown(name, -1))];
    joined += joined.empty() ? value : std::string(", ") + value;
  });
  return request;
}

void respond(SoupServerMessage* message, const HttpResponse& response) {
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message);
  for (const auto& [name, value] : all_headers(response)) {
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  }
  SoupMessageBody* body = soup_server_message_get_response_body(message);
  soup_message_body_truncate(body);
  if (response.body) {
    soup_message_headers_replace(headers, "Content-Type", response.content_type.c_str());
    if (g_bytes_get_size(response.body.get()) > 0) {
      soup_message_body_append_bytes(body, response.body.get());
    }
  }
  soup_server_message_set_status(message, static_cast<guint>(response.status),
                                 HttpResponse::reason(response.status));
}

std::string write_response(const HttpResponse& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     HttpResponse::reason(response.status) + "\r\n";
  for (const auto& [name, value] : all_headers(response)) text += name + ": " + value + "\r\n";
  text += "Content-Type: " + response.content_type + "\r\nConnection: close\r\n";
  if (!response.body) return text + "\r\n";
  gsize size = 0;
  const void* data = g_bytes_get_data(response.body.get(), &size);
  text += "Content-Length: " + std::to_string(size) + "\r\n\r\n";
  return text.append(static_cast<const char*>(data), size);
}

}  // namespace webrtcserver
