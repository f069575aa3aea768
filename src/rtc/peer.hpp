// SPDX-License-Identifier: LGPL-2.1-or-later
// peer.hpp — the media half of a session: exactly one webrtcbin in a pipeline of its own.
// Public methods may be called from any thread and return at once: the work is done on the peer's
// serial queue. The listener is called there too. webrtcbin's callbacks carry a weak reference and
// post.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "codec/codec.hpp"
#include "codec/packet_sink.hpp"
#include "rtc/answer.hpp"
#include "rtc/client_offer.hpp"
#include "rtc/data_channels.hpp"
#include "rtc/ice.hpp"
#include "rtc/ice_journal.hpp"
#include "rtc/ice_restart.hpp"
#include "rtc/offer.hpp"
#include "rtc/peer_budget.hpp"
#include "rtc/peer_feed.hpp"
#include "rtc/webrtcbin_events.hpp"

namespace webrtcserver {

class PeerPipeline;
using LastHeard = std::atomic<std::int64_t>;

class Peer : public std::enable_shared_from_this<Peer>, private DataChannel::Listener {
 public:
  enum class Failure { kSdp, kNoCommonCodec, kCandidate, kFingerprint, kIce, kInternal };

  class Listener {
   public:
    virtual ~Listener() = default;

    // webrtcbin exists, before it negotiates and before it goes: for an application's signal
    // handlers.
    virtual void on_created(GstElement* webrtcbin) = 0;
    virtual void on_closing(GstElement* webrtcbin) = 0;
    // The offer to send, or the answer to Settings::client_offer; candidates follow.
    virtual void on_description(const std::string& sdp) = 0;
    virtual void on_candidate(unsigned media_index, const std::string& candidate) = 0;
    // No further candidates will be found.
    virtual void on_gathered() {}
    // The browser has answered: what it takes or sends of each media, null where nothing. Encoders
    // and decoders may start now; media must wait for on_connected().
    virtual void on_negotiated(const std::vector<const Codec*>& codecs) = 0;
    // ICE and DTLS are up and the peer is the one that signed the SDP. Media may flow into feeds(),
    // and what the browser sends comes.
    virtual void on_connected() = 0;
    // For a bad candidate the peer goes on; otherwise it is of no use any more: it takes nothing
    // but close(), and only on_closing() follows.
    virtual void on_failed(Failure failure, const std::string& message) = 0;
    // The browser has closed its connection, and said so over DTLS. A tab that is closed often
    // does not; that comes as a failure of ICE, within a minute.
    virtual void on_closed() {}
    // The browser lost a picture of this media.
    virtual void on_key_frame_wanted(unsigned media_index) = 0;
    // Over a data channel, from a peer that is connected.
    virtual void on_message(const DataChannel::Message& message) = 0;
    // send() reaches the browser from now on.
    virtual void on_channel_open() {}
  };

  struct Media {
    MediaKind kind;
    std::string name;
    std::vector<Format> formats;  // in order of preference
    // Where that goes which the browser sends; null for media that is sent to it.
    std::shared_ptr<PacketSink> sink = nullptr;
  };

  struct Settings {
    std::string name;    // names the pipeline, in logs and dot files; not the session's secret
    std::string stream;  // browsers play media of one stream in sync
    std::vector<Media> media;
    IceSettings ice;
    // The client begins, with this; empty: we do.
    std::string client_offer;
    bool retransmission = true;
    std::chrono::milliseconds jitter_buffer{200};  // for what the browser sends
    Ref<GstClock> clock;
    bool data_channel = true;    // whether one is offered
    bool lossy_channel = false;  // and another beside it, see data_channels.hpp
    // No connection beside the media tells that the other side has gone: silence() does.
    bool watch_connection = false;
  };

  static std::shared_ptr<Peer> create(Settings settings, std::weak_ptr<Listener> listener);
  ~Peer() override;

  void start();
  void set_answer(std::string sdp);
  void add_candidate(unsigned media_index, std::string candidate);
  // The client has new credentials and wants new ones of ours: what was connected stays in use
  // until there is a better path. `done` gets ours, or nothing where the peer is of no use for it;
  // it runs on the queue, and always.
  void restart_ice(IceCredentials remote,
                   std::function<void(std::optional<IceRestart> restarted)> done);
  // Stops and frees everything; `done` runs on the queue when it has. on_closing() is the last
  // call.
  void close(std::function<void()> done = {});

