// SPDX-License-Identifier: LGPL-2.1-or-later
// packet_receiver.hpp — what comes out of a peer's webrtcbin, and what may come into it.
// Lives on the peer's serial queue; packets pass on webrtcbin's threads.
//
// Nothing passes before open(): then the peer has shown that it is the one that signed the SDP.
// After it, what was not negotiated is dropped ahead of the jitter buffer, where webrtcbin would
// make an error of a strange payload type, and a thread of every strange source.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ref.hpp"
#include "codec/packet_sink.hpp"

namespace webrtcserver {

class PacketReceiver {
 public:
  // One payload type that the browser may send.
  struct Accepted {
    int payload_type;
    int rtx_payload_type;  // −1: none
    PacketFormat format;
    std::shared_ptr<PacketSink> sink;
    std::vector<std::uint32_t> announced;  // the SSRCs that the SDP names for its m-line
  };

  // Before webrtcbin negotiates; it is in its pipeline already.
  explicit PacketReceiver(GstElement* webrtcbin);
  // After webrtcbin's threads have stopped.
  ~PacketReceiver();
  PacketReceiver(const PacketReceiver&) = delete;
  PacketReceiver& operator=(const PacketReceiver&) = delete;

  // Once.
  void open(std::vector<Accepted> accepted);
  // Asks for a key frame of what goes to `sink` (PLI).
  void request_key_frame(const PacketSink* sink);

 private:
  class Gate;
  class Output;

  static void take_rtpbin_pad(const std::shared_ptr<Gate>& gate, GstElement* rtpbin, GstPad* pad);
  static void take_stray(const std::shared_ptr<Gate>& gate, GstPad* pad);
  static void take_output(const std::shared_ptr<Gate>& gate, GstElement* webrtcbin, GstPad* pad);

  const Ref<GstElement> webrtcbin_;
  const Ref<GstElement> rtpbin_;
  const std::shared_ptr<Gate> gate_;
  gulong on_output_ = 0;
  gulong on_rtpbin_pad_ = 0;
  gulong on_jitter_buffer_ = 0;
};

}  // namespace webrtcserver
