// SPDX-License-Identifier: LGPL-2.1-or-later
// output_stream.hpp — a stream to browsers: its encodings and who watches them. Server thread.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codec/encoding_set.hpp"
#include "server/stream.hpp"
#include "signalling/frame_note.hpp"

namespace webrtcserver {

class Viewer;

class OutputStream final : public Stream {
 public:
  struct Settings : Stream::Settings {
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

  OutputStream(LoopThread& loop, const Settings& settings, std::weak_ptr<Observer> observer,
               std::function<void()> on_changed);
  ~OutputStream() override;

  // The media, in the order of the m-lines. Viewers renegotiate when it differs.
  void set_media(std::vector<std::shared_ptr<EncodingSet>> media);
  // Caps arrived or codecs changed: offers waiting viewers what there is now.
  void update();
  // One codec has no encoder left: its viewers are told why and go. The others stay; with no codec
  // left at all that is the stream's error until there is one again.
  void fail_codec(const EncodingSet* encodings, const Codec& codec, const std::string& message);

  Direction direction() const override { return Direction::kSend; }
  StreamState state() const override;
  const std::string& error() const override { return error_; }
  void end(std::string_view reason, std::string_view message) override;
  bool turns_away() const override { return session_count() >= settings().max_sessions; }
  void admit(std::unique_ptr<Channel> channel) override;

  // Something is known of a frame; each viewer is told over its channel "lossy", if it has one. Any
  // thread. Dropped while the server thread has not come to those before.
  void tell_frame(std::shared_ptr<const FrameNote> note);

  // For viewers.
  const std::vector<Offer>& offers() const { return offers_; }

  std::vector<std::shared_ptr<Viewer>> viewers() const;
  void count() override;

 private:
  std::vector<Offer> available() const;
  void forget_counted();
  void describe_media(JsonWriter& json) const override;
  std::vector<const char*> flags() const override;

  // What the metrics have of an encoding's totals.
  struct Counted {
    std::uint64_t frames = 0;
    std::uint64_t key_frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t requested_key_frames = 0;
  };

  static constexpr int kMaxNotes = 64;  // on their way to the server thread

  const std::chrono::milliseconds patience_limit_;
  std::atomic<int> notes_{0};
  std::map<std::shared_ptr<const EncodingTotals>, Counted> counted_;  // of media_
  std::vector<std::shared_ptr<EncodingSet>> media_;
  std::vector<Offer> offers_;  // empty while waiting
  Timer patience_;             // for media whose caps do not come
  Timer retry_;                // failed encoders get another chance
  bool patient_ = true;
  std::string failure_;  // of the last codec that failed, for when none is left
  std::string error_;
};

}  // namespace webrtcserver
