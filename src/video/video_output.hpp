// SPDX-License-Identifier: LGPL-2.1-or-later
// video_output.hpp — writes pictures to one or several targets, with one encoder for all that share
// a codec. Any thread; several may render, whose frames go one after another.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/completion.hpp"
#include "base/serial_queue.hpp"
#include "video/encoded_stream.hpp"
#include "video/frame_decoder.hpp"
#include "video/options.hpp"
#include "video/output_plan.hpp"
#include "video/pixel_frames.hpp"
#include "video/target.hpp"
#include "video/timeline.hpp"

namespace webrtcserver {

class VideoOutput final : public std::enable_shared_from_this<VideoOutput>,
                          public Target::Listener,
                          public EncodedStream::Listener {
 public:
  class Listener {
   public:
    // A target ends here, and the others go on. Not on a thread that anything waits for.
    virtual void on_target_failed(const std::string& uri, const std::string& message) = 0;

   protected:
    ~Listener() = default;
  };

  // Checks what can be checked without opening. Throws Error.
  static std::shared_ptr<VideoOutput> create(const std::vector<std::string>& uris,
                                             VideoOptions options,
                                             std::weak_ptr<Listener> listener);
  ~VideoOutput();

  // What a webrtcsink gets for its property remote-controls when it is opened.
  void set_controls(Ref<GObject> controls);

  void open();                     // throws Error
  void render(GstSample* sample);  // opens; throws Error
  // The same of an application's own memory, which has been read when this returns, or will have
  // been on its stream.
  void render(const ApplicationPixels& picture);
  bool is_streaming() const;  // neither closed nor without a target left
  void close();               // throws Error for a target that could not be ended
  // Closes what `output` refers to and forgets it. In a forked child, whose threads are the
  // parent's, it is forgotten alone.
  static void release(std::shared_ptr<VideoOutput> output) noexcept;

  std::vector<std::string> uris() const;
  Owned<GstStructure> statistics() const;
  Ref<GstElement> element(unsigned index) const;  // null: none, or not yet

 private:
  enum class State { kNew, kOpen, kClosed };
  // Where pictures of a device go: decided by the first of them. Encoders begin anew when it
  // changes, so it does at most once.
  enum class DevicePictures { kUndecided, kStay, kComeDown };

  // A target and what became of it.
  struct Slot {
    Location location;
    const OutputFormat* format = nullptr;
    std::vector<const OutputCodec*> takes;
    const OutputCodec* planned = nullptr;  // null: raw
    bool left_out = false;                 // headless
    std::shared_ptr<Target> target;        // set by open()
    const OutputCodec* codec = nullptr;    // what it gets; null: raw
    bool begun = false;                    // has been told of its codec
    bool failed = false;
    bool ended = false;
    std::string error;
  };

  // Where frames go, as they come now.
  struct Routes {
    const OutputCodec* input = nullptr;  // null: raw
    std::atomic<bool> drains{false};     // others follow: the targets go on
    Completion decoded;                  // then: all that the decoder had is out of it
    std::shared_ptr<EncodedStream> passing;
    std::shared_ptr<FrameDecoder> decoder;
    std::vector<std::shared_ptr<EncodedStream>> encodings;
    std::vector<std::shared_ptr<Target>> raw;
  };

  VideoOutput(VideoOptions options, std::weak_ptr<Listener> listener);

  // At once, whatever is lost; returns by then, also where something does not stop.
  void abandon(Completion::Clock::time_point deadline);
  void check_process() const;
  void add_target(const std::string& uri);
  void plan();
  bool shows_each_pixel() const;
  std::string encoder_for(const OutputCodec& codec) const;
  Ref<GstSample> frame_of(const ApplicationPixels& picture);
  bool stays_on_device(const ApplicationPixels& picture);
  bool is_wanted_on_device(const GstCaps* caps) const;
  void bring_down(const char* why);
  std::vector<const OutputCodec*> plan_for(const std::vector<OutputWish>& wishes) const;
  void open_targets();
  VideoFrame place(GstSample* sample, const Ref<GstCaps>& caps);
  std::shared_ptr<Routes> routes_for(const Ref<GstCaps>& caps);
  std::shared_ptr<Routes> make_routes(const OutputCodec* input, const Ref<GstCaps>& caps);
  std::shared_ptr<EncodedStream> add_stream(const OutputCodec* codec, bool passes,
                                            std::vector<std::shared_ptr<Target>> targets);
  void add_decoder(const std::shared_ptr<Routes>& routes, const Ref<GstCaps>& caps);
  void push_raw(const Routes& routes, const VideoFrame& frame);
  void push_stream(EncodedStream& stream, const VideoFrame& frame);
  static bool is_fed(const Routes& routes, const Target& target);
  static void stop_routes(const Routes& routes);
  static void drain_routes(Routes& routes);
  static std::vector<std::shared_ptr<EncodedStream>> streams_of(const Routes& routes);
  std::shared_ptr<Routes> routes() const;
  void need_live_target() const;
  std::size_t count_failed() const;
  void fail_target(const Target& target, const std::string& message);
  void end_all();

  void on_target_failed(Target& target, const std::string& message) override;
  void on_target_ended(Target& target) override;
  bool on_key_frame_wanted(Target& target) override;
  void on_stream_failed(EncodedStream& stream, const std::string& message) override;

  const VideoOptions options_;
  const std::weak_ptr<Listener> listener_;
  const int process_;
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();
  const std::shared_ptr<SerialQueue> reports_ =
      SerialQueue::create(SerialQueue::Pool::kApplication);
  const Ref<GstClock> clock_;
  const std::shared_ptr<SharedContexts> contexts_ = std::make_shared<SharedContexts>();
  bool needs_rate_ = false;                    // fixed by create()
  std::unique_ptr<PixelFrames> pixel_frames_;  // the same

  // Whoever renders or opens has it, and may wait for room in a queue with it; close() needs
  // neither. Ahead of mutex_.
  std::timed_mutex turn_;
  Timeline timeline_;   // guarded by turn_
  Ref<GstCaps> given_;  // guarded by turn_: of the last sample
  Ref<GstCaps> caps_;   // guarded by turn_: made of given_

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kNew;       // guarded by mutex_
  std::vector<Slot> slots_;         // guarded by mutex_; as many from create() on
  std::shared_ptr<Routes> routes_;  // guarded by mutex_
  Ref<GObject> controls_;           // guarded by mutex_
  std::uint64_t frames_ = 0;        // guarded by mutex_: rendered
  std::uint64_t missed_ = 0;        // guarded by mutex_: of them, for a device that was behind
  int width_ = 0;                   // guarded by mutex_
  int height_ = 0;                  // guarded by mutex_
  DevicePictures device_pictures_ = DevicePictures::kUndecided;  // guarded by mutex_
  int staying_width_ = 0;   // guarded by mutex_: of the first that stayed
  int staying_height_ = 0;  // guarded by mutex_
};

}  // namespace webrtcserver
