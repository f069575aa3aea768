// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_decoder.hpp — makes raw frames of encoded ones, for targets that do not take the codec. A
// pipeline of its own: appsrc → parser → decoder → appsink. push() by one thread at a time; the
// rest from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "codec/element_chain.hpp"
#include "video/target.hpp"

namespace webrtcserver {

class FrameDecoder {
 public:
  struct Calls {
    std::function<void(const VideoFrame&)> frame;          // on a thread of the decoder's
    std::function<void()> ended;                           // likewise
    std::function<void(const std::string& error)> failed;  // on any thread
  };

  // Throws Error where there is no decoder.
  FrameDecoder(const OutputCodec& codec, const Ref<GstCaps>& caps, bool wait, Calls calls);
  ~FrameDecoder();
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  void start();  // throws Error; then no call has been made
  void push(const VideoFrame& frame);
  void finish();
  void stop();  // returns when its threads have ended

 private:
  void deliver(GstSample* sample);

  const OutputCodec& codec_;
  const Calls calls_;
  const std::shared_ptr<ElementChain> chain_;
  GstElement* input_ = nullptr;  // owned by chain_
  Ref<GstCaps> caps_;            // the pushing thread's
  bool wait_ = false;
  bool needs_key_frame_ = true;  // the pushing thread's
  std::atomic<bool> started_{false};
  std::atomic<bool> failed_{false};

  std::mutex mutex_;
  std::string error_;  // guarded by mutex_: why it does not start
};

}  // namespace webrtcserver
