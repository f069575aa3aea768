// SPDX-License-Identifier: LGPL-2.1-or-later
// whip_server.hpp — somebody else's WHIP and WHEP server on the loopback interface: a webrtcbin for
// each session. It remembers what it is asked, and refuses as a test wants it.
// Public methods come from the test's thread.
#pragma once

#include <libsoup/soup.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/loop_thread.hpp"
#include "support/http_client.hpp"
#include "support/remote_peer.hpp"

namespace webrtcserver::test {

class WhipServer {
 public:
  struct Request {
    std::string method;
    std::string path;     // with the query
    HttpHeaders headers;  // lower-case names
    std::string body;

    std::string header(const char* name) const;
  };

  // In place of what a WHIP server does; nothing: as one does. Runs on the server's thread.
  using Refuse = std::function<std::optional<HttpAnswer>(const Request&)>;

  struct Settings {
    Refuse refuse;
    std::vector<RemotePeer::Source> sources;        // what it sends, as a WHEP server
    HttpHeaders headers = {{"ETag", "\"ice-1\""}};  // of a 201
    std::string location = "sessions/";  // relative to the endpoint; a number follows. Empty: none
    std::function<std::string(std::string)> edit_answer;
    std::uint16_t port = 0;
  };

  WhipServer();
  explicit WhipServer(Settings settings);
  ~WhipServer();
  WhipServer(const WhipServer&) = delete;
  WhipServer& operator=(const WhipServer&) = delete;

  std::uint16_t port() const { return port_; }
  // "whip://127.0.0.1:<port>/live/room"
  std::string uri(const char* scheme) const;
  std::string url(const std::string& path) const;

  // What has been asked of one method, in order.
  std::vector<Request> requests(const std::string& method) const;
  bool wait_requests(const std::string& method, std::size_t count);
  // Waits until the latest session has received so many packets, of one payload type if that is
  // given.
  bool wait_media(unsigned packets = 1, std::optional<int> payload_type = {});
  // All sessions are gone, without a word or after DTLS has said it; those that come are served as
  // ever.
  void drop_sessions();
  void hang_up();
  std::size_t sessions() const;

 private:
  struct Session;

  void answer(SoupServerMessage* message);
  HttpAnswer serve(const Request& request);
  HttpAnswer open(const Request& request);

  const Settings settings_;
  LoopThread loop_{"whip-server"};
  Ref<SoupServer> server_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> requests_;                             // guarded by mutex_
  std::map<std::string, std::shared_ptr<Session>> sessions_;  // guarded by mutex_
  unsigned opened_ = 0;                                       // guarded by mutex_
};

// The path without its query.
inline std::string path_of(const std::string& path) {
  return path.substr(0, path.find('?'));
}

HttpAnswer problem(int status, const std::string& detail, HttpHeaders headers = {});

}  // namespace webrtcserver::test
