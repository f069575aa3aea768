// SPDX-License-Identifier: LGPL-2.1-or-later
// access_unit_collector.hpp — makes one RtpFrame of all the packets that a payloader makes of one
// access unit. Lives on the payloader's streaming thread.
#pragma once

#include <functional>

#include "codec/codec.hpp"
#include "codec/random_access.hpp"
#include "codec/rtp_frame.hpp"

namespace webrtcserver {

// The payloaders do not agree on how they push (single packets, one list or several) and, up
// to 1.22, those for VP8 and VP9 lose the key-frame flag. So the flag and the time are noted where
// the access unit enters the payloader, and its packets are collected until the RTP marker bit.
class AccessUnitCollector {
 public:
  using Deliver = std::function<void(const RtpFramePtr&)>;

  AccessUnitCollector(MediaKind kind, Deliver deliver, HoldsRandomAccess random_access = nullptr);

  // A buffer enters the payloader; `time` is its presentation time on the clock.
  void begin(GstBuffer* encoded, GstClockTime time);
  // The payloader pushes.
  void add(GstBuffer* packet);
  void add(GstBufferList* packets);

 private:
  void flush();

  const MediaKind kind_;
  const Deliver deliver_;
  const HoldsRandomAccess random_access_;
  Ref<GstBufferList> packets_;
  gsize size_ = 0;
  GstClockTime time_ = GST_CLOCK_TIME_NONE;       // of what entered last
  GstClockTime unit_time_ = GST_CLOCK_TIME_NONE;  // of the access unit being collected
  bool key_frame_ = false;
  bool holds_random_access_ = false;
};

}  // namespace webrtcserver
