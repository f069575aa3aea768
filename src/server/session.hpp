// SPDX-License-Identifier: LGPL-2.1-or-later
// session.hpp — one browser on one stream: its channel, its peer, its time limits.
// Server thread; what the peer reports from its own queue is posted there.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop_thread.hpp"
#include "codec/encoding_set.hpp"
#include "rtc/peer.hpp"
#include "server/stream.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class Session : public std::enable_shared_from_this<Session>,
                private Channel::Listener,
                private Peer::Listener {
 public:
  Session(const std::shared_ptr<Stream>& stream, std::unique_ptr<Channel> channel);
  ~Session() override;

  // Says hello, and offers what the stream has now.
  void start(std::string_view state, std::string_view message);
  // Offers, unless that has been done or the stream has nothing yet.
  void negotiate();
  void tell_state(std::string_view state, std::string_view message);
  // Says an error and then bye.
  void fail(std::string_view code, std::string_view message);
  void end(std::string_view reason, std::string_view message);
  void set_clock(const Ref<GstClock>& clock);

  // Unique in the process, fit for logs: "s17".
  const std::string& name() const { return name_; }
  const std::shared_ptr<Peer>& peer() const { return peer_; }  // null until negotiate()
  bool connected() const { return connected_; }
  bool watches(const EncodingSet* encodings, const Codec& codec) const;
  // Whether what it negotiated, if it has, is still there as `offers`.
  bool fits(const std::vector<Stream::Offer>& offers) const;
  // What the browser takes, and what was sent of it.
  struct TrackReport {
    std::string name;  // of the pad
    const char* codec;
    PeerFeed::Statistics sent;
  };
  std::vector<TrackReport> report() const;

 private:
  struct Track {
    std::shared_ptr<EncodingSet> encodings;
    std::unique_ptr<EncodingSet::Lease> lease;  // null when the browser does not take this media
    const Codec* codec = nullptr;
  };

  void on_answer(std::string sdp) override;
  void on_candidate(unsigned media_index, std::string candidate) override;
  void on_left(std::string_view why) override;

  void on_created(GstElement* webrtcbin) override;
  void on_closing(GstElement* webrtcbin) override;
  void on_offer(const std::string& sdp) override;
  void on_candidate(unsigned media_index, const std::string& candidate) override;
  void on_negotiated(const std::vector<const Codec*>& codecs) override;
  void on_connected() override;
  void on_failed(Peer::Failure failure, const std::string& message) override;
  void on_key_frame_wanted(unsigned media_index) override;

  // Runs `task` on the server thread while the session lives.
  template <typename Task>
  void post(Task task);
  void take_codecs(const std::vector<const Codec*>& codecs);
  void join();
  void close();

  const std::string name_;
  LoopThread& loop_;
  const std::weak_ptr<Stream::Observer> observer_;
  std::weak_ptr<Stream> stream_;
  std::unique_ptr<Channel> channel_;
  std::shared_ptr<Peer> peer_;
  std::vector<Track> tracks_;
  Timer negotiation_;  // runs out on a browser that never answers
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace webrtcserver
