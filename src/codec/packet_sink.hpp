// SPDX-License-Identifier: LGPL-2.1-or-later
// packet_sink.hpp — the one narrow door between a peer that sends and whatever takes its packets.
#pragma once

#include "base/ref.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

// What came under one payload type.
struct PacketFormat {
  const Codec* codec;
  Ref<GstCaps> caps;  // application/x-rtp
};

// Called on a streaming thread of the peer. Must not block.
class PacketSink {
 public:
  virtual ~PacketSink() = default;

  // In order, behind the jitter buffer. The packet's presentation time is the clock's.
  virtual void push(const PacketFormat& format, const Ref<GstBuffer>& packet) = 0;
  // The jitter buffer gave a packet up (GstRTPPacketLost).
  virtual void lose(const Ref<GstEvent>& event) = 0;
};

}  // namespace webrtcserver
