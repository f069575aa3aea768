// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_feed.hpp — the queue between an encoding, which must never wait, and one peer, which may.
// push() and replay() come from the encoding's thread; pop() runs on the peer's feed thread; the
// rest may come from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "codec/codec.hpp"
#include "codec/rtp_sink.hpp"
#include "rtc/rtp_rewriter.hpp"

namespace webrtcserver {

// Bounded and leaky: when the peer falls behind by kMaxDelay or kMaxBytes, everything queued is
// dropped, and the feed resumes at the next key frame, which it asks for. Each frame of audio is a
// key frame (see RtpFrame).
class PeerFeed : public RtpSink {
 public:
  struct Statistics {
    std::uint64_t frames = 0;
    std::uint64_t key_frames = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t dropped_frames = 0;
  };

  static constexpr GstClockTime kMaxDelay = GST_SECOND;
  static constexpr gsize kMaxBytes = gsize{8} << 20U;

  // `want_key_frame` is called without a lock held, on the feed thread or webrtcbin's.
  // `name`: of its peer, for logs.
  PeerFeed(MediaKind kind, std::function<void()> want_key_frame, std::string name = {});

  void push(const RtpFramePtr& frame) override;
  void replay(const std::vector<RtpFramePtr>& frames) override;

  // Fixes what negotiation chose. Before it, pop() waits.
  void start(const RtpRewriter::Settings& settings);
  // The peer lost a picture (PLI or FIR).
  void request_key_frame() const { want_key_frame_(); }

  // Under which timestamp the browser sees a frame of this RtpFrame::time, unless it comes of a
  // replay; nothing before start(). Any thread.
  std::optional<std::uint32_t> timestamp(GstClockTime time) const;

  // The next frame's packets, rewritten; waits for one. Null when flushing.
  Ref<GstBufferList> pop();
  void set_flushing(bool flushing);

  MediaKind kind() const { return kind_; }
  Statistics statistics() const;

 private:
  struct Item {
    RtpFramePtr frame;
    GstClockTime time;
    bool paced;  // of a replay: sent no faster than kReplayRate
  };

  using Clock = std::chrono::steady_clock;

  void drop_all();
  bool behind(const RtpFrame& next) const;

  const MediaKind kind_;
  const std::function<void()> want_key_frame_;
  const std::string name_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;  // guarded by mutex_
  gsize bytes_ = 0;         // guarded by mutex_; without paced items, which their cache bounds
  bool waiting_for_key_frame_ = true;    // guarded by mutex_
  bool key_frame_missed_ = false;        // guarded by mutex_; ask for one at the next pop()
  bool catching_up_ = false;             // guarded by mutex_; from a replay until nothing waits
  bool flushing_ = false;                // guarded by mutex_
  Clock::time_point replay_resumes_;     // guarded by mutex_; the next paced frame may go
  std::optional<RtpRewriter> rewriter_;  // guarded by mutex_; pop()'s alone once set
  Statistics statistics_;                // guarded by mutex_
};

}  // namespace webrtcserver
