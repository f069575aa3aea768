// SPDX-License-Identifier: LGPL-2.1-or-later
// viewer.hpp — a browser that watches a stream: a WebSocket for signalling, a webrtcbin for media.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/remote_peer.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver::test {

class Viewer {
 public:
  // Opens the WebSocket at once. `codecs`: the encoding names it knows; empty: all.
  explicit Viewer(const std::string& url, std::vector<std::string> codecs = {});
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  // Waits for the offer and answers it. Candidates go to and fro by themselves from then on.
  // False: no offer came. `edit` may change the answer before it is sent.
  bool answer(const std::function<void(std::string&)>& edit = {});
  // Answers, and waits until media has come.
  bool watch();
  // Waits for `packets` more of any source; retransmissions count.
  bool wait_media(unsigned packets);
  // The packets so far.
  unsigned received() const;

  std::string offer() const { return signalling_.seen().text("sdp", "sdp"); }
  SignallingClient& signalling() { return signalling_; }
  RemotePeer& peer() { return peer_; }

 private:
  // How webrtcbin's threads find the socket.
  struct Link {
    std::mutex mutex;
    SignallingClient* signalling = nullptr;  // guarded by mutex; null once the viewer goes
  };

  const std::shared_ptr<Link> link_ = std::make_shared<Link>();
  RemotePeer peer_;
  SignallingClient signalling_;  // goes before the peer, which it calls
};

}  // namespace webrtcserver::test
