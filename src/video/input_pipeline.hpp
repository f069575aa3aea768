// SPDX-License-Identifier: LGPL-2.1-or-later
// input_pipeline.hpp — one private pipeline that makes frames of an address:
//   reader → parsers → decoder → what the options want → appsink
// Where the reader delivers raw pictures, or frames are wanted as they are encoded, the parts that
// are not needed are left out. Constructed, started and stopped by one thread at a time.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "video/input_reader.hpp"
#include "video/raw_path.hpp"

namespace webrtcserver {

class InputPipeline : public std::enable_shared_from_this<InputPipeline> {
 public:
  class Listener {
   public:
    enum class Wish { kMore, kKeyFrame, kNothing };
    // On streaming threads. Returns what is wanted next.
    virtual Wish on_frame(Ref<GstSample> frame) = 0;
    // With input-save: what was read, ahead of a decoder.
    virtual void on_read(Ref<GstSample> sample) = 0;
    virtual void on_end() = 0;
    // The first error, on the thread that met it.
    virtual void on_error(const Error& error) = 0;

   protected:
    ~Listener() = default;
  };

  // Throws Error when an element is missing. `cuda`: of the device that frames are wanted on, where
  // a decoder makes them there; null: they are wanted in system memory.
  static std::shared_ptr<InputPipeline> create(Location input, VideoOptions options,
                                               std::weak_ptr<Listener> listener,
                                               const Ref<GstContext>& cuda = {});
  ~InputPipeline();
  InputPipeline(const InputPipeline&) = delete;
  InputPipeline& operator=(const InputPipeline&) = delete;

  void start();  // throws Error
  void stop();   // returns when its threads have ended

  const Ref<GstElement>& handle() const { return reader_.handle; }

 private:
  InputPipeline(Location input, VideoOptions options, std::weak_ptr<Listener> listener,
                const Ref<GstContext>& cuda);

  void build();
  void connect(GstElement* element, void (InputPipeline::*on_pad)(GstPad* pad),
               void (InputPipeline::*on_all)() = nullptr, const char* all_signal = "no-more-pads");
  void on_reader_pad(GstPad* pad);
  void on_stream_pad(GstPad* pad);
  void on_decoded_pad(GstPad* pad);
  void on_all_reader_pads();
  void on_all_streams();

  void deliver_encoded(GstPad* pad, const GstCaps* caps);
  void decode(GstPad* pad);
  void deliver_raw(GstPad* pad);
  void discard(GstPad* pad);
  // What passes the first pad that is tapped is the listener's too.
  void tap(GstPad* pad);
  // Adds `element`, behind `pad`, and brings it to life.
  void append(const Ref<GstElement>& element, GstPad* pad);
  Ref<GstElement> make_output();
  bool take_picture();  // whether no stream has been taken for the picture yet

  void on_end();
  void on_message(GstMessage* message);
  void fail(const Error& error);

  const Location input_;
  const VideoOptions options_;
  const FrameMemory memory_;
  const InputTraits& traits_;
  const std::weak_ptr<Listener> listener_;
  Ref<GstElement> pipeline_;
  InputReader reader_;
  std::atomic<unsigned> pads_{0};  // of the reader
  std::atomic<bool> has_sound_only_{false};
  std::atomic<bool> has_picture_{false};
  std::atomic<bool> is_tapped_{false};
  std::atomic<bool> has_delivered_{false};

  std::mutex mutex_;
  std::string missing_;         // guarded by mutex_: what GStreamer has no element for
  std::optional<Error> error_;  // guarded by mutex_: the first one
  bool started_ = false;        // guarded by mutex_: errors are the listener's
};

}  // namespace webrtcserver
