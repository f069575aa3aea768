// SPDX-License-Identifier: LGPL-2.1-or-later
// remote_peer.hpp — a webrtcbin that plays the browser: it answers an offer, receives and
// counts, or sends.
// Public methods come from the test's thread; callbacks run on webrtcbin's threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "support/remote_channel.hpp"

namespace webrtcserver::test {

class RemotePeer {
 public:
  // A packet as it is sent instead; null: not at all.
  using Tamper = std::function<Ref<GstBuffer>(Ref<GstBuffer> packet)>;

  // What it sends for one kind of media that the server receives: raw, in gst-launch syntax.
  struct Source {
    std::string kind;  // "video"
    std::string description;
    Tamper tamper;  // from the first packet on; may be empty
  };

  // What it does with a data channel that is offered; kIgnore: answers without its m-line.
  enum class Data { kTake, kReject, kIgnore };

  struct Settings {
    // Encoding names that it knows; empty: all. It takes the first of the offer that it knows.
    // "H264;profile-level-id=42e0" is a codec of one profile.
    std::vector<std::string> codecs;
    bool retransmission = true;
    std::string address = "127.0.0.1";  // its only one
    // As webrtcbin takes them; with one it uses nothing but relays.
    std::vector<std::string> turn_servers;
    // Gets each of its candidates.
    std::function<void(unsigned media_index, const std::string& candidate)> on_candidate;
    std::vector<Source> sources;
    Data data = Data::kTake;
  };

  struct Packet {
    std::uint32_t ssrc;
    int payload_type;
    std::uint16_t sequence;
  };

  // Packets by SSRC and payload type.
  using Counts = std::map<std::pair<std::uint32_t, int>, unsigned>;

  explicit RemotePeer(Settings settings);
  ~RemotePeer();
  RemotePeer(const RemotePeer&) = delete;
  RemotePeer& operator=(const RemotePeer&) = delete;

  // Waits until its DTLS is up too, or returns false after kPatience. It is the client of the
  // handshake: media may overtake the end of it, and would be lost.
  bool wait_connected();

  // Its answer to an offer; media lines without a codec it knows are rejected.
  std::string answer(const std::string& text);
  void add_candidate(unsigned media_index, const std::string& candidate);

  // Which packets that leave a source of `kind` are changed, lost (null) or left as they are; runs
  // on a streaming thread. After answer().
  void tamper(const char* kind, Tamper tamper);
  // Which packets that it sends are lost on the way. Before answer().
  void lose_sent(std::function<bool(const Packet&)> loses) { loses_sent_ = std::move(loses); }
  // The next picture that it sends shall be a key frame.
  void force_key_frame() const;
  // An element of the sending branch: "video-encoder", "video-source", "audio-payloader".
  Ref<GstElement> element(const std::string& name) const;

  // Which arriving packets are lost. Before answer().
  void set_loss(std::function<bool(const Packet&)> loses) { loses_ = std::move(loses); }

  // As they came in, behind SRTP, retransmissions included.
  Counts received() const;
  // Distinct sequence numbers of one source behind the jitter buffer, where losses are repaired.
  std::size_t repaired(std::uint32_t ssrc) const;
  // Waits until `condition`, which sees the state change, or returns false after kPatience.
  bool wait(const std::function<bool(const Counts&)>& condition);
  bool wait_repaired(std::uint32_t ssrc, std::size_t packets);

  // Ends DTLS with close_notify, as servers do when they close a connection.
  void hang_up() const;

  // The data channels that are offered, once they are open.
  RemoteChannel& channel() { return channels_.control; }
  RemoteChannel& lossy_channel() { return channels_.lossy; }
  // Opens channels of its own.
  void open_channels(unsigned count);

  // Sends a PLI for the source; it must have been received from.
  void request_key_frame(std::uint32_t ssrc);

 private:
  // Sends what fits to each m-line that the other side receives.
  void add_sources(const GstSDPMessage* offer);
  void add_source(const Source& source, const GstSDPMedia* media, unsigned index);
  void take_transceiver(GstWebRTCRTPTransceiver* transceiver) const;
  void take_output(GstPad* pad);
  void take_state();
  void take_rtpbin_pad(GstPad* pad);
  void take_sending_pad(GstPad* pad);
  // Whether the packet is kept.
  bool count(GstBuffer* packet);
  void count_repaired(GstBuffer* packet);

  const Settings settings_;
  std::function<bool(const Packet&)> loses_;
  std::function<bool(const Packet&)> loses_sent_;
  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;

  RemoteChannels channels_;
  std::vector<Ref<GObject>> own_channels_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false;                                           // guarded by mutex_
  Counts received_;                                                  // guarded by mutex_
  std::map<std::uint32_t, std::map<std::uint16_t, bool>> repaired_;  // guarded by mutex_
  std::map<std::uint32_t, Ref<GstPad>> sinks_;                       // guarded by mutex_
};

}  // namespace webrtcserver::test
