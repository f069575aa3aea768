// SPDX-License-Identifier: LGPL-2.1-or-later
// target.hpp — one place that an output goes to. Each is a pipeline of its own behind a bounded
// queue: what happens there holds up and ends no other. Any thread; push() by one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/ref.hpp"
#include "video/output_codec.hpp"
#include "video/output_format.hpp"

namespace webrtcserver {

// A picture on its way to targets, with its time on the clock that they share.
struct VideoFrame {
  Ref<GstCaps> caps;
  Ref<GstBuffer> buffer;
};

class Target {
 public:
  // Called on any thread, never with a lock held, and never once the target has been stopped.
  class Listener {
   public:
    // It ends here; the others go on.
    virtual void on_target_failed(Target& target, const std::string& message) = 0;
    virtual void on_target_ended(Target& target) = 0;  // all of it is written
    // False: its frames come from an encoder that nobody can ask.
    virtual bool on_key_frame_wanted(Target& target) = 0;

   protected:
    ~Listener() = default;
  };

  struct Numbers {
    std::uint64_t frames = 0;   // that came through its queue
    std::uint64_t dropped = 0;  // by its queue
    std::uint64_t bytes = 0;    // written or sent; 0 where the element does not tell
  };

  virtual ~Target() = default;

  virtual const Location& location() const = 0;
  virtual const OutputFormat& format() const = 0;

  // What can be said without a frame: the port, the address. Throws Error.
  virtual void open() = 0;
  // Frames of `codec` (null: raw) come next; the first call decides for targets of one codec.
  // Throws Error.
  virtual void begin(const OutputCodec* codec) = 0;
  // Takes the frame or drops one; waits for room only where the target was made to.
  virtual void push(const VideoFrame& frame) = 0;
  // The end of the frames; on_target_ended() follows.
  virtual void finish() = 0;
  // No more frames come, and why. What was written is finished, so that it plays;
  // on_target_failed() follows with these words.
  virtual void give_up(const std::string& message) = 0;
  virtual void stop() = 0;  // at once; returns when its threads have ended

  virtual std::string uri() const = 0;  // as given, with the real port
  virtual Numbers numbers() const = 0;
  virtual Ref<GstElement> element() const = 0;  // what writes; may be null
};

}  // namespace webrtcserver
