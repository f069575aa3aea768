// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/browser.hpp"

#include <utility>

namespace webrtcserver::test {

Browser::Browser(const std::string& url, RemotePeer::Settings settings)
    : peer_([this, &settings] {
        settings.on_candidate = [link = link_](unsigned media_index, const std::string& candidate) {
          const std::scoped_lock lock(link->mutex);
          if (link->signalling) link->signalling->send_candidate(media_index, candidate);
        };
        return std::move(settings);
      }()),
      signalling_(url, [this](const SignallingClient::Message& message) {
        if (message.type != "ice") return;
        const auto index = message.data.integer("sdpMLineIndex").value_or(0);
        peer_.add_candidate(static_cast<unsigned>(index),
                            message.data.string("candidate").value_or(""));
      }) {
  const std::scoped_lock lock(link_->mutex);
  link_->signalling = &signalling_;
}

Browser::~Browser() {
  const std::scoped_lock lock(link_->mutex);
  link_->signalling = nullptr;
}

bool Browser::answer(const std::function<void(std::string&)>& edit) {
  signalling_.wait([](const auto& seen) { return seen.find("sdp") || seen.closed; });
  if (!signalling_.seen().find("sdp")) return false;
  std::string sdp = peer_.answer(offer());
  if (edit) edit(sdp);
  signalling_.send_answer(sdp);
  return true;
}

}  // namespace webrtcserver::test
