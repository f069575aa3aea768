// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/warm_up.hpp"

#include <memory>
#include <mutex>

#include "rtc/peer.hpp"

namespace webrtcserver {

namespace {

// Holds its peer, and the peer holds it weakly, until there is an offer or none will come.
class FirstPeer : public Peer::Listener, public std::enable_shared_from_this<FirstPeer> {
 public:
  static void make() {
    if (codecs().empty()) return;  // no payloaders are installed: the pads say so
    const auto first = std::make_shared<FirstPeer>();
    Peer::Settings settings;
    settings.name = "warm-up";
    settings.stream = "warm-up";
    settings.media = {{codecs().front().kind, "media", {{&codecs().front(), ""}}}};
    first->peer_ = Peer::create(std::move(settings), first);
    first->self_ = first;
    first->peer_->start();
  }

 private:
  void on_created(GstElement* /*webrtcbin*/) override {}
  void on_closing(GstElement* /*webrtcbin*/) override {}
  void on_description(const std::string& /*sdp*/) override { finish(); }
  void on_candidate(unsigned /*media_index*/, const std::string& /*candidate*/) override {}
  void on_negotiated(const std::vector<const Codec*>& /*codecs*/) override {}
  void on_connected() override {}
  void on_failed(Peer::Failure /*failure*/, const std::string& /*message*/) override { finish(); }
  void on_key_frame_wanted(unsigned /*media_index*/) override {}
  void on_message(const DataChannel::Message& /*message*/) override {}

  void finish() {
    if (const auto self = std::move(self_)) peer_->close([self] { self->peer_.reset(); });
  }

  std::shared_ptr<Peer> peer_;
  std::shared_ptr<FirstPeer> self_;
};

}  // namespace

void warm_up_peers() {
  static std::once_flag once;
  std::call_once(once, FirstPeer::make);
}

}  // namespace webrtcserver
