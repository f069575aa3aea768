// SPDX-License-Identifier: LGPL-2.1-or-later
// stream.hpp — a named stream of a server, its media and its viewers.
// Server thread, unless a method says otherwise.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/loop_thread.hpp"
#include "base/ref.hpp"
#include "codec/encoding_set.hpp"
#include "rtc/ice.hpp"
#include "signalling/channel.hpp"

namespace webrtcserver {

class Session;

enum class StreamState { kWaiting, kLive, kPaused, kError };

const char* to_string(StreamState state);

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // Called without any lock held.
  class Observer {
   public:
    virtual ~Observer() = default;

    // On the session's own queue: the webrtcbin exists and has not negotiated; and before it goes.
    virtual void on_session_created(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void on_session_closing(const std::string& session, GstElement* webrtcbin) = 0;
    // Server thread.
    virtual void on_viewers_changed(unsigned viewers) = 0;
  };

  struct Settings {
    std::string name;
    unsigned max_viewers = 256;
    bool retransmission = true;
    IceSettings ice;
    std::string meta;                                     // a JSON object for browsers
    std::chrono::milliseconds negotiation_limit{15'000};  // from the offer to a connected peer
    // How long the other media may keep viewers waiting once one has caps. A decoder that finds no
    // audio, or an application that feeds a pad later, must not hide the picture.
    std::chrono::milliseconds patience{2'000};
  };

  // What a viewer sees of one media. One who watches something that is not in it any more has to
  // come again.
  struct Offer {
    std::shared_ptr<EncodingSet> encodings;
    std::vector<Format> formats;
  };

  Stream(LoopThread& loop, Settings settings, std::weak_ptr<Observer> observer,
         std::function<void()> on_changed);
  ~Stream();

  // The media, in the order of the m-lines. Viewers renegotiate when it differs.
  void set_media(std::vector<std::shared_ptr<EncodingSet>> media);
  // Caps arrived or codecs changed: offers waiting viewers what there is now.
  void update();
  void set_paused(bool paused);
  // One codec has no encoder left: its viewers are told why and go. The others stay; with no codec
  // left at all that is the stream's error until there is one again.
  void fail_codec(const EncodingSet* encodings, const Codec& codec, const std::string& message);
  void set_clock(const Ref<GstClock>& clock);
  // Every viewer is told why and let go; nobody is admitted after it.
  void end(std::string_view reason, std::string_view message);

  bool is_full() const { return sessions_.size() >= settings_.max_viewers; }
  void admit(std::unique_ptr<Channel> channel);

  const Settings& settings() const { return settings_; }
  unsigned viewers() const { return static_cast<unsigned>(sessions_.size()); }
  std::vector<std::shared_ptr<Session>> sessions() const;
  StreamState state() const;
  void describe(JsonWriter& json) const;  // as a member of /api/streams, its object already begun

  // For sessions.
  LoopThread& loop() const { return loop_; }
  const std::weak_ptr<Observer>& observer() const { return observer_; }
  const Ref<GstClock>& clock() const { return clock_; }
  const std::vector<Offer>& offers() const { return offers_; }
  void remove(const Session& session);

 private:
  std::vector<Offer> available() const;
  void announce_state();
  void changed();

  LoopThread& loop_;
  const Settings settings_;
  const std::weak_ptr<Observer> observer_;
  const std::function<void()> on_changed_;
  std::vector<std::shared_ptr<EncodingSet>> media_;
  std::vector<Offer> offers_;  // empty while waiting
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  Ref<GstClock> clock_;
  Timer patience_;  // for media whose caps do not come
  Timer retry_;     // failed encoders get another chance
  bool patient_ = true;
  bool paused_ = false;
  bool ended_ = false;
  std::string failure_;  // of the last codec that failed, for when none is left
  std::string error_;
  StreamState announced_ = StreamState::kWaiting;
};

}  // namespace webrtcserver
