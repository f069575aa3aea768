// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_fixture.hpp — a Peer and a real webrtcbin on the loopback interface, which plays the
// browser.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "rtc/peer.hpp"
#include "support/peer_listener.hpp"
#include "support/remote_peer.hpp"
#include "support/rtp_frames.hpp"

namespace webrtcserver::test {

inline Format format(const char* codec) {
  return {find_codec(codec), find_codec(codec)->fmtp};
}

class PeerTest : public testing::Test {
 protected:
  ~PeerTest() override { close(); }

  void make_peer(std::vector<Peer::Media> media) {
    Peer::Settings settings;
    settings.name = "test";
    settings.stream = "stream";
    settings.media = std::move(media);
    settings.ice = ice_;
    settings.ice.local_addresses = {"127.0.0.1"};
    settings.retransmission = retransmission_;
    settings.clock = clock_;
    settings.lossy_channel = lossy_;
    make_peer(std::move(settings));
  }

  void make_peer(Peer::Settings settings) {
    listener_ = std::make_shared<PeerListener>();
    peer_ = Peer::create(std::move(settings), listener_);
    listener_->set_candidate_handler([this](unsigned index, const std::string& candidate) {
      if (remote_) remote_->add_candidate(index, candidate);
    });
  }

  RemotePeer::Settings remote_settings() {
    RemotePeer::Settings settings;
    settings.retransmission = retransmission_;
    settings.on_candidate = [peer = std::weak_ptr<Peer>(peer_)](unsigned index,
                                                                const std::string& candidate) {
      if (const auto target = peer.lock()) target->add_candidate(index, candidate);
    };
    return settings;
  }

  // Until the offer stands and somebody is there to answer it.
  void offer(RemotePeer::Settings settings) {
    remote_ = std::make_unique<RemotePeer>(std::move(settings));
    peer_->start();
    ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.offer.empty(); }));
    offer_ = listener_->seen().offer;
  }

  void connect(RemotePeer::Settings settings) {
    ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
    answer();
  }

  void answer() {
    peer_->set_answer(remote_->answer(offer_));
    ASSERT_TRUE(listener_->wait([](const auto& seen) { return seen.connected; }));
    ASSERT_TRUE(remote_->wait_connected());
  }

  // A key frame and others, as far apart as at 30 frames a second, the last of them now.
  void push(unsigned feed, unsigned frames, unsigned packets) {
    const GstClockTime now = gst_clock_get_time(clock_.get());
    for (unsigned i = 0; i < frames; ++i) {
      peer_->feeds()[feed]->push(make_frame({.time = now - (frames - 1 - i) * 33 * GST_MSECOND,
                                             .key_frame = i == 0,
                                             .packets = packets}));
    }
  }

  void close() {
    if (!peer_) return;
    listener_->close(*peer_);
    remote_.reset();
  }

  bool fails_with(Peer::Failure failure) {
    return listener_->wait([&](const auto& seen) {
      return !seen.failures.empty() && seen.failures.front().failure == failure;
    });
  }

  const Ref<GstClock> clock_ = Ref<GstClock>::adopt(gst_system_clock_obtain());
  IceSettings ice_;
  bool retransmission_ = true;
  bool lossy_ = false;
  std::shared_ptr<PeerListener> listener_;
  std::shared_ptr<Peer> peer_;
  std::unique_ptr<RemotePeer> remote_;
  std::string offer_;
};

}  // namespace webrtcserver::test
