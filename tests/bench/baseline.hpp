// SPDX-License-Identifier: LGPL-2.1-or-later
// baseline.hpp — what the benchmark compares with: the plain way to show one pipeline to many
// browsers, and a browser's camera to one pipeline. Lives on the default main context, which the
// program must run.
#pragma once

#include <libsoup/soup.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/ref.hpp"
#include "baseline_peer.hpp"

namespace webrtcserver::bench {

// One pipeline, one encoder, a tee, and for every viewer a queue and a webrtcbin in that same
// pipeline, as in GStreamer's own examples. The other way, a webrtcbin in that pipeline for the
// publisher, linked to a depayloader. Signalling is the jetson-inference message shape on
// ws://127.0.0.1:<port>/output and /input, and the server offers on both.
//
// Two mercies make the comparison about the fan-out rather than about known traps: a key frame is
// requested when a viewer connects (without it nobody would see a picture before the next periodic
// one), and UPnP, which delays every answer by 200 ms, is off. Nothing protects viewers from each
// other; that is the point.
class Baseline {
 public:
  // The end of a gst-launch line that takes raw video. The settings are those that webrtcsink gives
  // the same elements: src/codec/encoder_table.cpp and codec.cpp.
  static std::string sink_description(unsigned bits_per_second);

  // The beginning of a line that gives what the publisher sends, decoded by the decoder that
  // webrtcsrc would take, or as H.264.
  static std::string raw_source_description();
  static std::string encoded_source_description();

  // Throws std::runtime_error when the port cannot be had. `pipeline` must contain
  // sink_description() if anybody is to watch, and one of the sources if anybody is to publish.
  Baseline(Ref<GstElement> pipeline, std::uint16_t port);
  ~Baseline();
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;

 private:
  static void on_socket(SoupServer* server, SoupServerMessage* message, const char* path,
                        SoupWebsocketConnection* socket, gpointer self);

  Ref<GstElement> pipeline_;
  Ref<SoupServer> server_;
  std::map<SoupWebsocketConnection*, std::shared_ptr<BaselinePeer>> peers_;
};

}  // namespace webrtcserver::bench
