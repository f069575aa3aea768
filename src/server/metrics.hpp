// SPDX-License-Identifier: LGPL-2.1-or-later
// metrics.hpp — what a server counts from its start to its end, and how it tells Prometheus. Any
// thread, but for describe_now().
//
// Counters outlive the sessions and streams they come from: whoever has something to count adds
// what has grown since it last did. No label is a session's, or a browser's to choose.
#pragma once

#include <memory>
#include <vector>

#include "base/counter_family.hpp"

namespace webrtcserver {

class Stream;

struct Metrics {
  Metrics();

  // {stream, role}, and for what ends a session a reason of the protocol (docs/protocol.md).
  CounterFamily sessions_begun;
  CounterFamily sessions_connected;
  CounterFamily sessions_ended;
  CounterFamily session_failures;
  CounterFamily messages_refused;

  // {stream, kind, pad, codec}
  CounterFamily sent_packets;
  CounterFamily sent_bytes;
  CounterFamily sent_frames;
  CounterFamily sent_key_frames;
  CounterFamily sent_dropped_frames;
  CounterFamily received_packets;
  CounterFamily received_bytes;
  CounterFamily received_frames;
  CounterFamily received_dropped_frames;
  CounterFamily encoded_frames;
  CounterFamily encoded_key_frames;
  CounterFamily encoded_bytes;
  CounterFamily requested_key_frames;

  // {stream, kind}: from RTCP
  CounterFamily sent_lost_packets;
  CounterFamily received_lost_packets;
  CounterFamily received_nacks;
  CounterFamily sent_nacks;
  CounterFamily received_picture_losses;
  CounterFamily sent_picture_losses;

  void write(PrometheusText& text) const;
};

// What there is at this moment. Server thread.
void describe_now(PrometheusText& text, const std::vector<std::shared_ptr<Stream>>& streams);
// Of the process, by the names that Prometheus has for them.
void describe_process(PrometheusText& text);

}  // namespace webrtcserver