  // Asks the browser for a key frame of what it sends to this media's sink.
  void request_key_frame(unsigned media_index);

  // Sends it over the data channel. False where there is none or it is not open yet; true says
  // nothing of its arrival: what a browser does not take is dropped.
  bool send(std::string text);
  bool can_send() const { return trusted_ && channels_->is_open(DataChannel::Kind::kControl); }
  // The same over the lossy channel, where little may wait: better lost than late.
  bool send_lossy(std::string text);
  std::uint64_t dropped_messages() const { return channels_->dropped(DataChannel::Kind::kControl); }
  std::uint64_t dropped_lossy() const { return channels_->dropped(DataChannel::Kind::kLossy); }

  // One for each media, to be joined to its encoding; null where the browser sends. Constant over
  // the peer's life.
  const std::vector<std::shared_ptr<PeerFeed>>& feeds() const { return feeds_; }

  // How the search for a network path goes.
  IceJournal& ice() const { return *ice_; }
  // With Settings::watch_connection: for how long neither RTP nor RTCP has come; 0 before the
  // first.
  std::chrono::microseconds silence() const;

  // For an application's signal handlers. Null before start() has run and after close().
  Ref<GstElement> webrtcbin() const;

  // webrtcbin's statistics, or null when there are none (closed). `receive` runs on the queue, and
  // always.
  void get_statistics(std::function<void(Owned<GstStructure>)> receive);

  // The parent's clock changed.
  void set_clock(Ref<GstClock> clock);

 private:
  enum class State { kNew, kOffered, kAnswered, kConnected, kFailed, kClosed };

  Peer(Settings settings, std::weak_ptr<Listener> listener);

  void make_feeds();
  void make_channels();
  // Runs `task` on the queue while the peer exists and has neither failed nor been closed.
  void post(std::function<void(Peer&)> task);
  // Calls the listener, if it still exists.
  template <typename Call>
  void notify(Call&& call);
  bool send(DataChannel::Kind kind, std::string text);
  void fail(Failure failure, const std::string& message);

  // False, once it has failed for it.
  bool read_offer();
  void build();
  // They hold this weakly.
  WebrtcbinEvents make_events();
  void create_offer();
  void take_answer(const std::string& sdp);
  void take(const Answer& answer);
  std::vector<const Codec*> chosen_codecs() const;
  void start_media();
  void give_candidate(const std::string& candidate);
  void take_candidate(unsigned media_index, const std::string& candidate);
  void apply_candidate(const std::string& candidate);
  void check_connection();
  // Says why ICE failed, when that is known.
  void fail_ice();
  void take_end();
  void on_open(DataChannel::Kind kind) override;
  void tell_channel();
  void on_message(DataChannel::Message message) override;
  void on_too_many_channels() override;
  void deliver(const DataChannel::Message& message);

  const Settings settings_;
  const std::weak_ptr<Listener> listener_;
  const std::shared_ptr<SerialQueue> queue_;
  const bool loopback_;
  const std::shared_ptr<IceJournal> ice_;
  std::vector<OfferedMedia> offered_;
  std::vector<std::shared_ptr<PeerFeed>> feeds_;

  std::shared_ptr<DataChannels> channels_;

  mutable std::mutex mutex_;
  std::shared_ptr<PeerPipeline> pipeline_;  // guarded by mutex_; its contents belong to the queue

  const PeerBudget budget_;
  std::atomic<bool> closing_{false};  // what waits on the queue ahead of close() is not done
  std::atomic<std::uint64_t> wanted_{
      0};                             // a bit for each media: a key frame, as the queue will say
  std::atomic<bool> trusted_{false};  // its fingerprint has been compared
  const std::shared_ptr<LastHeard> heard_;  // see PeerPipeline

  // The queue's own.
  State state_ = State::kNew;
  std::optional<ClientOffer> client_offer_;
  Owned<GstSDPMessage> offer_;
  std::vector<AnsweredMedia> answered_;
  std::vector<Fingerprint> fingerprints_;
  std::vector<std::string> early_candidates_;         // the browser's, ahead of its answer
  std::vector<std::string> given_candidates_;         // ours, ahead of the answer
  std::vector<DataChannel::Message> early_messages_;  // ahead of the fingerprint
  unsigned transport_ = 0;                            // the m-line that candidates are for
  unsigned candidates_ = 0;
  bool explains_ = false;  // why ICE failed
};

}  // namespace webrtcserver
