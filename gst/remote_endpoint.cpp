// SPDX-License-Identifier: LGPL-2.1-or-later
#include "remote_endpoint.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "net/local_addresses.hpp"
#include "rtc/warm_up.hpp"
#include "server/server.hpp"

namespace webrtcserver {

namespace {

// How long the end of an element waits: for the server's answer to its farewell, and for what still
// closes. The program may end next.
constexpr std::chrono::seconds kFarewellLimit{2};
constexpr std::chrono::seconds kClosingLimit{5};

HttpClient::Settings http_settings(const ServerSettings& settings) {
  const std::string& token = settings.auth_token;
  if (std::any_of(token.begin(), token.end(), [](char c) { return !g_ascii_isgraph(c); })) {
    throw Error(ErrorCode::kFailed,
                "The auth-token has a character that no token has: a space, a line end or one that "
                "is not ASCII.");
  }
  HttpClient::Settings http;
  http.url = settings.endpoint->url;
  http.token = token;
  http.ca_file = settings.ssl_ca_file;
  http.strict = settings.ssl_strict;
  return http;
}

// A server on this machine may name no address but 127.0.0.1, which ICE leaves out unless told.
std::vector<std::string> media_addresses(const EndpointUri& endpoint) {
  std::vector<std::string> addresses;
  if (!endpoint.loopback) return addresses;
  addresses.emplace_back("127.0.0.1");
  for (const LocalAddress& address : local_addresses()) addresses.push_back(address.text);
  return addresses;
}

}  // namespace

RemoteEndpoint::RemoteEndpoint(const ServerSettings& settings) : endpoint_(*settings.endpoint) {
  if (!settings.mistakes.empty())
    throw Error(ErrorCode::kFailed, settings.mistakes.begin()->second);
  ice_servers(settings.ice, "");  // throws for a malformed one
  http_ = HttpClient::create(server_thread(), http_settings(settings));
  warm_up_peers();
}

RemoteEndpoint::~RemoteEndpoint() {
  remove("closing", "The element closes.");
  http_->wait_idle(kFarewellLimit);
  SerialQueue::wait_idle(kClosingLimit);
}

template <typename Kind, typename Observer>
std::shared_ptr<Kind> RemoteEndpoint::insert(typename Kind::Settings settings,
                                             std::weak_ptr<Observer> observer, Tell tell) {
  settings.name = to_string(endpoint_.protocol);
  settings.remote = true;
  settings.max_sessions = 1;
  settings.ice.local_addresses = media_addresses(endpoint_);
  return server_thread().call([&] {
    auto stream = std::make_shared<Kind>(server_thread(), settings, std::move(observer), [] {});
    link_ = std::make_shared<RemoteLink>(stream, http_, endpoint_.url, std::move(tell));
    return stream;
  });
}

std::shared_ptr<OutputStream> RemoteEndpoint::add(OutputStream::Settings settings,
                                                  std::weak_ptr<Stream::Observer> observer,
                                                  Tell tell) {
  return insert<OutputStream>(std::move(settings), std::move(observer), std::move(tell));
}

std::shared_ptr<InputStream> RemoteEndpoint::add(InputStream::Settings settings,
                                                 std::weak_ptr<InputStream::Observer> observer,
                                                 Tell tell) {
  return insert<InputStream>(std::move(settings), std::move(observer), std::move(tell));
}

void RemoteEndpoint::start() {
  server_thread().call([this] {
    if (link_) link_->start();
  });
}

void RemoteEndpoint::remove(std::string_view reason, std::string_view message) {
  server_thread().call([&] {
    if (link_) link_->end(reason, message);
    link_.reset();
  });
}

std::optional<EndpointUri> take_address(GstElement* element, const std::string& uri,
                                        EndpointUri::Protocol protocol) {
  if (!EndpointUri::is_one(uri)) {
    apply_element_options(element, StreamUri::parse(uri).options);
    return {};
  }
  EndpointUri endpoint = EndpointUri::parse(uri, protocol, [element](const std::string& name) {
    return is_uri_option(G_OBJECT(element), name);
  });
  apply_element_options(element, endpoint.options);
  return endpoint;
}

void post_report(GstElement* element, const RemoteLink::Report& report, bool sends) {
  const char* text = report.message.c_str();
  const auto tell = [&](const char* state) {
    GstStructure* structure = gst_structure_new("webrtc-endpoint", "state", G_TYPE_STRING, state,
                                                "message", G_TYPE_STRING, text, nullptr);
    if (report.state == RemoteLink::State::kRetrying) {
      gst_structure_set(structure, "retry-in", G_TYPE_UINT,
                        static_cast<guint>(report.retry_in.count()), nullptr);
    }
    gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), structure));
  };
  const int code = report.unauthorized ? GST_RESOURCE_ERROR_NOT_AUTHORIZED
                   : sends             ? GST_RESOURCE_ERROR_OPEN_WRITE
                                       : GST_RESOURCE_ERROR_OPEN_READ;
  const auto post = [&](GstMessageType type) {
    gst_element_message_full(element, type, GST_RESOURCE_ERROR, code, g_strdup(text),
                             // In both parts: gst-launch-1.0 prints an info's second.
                             type == GST_MESSAGE_INFO ? g_strdup(text) : nullptr, __FILE__,
                             GST_FUNCTION, __LINE__);
  };
  switch (report.state) {
    case RemoteLink::State::kConnected:
      tell("connected");
      return post(GST_MESSAGE_INFO);
    case RemoteLink::State::kRetrying:
      tell("retrying");
      return post(GST_MESSAGE_WARNING);
    case RemoteLink::State::kRefused:
      tell("refused");
      return post(GST_MESSAGE_ERROR);
  }
}

}  // namespace webrtcserver
