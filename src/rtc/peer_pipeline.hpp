// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_pipeline.hpp — a peer's GStreamer pipeline: one feed for each media that is sent →
// webrtcbin → a receiver of what the browser sends.
// Lives on the peer's serial queue, which also destroys it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "rtc/ice.hpp"
#include "rtc/offer.hpp"
#include "rtc/packet_receiver.hpp"
#include "rtc/peer_feed.hpp"
#include "rtc/sctp_association.hpp"

namespace webrtcserver {

// When a packet has come last, on g_get_monotonic_time()'s clock; 0: none has.
using LastHeard = std::atomic<std::int64_t>;

class PeerPipeline {
 public:
  // Throws Error(kFailed) when webrtcbin or one of its parts is not installed: which package has
  // it.
  PeerPipeline(const std::string& name, const IceSettings& ice, const Ref<GstClock>& clock,
               std::chrono::milliseconds jitter_buffer);
  // Stops everything; blocks until the streaming threads have ended.
  ~PeerPipeline();
  PeerPipeline(const PeerPipeline&) = delete;
  PeerPipeline& operator=(const PeerPipeline&) = delete;

  // The media in the order of the m-lines, all of them before play().
  void add_feed(const OfferedMedia& media, const std::string& name,
                const std::shared_ptr<PeerFeed>& feed, bool retransmission);
  void add_reception(const OfferedMedia& media, const std::string& name, bool retransmission);
  void play();
  void set_clock(const Ref<GstClock>& clock);
  // Once webrtcbin has made its offer: no other peer of the process has its SCTP association.
  void separate_data_channel(const std::weak_ptr<SctpAssociation::Listener>& listener) {
    association_.apply(webrtcbin_.get(), listener);
  }
  // Keeps the time at which RTP or RTCP came last. Before play().
  void watch_connection(const std::shared_ptr<LastHeard>& heard);
  // Before webrtcbin negotiates: the other side decides between the paths that ICE finds, because
  // it is the one that began. webrtcbin thinks that it has itself.
  void follow_in_ice();
  // webrtcbin adds its sinks while it negotiates; without a latency they warn at every packet.
  void update_latency();

  GstElement* webrtcbin() const { return webrtcbin_.get(); }
  GstElement* pipeline() const { return pipeline_.get(); }

  // Lets media through to webrtcbin under the payload type that the browser chose.
  void start_feed(const PeerFeed* target, const OfferedCodec& codec,
                  std::optional<int> playout_delay_id);
  PacketReceiver& receiver() { return *receiver_; }

  // The PEM of the peer's DTLS certificate; empty before DTLS is up.
  std::string remote_certificate() const;

 private:
  struct Feed {
    Ref<GstElement> source;
    std::shared_ptr<PeerFeed> feed;
    Ref<GstWebRTCRTPTransceiver> transceiver;
    std::uint32_t ssrc;
  };

  // `name` is the session's, for which TURN credentials are minted.
  void configure_ice(const IceSettings& ice, const std::string& name);
  // The one that carries everything; null before DTLS is up.
  Ref<GstWebRTCDTLSTransport> dtls_transport() const;
  void configure(GstWebRTCRTPTransceiver* transceiver, GstWebRTCRTPTransceiverDirection direction,
                 const OfferedMedia& media, const Ref<GstCaps>& caps, bool retransmission);

  const SctpAssociation association_;
  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;
  std::unique_ptr<PacketReceiver> receiver_;
  std::vector<Feed> feeds_;
  bool has_turn_ = false;
};

}  // namespace webrtcserver
