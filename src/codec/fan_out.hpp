// SPDX-License-Identifier: LGPL-2.1-or-later
// fan_out.hpp — hands one encoding's RTP to its viewers, and merges their wishes for key frames.
// push() comes from the encoding's streaming thread, one call at a time; the rest from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/group_of_pictures.hpp"
#include "codec/key_frame_requests.hpp"
#include "codec/rtp_sink.hpp"

namespace webrtcserver {

class FanOut {
 public:
  class Listener {
   public:
    // Coalesced: at most one call per KeyFrameRequests::kInterval. On the thread that caused it.
    virtual void on_key_frame_wanted() = 0;

   protected:
    ~Listener() = default;
  };

  struct Options {
    // Frames depend on each other: a viewer starts at a key frame. False for audio.
    bool has_key_frames = true;
    KeyFrameRequests::Source source = KeyFrameRequests::Source::kObeys;
    GroupOfPictures::Limits cache;
  };

  using Now = std::function<KeyFrameRequests::TimePoint()>;

  FanOut(const Options& options, std::weak_ptr<Listener> listener,
         Now now = std::chrono::steady_clock::now);
  ~FanOut();

  void push(const RtpFramePtr& frame);

  // The sink gets the cached group of pictures at once where the source makes key frames only when
  // it pleases, or the group has just begun; otherwise a key frame is requested. Either way its
  // first frame is a key frame, and none is missing or repeated after it.
  void join(std::shared_ptr<RtpSink> sink);
  // A push() that is under way on the streaming thread may still reach the sink.
  void leave(const RtpSink* sink);

  void request_key_frame();
  // Makes a deferred request that has become due. Called for each frame that goes into the encoder,
  // so that this frame can already be the key frame.
  void poll();
  // The source begins anew: what is cached belongs to the past.
  void restart();

  std::size_t size() const;

 private:
  class Viewer;
  using Viewers = std::vector<std::shared_ptr<Viewer>>;

  void ask_if(bool due);

  const bool has_key_frames_;
  const std::weak_ptr<Listener> listener_;
  const Now now_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Viewers> viewers_;  // guarded by mutex_, replaced as a whole
  GroupOfPictures cache_;                   // guarded by mutex_
  KeyFrameRequests requests_;               // guarded by mutex_
};

}  // namespace webrtcserver
