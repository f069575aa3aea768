// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/viewer.hpp"

#include <numeric>

namespace webrtcserver::test {

namespace {

unsigned sum(const RemotePeer::Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0U,
                         [](unsigned total, const auto& entry) { return total + entry.second; });
}

}  // namespace

Viewer::Viewer(const std::string& url, std::vector<std::string> codecs)
    : peer_({.codecs = std::move(codecs),
             .on_candidate =
                 [link = link_](unsigned media_index, const std::string& candidate) {
                   const std::scoped_lock lock(link->mutex);
                   if (link->signalling) link->signalling->send_candidate(media_index, candidate);
                 }}),
      signalling_(url, [this](const SignallingClient::Message& message) {
        if (message.type != "ice") return;
        const auto index = message.data.integer("sdpMLineIndex").value_or(0);
        peer_.add_candidate(static_cast<unsigned>(index),
                            message.data.string("candidate").value_or(""));
      }) {
  const std::scoped_lock lock(link_->mutex);
  link_->signalling = &signalling_;
}

Viewer::~Viewer() {
  const std::scoped_lock lock(link_->mutex);
  link_->signalling = nullptr;
}

bool Viewer::answer(const std::function<void(std::string&)>& edit) {
  signalling_.wait([](const auto& seen) { return seen.find("sdp") || seen.closed; });
  if (!signalling_.seen().find("sdp")) return false;
  std::string sdp = peer_.answer(offer());
  if (edit) edit(sdp);
  signalling_.send_answer(sdp);
  return true;
}

bool Viewer::watch() {
  return answer() && wait_media(1);
}

bool Viewer::wait_media(unsigned packets) {
  const unsigned before = received();
  return peer_.wait(
      [&](const RemotePeer::Counts& counts) { return sum(counts) >= before + packets; });
}

unsigned Viewer::received() const {
  return sum(peer_.received());
}

}  // namespace webrtcserver::test
