// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/whip_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

constexpr char kEndpoint[] = "/live/room";

std::string lower(const char* text) {
  return take_string(g_ascii_strdown(text, -1));
}

// Each "a=candidate:…" of a description or fragment, as "candidate:…".
std::vector<std::string> candidates_in(const std::string& text) {
  std::vector<std::string> found;
  for (auto at = text.find("a=candidate:"); at != std::string::npos;
       at = text.find("a=candidate:", at + 1)) {
    found.push_back(text.substr(at + 2, text.find_first_of("\r\n", at) - at - 2));
  }
  return found;
}

// In the first m-section.
std::string add_lines(const std::string& sdp, const std::string& lines) {
  const auto second = sdp.find("\nm=", sdp.find("\nm=") + 1);
  const auto at = second == std::string::npos ? sdp.size() : second + 1;
  return sdp.substr(0, at) + lines + sdp.substr(at);
}

}  // namespace

struct WhipServer::Session {
  explicit Session(const Settings& settings)
      : peer({.on_candidate =
                  [this](unsigned, const std::string& candidate) {
                    {
                      const std::scoped_lock lock(mutex);
                      candidates.push_back(candidate);
                    }
                    changed.notify_all();
                  },
              .sources = settings.sources}) {}

  // Until there is one that is no TCP.
  std::string gathered() {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, kPatience, [this] {
      return std::any_of(candidates.begin(), candidates.end(), [](const std::string& candidate) {
        return candidate.find(" UDP ") != std::string::npos;
      });
    });
    std::string lines;
    for (const std::string& candidate : candidates) lines += "a=" + candidate + "\r\n";
    return lines;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> candidates;  // guarded by mutex
  RemotePeer peer;                      // last: its threads call what is above
};

std::string WhipServer::Request::header(const char* name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

WhipServer::WhipServer() : WhipServer(Settings{}) {}

WhipServer::WhipServer(Settings settings) : settings_(std::move(settings)) {
  loop_.call([this] {
    server_ = Ref<SoupServer>::adopt(soup_server_new(nullptr, nullptr));
    soup_server_add_handler(
        server_.get(), nullptr,
        [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer data) {
          static_cast<WhipServer*>(data)->answer(message);
        },
        this, nullptr);
    const auto address =
        Ref<GInetAddress>::adopt(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
    const auto endpoint =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new(address.get(), settings_.port));
    GError* error = nullptr;
    soup_server_listen(server_.get(), endpoint.get(), static_cast<SoupServerListenOptions>(0),
                       &error);
    const Owned<GError> owned(error);
    ASSERT_FALSE(error) << error->message;
    GSList* uris = soup_server_get_uris(server_.get());
    port_ = static_cast<std::uint16_t>(g_uri_get_port(static_cast<GUri*>(uris->data)));
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  });
}

WhipServer::~WhipServer() {
  drop_sessions();
  loop_.call([this] {
    soup_server_disconnect(server_.get());
    server_.reset();
  });
}

std::string WhipServer::uri(const char* scheme) const {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + kEndpoint;
}

std::string WhipServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void WhipServer::answer(SoupServerMessage* message) {
  Request request;
  request.method = soup_server_message_get_method(message);
  GUri* uri = soup_server_message_get_uri(message);
  request.path = g_uri_get_path(uri);
  if (const char* query = g_uri_get_query(uri)) request.path += std::string("?") + query;
  soup_message_headers_foreach(
      soup_server_message_get_request_headers(message),
      [](const char* name, const char* value, gpointer data) {
        (*static_cast<HttpHeaders*>(data))[lower(name)] = value;
      },
      &request.headers);
  SoupMessageBody* body = soup_server_message_get_request_body(message);
  request.body.assign(body->data ? body->data : "", static_cast<std::size_t>(body->length));

  std::optional<HttpAnswer> answer = settings_.refuse ? settings_.refuse(request) : std::nullopt;
  if (!answer) answer = serve(request);
  soup_server_message_set_status(message, static_cast<guint>(answer->status), nullptr);
  for (const auto& [name, value] : answer->headers) {
    soup_message_headers_append(soup_server_message_get_response_headers(message), name.c_str(),
                                value.c_str());
  }
  soup_message_body_append(soup_server_message_get_response_body(message), SOUP_MEMORY_COPY,
                           answer->body.data(), answer->body.size());
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  changed_.notify_all();
}

HttpAnswer WhipServer::serve(const Request& request) {
  if (request.method == "POST") return open(request);
  std::shared_ptr<Session> session;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(request.path);
    if (found == sessions_.end()) return problem(404, "There is no such session.");
    session = found->second;
    if (request.method == "DELETE") sessions_.erase(found);
  }
  if (request.method == "DELETE") return {.status = 200};
  for (const std::string& candidate : candidates_in(request.body))
    session->peer.add_candidate(0, candidate);
  return {.status = 204};
}

HttpAnswer WhipServer::open(const Request& request) {
  auto session = std::make_shared<Session>(settings_);
  std::string sdp = session->peer.answer(request.body);
  for (const std::string& candidate : candidates_in(request.body))
    session->peer.add_candidate(0, candidate);
  sdp = add_lines(sdp, session->gathered());
  if (settings_.edit_answer) sdp = settings_.edit_answer(sdp);
  HttpAnswer answer{.status = 201, .headers = settings_.headers, .body = sdp};
  answer.headers.emplace("Content-Type", "application/sdp");
  const std::scoped_lock lock(mutex_);
  const std::string name = settings_.location + std::to_string(++opened_);
  if (!settings_.location.empty()) answer.headers.emplace("Location", name);
  const std::string path = path_of(request.path);
  sessions_.emplace(name.front() == '/' ? name : path.substr(0, path.rfind('/') + 1) + name,
                    std::move(session));
  return answer;
}

std::vector<WhipServer::Request> WhipServer::requests(const std::string& method) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Request> found;
  std::copy_if(requests_.begin(), requests_.end(), std::back_inserter(found),
               [&](const Request& request) { return request.method == method; });
  return found;
}

bool WhipServer::wait_requests(const std::string& method, std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    return static_cast<std::size_t>(std::count_if(
               requests_.begin(), requests_.end(),
               [&](const Request& request) { return request.method == method; })) >= count;
  });
}

bool WhipServer::wait_media(unsigned packets, std::optional<int> payload_type) {
  std::shared_ptr<Session> session;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return !sessions_.empty(); })) return false;
    session = sessions_.rbegin()->second;
  }
  return session->peer.wait([&](const RemotePeer::Counts& counts) {
    unsigned received = 0;
    for (const auto& [source, count] : counts) {
      if (!payload_type || source.second == *payload_type) received += count;
    }
    return received >= packets;
  });
}

void WhipServer::drop_sessions() {
  loop_.call([this] {
    std::map<std::string, std::shared_ptr<Session>> old;
    const std::scoped_lock lock(mutex_);
    old.swap(sessions_);
  });
}

void WhipServer::hang_up() {
  loop_.call([this] {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, session] : sessions_) session->peer.hang_up();
  });
}

std::size_t WhipServer::sessions() const {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

HttpAnswer problem(int status, const std::string& detail, HttpHeaders headers) {
  headers.emplace("Content-Type", "application/problem+json");
  return {
      .status = status, .headers = std::move(headers), .body = "{\"detail\":\"" + detail + "\"}"};
}

}  // namespace webrtcserver::test
