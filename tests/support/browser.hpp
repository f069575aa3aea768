// SPDX-License-Identifier: LGPL-2.1-or-later
// browser.hpp — a browser on a stream: a WebSocket for signalling, a webrtcbin for media.
// Candidates go to and fro by themselves.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "support/remote_peer.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver::test {

class Browser {
 public:
  // Opens the WebSocket at once.
  Browser(const std::string& url, RemotePeer::Settings settings);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // Waits for the offer and answers it. False: no offer came. `edit` may change the answer before
  // it is sent.
  bool answer(const std::function<void(std::string&)>& edit = {});

  std::string offer() const { return signalling_.seen().text("sdp", "sdp"); }
  SignallingClient& signalling() { return signalling_; }
  RemotePeer& peer() { return peer_; }
  const RemotePeer& peer() const { return peer_; }

 private:
  // How webrtcbin's threads find the socket.
  struct Link {
    std::mutex mutex;
    SignallingClient* signalling = nullptr;  // guarded by mutex; null once the browser goes
  };

  const std::shared_ptr<Link> link_ = std::make_shared<Link>();
  RemotePeer peer_;
  SignallingClient signalling_;  // goes before the peer, which it calls
};

}  // namespace webrtcserver::test
