// SPDX-License-Identifier: LGPL-2.1-or-later
// encoded_stream.hpp — one encoding for all targets that take it; or, where frames come encoded,
// the parser alone. A pipeline of its own:
//   appsrc → converter → encoder → parser → appsink → targets
// push() by one thread at a time; the rest from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/completion.hpp"
#include "base/serial_queue.hpp"
#include "codec/element_chain.hpp"
#include "video/region_carrier.hpp"
#include "video/shared_contexts.hpp"
#include "video/target.hpp"

namespace webrtcserver {

class EncodedStream : public std::enable_shared_from_this<EncodedStream> {
 public:
  class Listener {
   public:
    // No encoder is left that works. On any thread.
    virtual void on_stream_failed(EncodedStream& stream, const std::string& message) = 0;

   protected:
    ~Listener() = default;
  };

  struct Plan {
    const OutputCodec* codec = nullptr;
    std::shared_ptr<SharedContexts> contexts;  // with other pipelines; null: with nobody
    bool passes = false;                       // what comes is encoded so already
    std::string encoder;                       // element; empty: the best that works
    unsigned bitrate = 0;                      // bit/s
    bool wait = false;                         // push() waits for room
    bool patient = false;   // nobody watches: a frame that is late is better than none
    bool one_size = false;  // pictures of another size get borders, so that they fit the first
  };

  static std::shared_ptr<EncodedStream> create(Plan plan,
                                               std::vector<std::shared_ptr<Target>> targets,
                                               std::weak_ptr<Listener> listener);
  ~EncodedStream();

  // Throws Error where no encoder takes the frame.
  void push(const VideoFrame& frame);
  void remove(const Target& target);
  // False: there is no encoder here to be asked.
  bool request_key_frame();
  // What has been pushed reaches the targets, and then their end.
  void finish();
  // What has been pushed reaches the targets, which go on; nothing can be pushed any more. Waits
  // for that, but not beyond `deadline`.
  void drain(std::chrono::steady_clock::time_point deadline);
  void stop();

  const Plan& plan() const { return plan_; }
  bool feeds(const Target& target) const;
  std::vector<std::shared_ptr<Target>> targets() const;
  std::string encoder() const;  // the element at work; empty: none
  std::uint64_t dropped() const;

 private:
  struct Work;  // a pipeline and what belongs to it

  EncodedStream(Plan plan, std::vector<std::shared_ptr<Target>> targets,
                std::weak_ptr<Listener> listener);

  void prepare(const VideoFrame& frame);
  void drain_work();
  void drain_current(std::chrono::steady_clock::time_point deadline);
  std::shared_ptr<Work> build(const EncoderCatalogue::Choice& choice, const std::string& front_end,
                              const VideoFrame& frame);
  void connect(const std::shared_ptr<Work>& work);
  std::string front_end(const EncoderCatalogue::Choice& choice, const GstCaps* caps) const;
  void replace(std::shared_ptr<Work> work);
  std::shared_ptr<Work> work() const;
  void deliver(GstSample* sample);
  void on_end();
  void end_drain();
  void end_targets();
  void on_message(const std::weak_ptr<Work>& from, GstMessage* message);

  const Plan plan_;
  const std::weak_ptr<Listener> listener_;
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();  // stops what has failed

  // The pushing thread's.
  std::vector<EncoderCatalogue::Choice> choices_;  // the one at work first
  std::string front_end_;
  Ref<GstCaps> first_caps_;
  Ref<GstCaps> caps_;
  GstClockTime key_frame_due_ = GST_CLOCK_TIME_NONE;

  RegionCarrier regions_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> finishing_{false};
  std::atomic<bool> draining_{false};
  std::atomic<bool> broken_{false};  // the encoder at work has failed
  std::atomic<bool> delivered_{false};
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> passed_{0};

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Target>> targets_;  // guarded by mutex_
  std::shared_ptr<Work> work_;                    // guarded by mutex_
  std::shared_ptr<Completion> drained_;           // guarded by mutex_; set by drain()
  std::string error_;                             // guarded by mutex_: of the encoder at work
};

}  // namespace webrtcserver
