// SPDX-License-Identifier: LGPL-2.1-or-later
// video_source.hpp — frames of any address, for who asks for them. Any thread; a frame goes to one
// of those that wait.
#pragma once

#include <unistd.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "video/application_pixels.hpp"
#include "video/frame_queue.hpp"
#include "video/input_pipeline.hpp"
#include "video/video_output.hpp"

namespace webrtcserver {

class VideoSource final : public InputPipeline::Listener,
                          public VideoOutput::Listener,
                          public std::enable_shared_from_this<VideoSource> {
 public:
  static constexpr int kForever = -1;  // milliseconds

  // Throws Error for what can be known to be wrong without opening.
  static std::shared_ptr<VideoSource> create(const std::string& uri, const VideoOptions& options);
  ~VideoSource();
  // Closes it, as who has it last should, on a thread of the application's. In a child process it
  // is left as it is: its threads are not there, and waiting for them would be for ever.
  static void release(std::shared_ptr<VideoSource> source);
  VideoSource(const VideoSource&) = delete;
  VideoSource& operator=(const VideoSource&) = delete;

  // Returns when it is known that the input can be read; once it is open, at once. Throws Error.
  void open();
  // Opens what is not open. Null: nothing has come within `timeout_ms`, or it is over. Throws
  // Error, once.
  Ref<GstSample> capture(int timeout_ms);
  // The same into memory of the application's. False: nothing has come. Throws Error as well where
  // the frame does not fit there; it is the next one's then.
  bool capture_into(ApplicationPixels& target, int timeout_ms);
  void close();

  // Until the last frame, or the error, has been captured.
  bool is_streaming() const;
  bool is_live() const;
  const std::string& uri() const { return input_.text; }
  Ref<GstCaps> caps() const;          // of the newest frame; null: none has come
  Owned<GstStructure> stats() const;  // "video-source-stats"
  Ref<GstElement> element() const;    // that reads; null: it is not open

 private:
  VideoSource(Location input, const VideoOptions& options);
  void make_recorder();

  Ref<GstSample> take_kept();

  void check_process() const;
  // `target`: what the first frame is wanted in, where that is known.
  void start(const ApplicationPixels* target = nullptr);
  Ref<GstSample> take_frame(int timeout_ms, const ApplicationPixels* target);
  void begin_again();
  void stop_later();
  static bool give_back_frames();
  Ref<GstSample> next_frame(FrameQueue::Deadline deadline);
  void stop_pipeline();  // with changing_ held
  void end_recording();  // the same
  FrameQueue::Succession succession_of(GstSample* frame) const;
  // Moves a frame behind those of earlier rounds, and remembers what it is like.
  Ref<GstSample> note(Ref<GstSample> frame);

  Wish on_frame(Ref<GstSample> frame) override;
  void on_read(Ref<GstSample> sample) override;
  void on_end() override;
  void on_error(const Error& error) override;
  void on_target_failed(const std::string& uri, const std::string& message) override;

  const Location input_;
  const VideoOptions options_;
  const InputTraits& traits_;
  const pid_t process_ = getpid();  // a child of fork() has none of our threads
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();
  FrameQueue frames_;

  // Of input-save, where that is set; written by create(). It takes the first round of a file that
  // is played again.
  std::shared_ptr<VideoOutput> recorder_;
  std::atomic<bool> recording_{false};

  // Held while a pipeline is made, started or taken away; no callback takes it.
  std::mutex changing_;
  bool opened_ = false;   // guarded by changing_
  bool closed_ = false;   // guarded by changing_
  Ref<GstContext> cuda_;  // guarded by changing_: null unless frames are captured on a device

  mutable std::mutex mutex_;
  std::shared_ptr<InputPipeline> pipeline_;  // guarded by mutex_
  int rounds_ = 0;                           // guarded by mutex_: that are still to come; -1: ∞
  Ref<GstCaps> caps_;                        // guarded by mutex_
  std::uint64_t frames_seen_ = 0;            // guarded by mutex_
  GstClockTime begin_ = 0;                   // guarded by mutex_: of this round
  GstClockTime end_ = 0;                     // guarded by mutex_: of the latest frame
  GstClockTime opened_at_ = 0;               // guarded by mutex_: monotonic
  std::deque<Ref<GstSample>> kept_;          // guarded by mutex_: captured, and given to nobody
  bool keeps_ = true;                        // guarded by mutex_: until close()
  std::string save_error_;                   // guarded by mutex_: why input-save has ended
};

}  // namespace webrtcserver
