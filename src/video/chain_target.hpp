// SPDX-License-Identifier: LGPL-2.1-or-later
// chain_target.hpp — a target that is a row of elements: appsrc → … → what writes.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "codec/element_chain.hpp"
#include "video/shared_contexts.hpp"
#include "video/target.hpp"

namespace webrtcserver {

class ChainTarget final : public Target {
 public:
  struct Plan {
    Location location;
    const OutputFormat* format = nullptr;
    bool wait = false;                         // push() waits for room, and what paces does
    bool from_zero = false;                    // its own time begins with its first frame
    bool early = false;                        // built by open(), whatever comes; else by begin()
    std::shared_ptr<SharedContexts> contexts;  // with the output's other pipelines; null: none
    // Appends what follows the appsrc, and returns what writes. Throws Error.
    std::function<GstElement*(ElementChain&, const OutputCodec*)> build;
    // The address with the real port; null: as it was given.
    std::function<std::string(GstElement*)> uri;
  };

  ChainTarget(Plan plan, std::weak_ptr<Listener> listener);
  ~ChainTarget() override;

  const Location& location() const override { return plan_.location; }
  const OutputFormat& format() const override { return *plan_.format; }
  void open() override;
  void begin(const OutputCodec* codec) override;
  void push(const VideoFrame& frame) override;
  void finish() override;
  void give_up(const std::string& message) override;
  void stop() override;
  std::string uri() const override;
  Numbers numbers() const override;
  Ref<GstElement> element() const override;

 private:
  void build(const OutputCodec* codec);
  void watch_input();
  void count_output();
  bool has_room(const VideoFrame& frame);
  bool fits(const VideoFrame& frame);
  Ref<GstBuffer> retimed(const VideoFrame& frame);
  void on_message(GstMessage* message);
  void fail(const std::string& message);
  void end();

  const Plan plan_;
  const std::weak_ptr<Listener> listener_;

  // The pushing thread's.
  const OutputCodec* codec_ = nullptr;
  bool encoded_ = false;
  bool begun_ = false;
  bool needs_key_frame_ = true;
  GstClockTime first_ = GST_CLOCK_TIME_NONE;
  Ref<GstCaps> caps_;

  std::atomic<bool> starting_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> finished_{false};
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> passed_{0};
  std::atomic<std::uint64_t> dropped_{0};  // ahead of the queue
  std::atomic<std::uint64_t> bytes_{0};

  mutable std::mutex mutex_;
  std::string error_;                    // guarded by mutex_: the first one
  std::string last_words_;               // guarded by mutex_: what to fail with at the end
  std::shared_ptr<ElementChain> chain_;  // guarded by mutex_; set once, null again by stop()
  Ref<GstElement> input_;                // guarded by mutex_; set with chain_, and kept
  Ref<GstElement> output_;               // guarded by mutex_; set with chain_, and kept
};

}  // namespace webrtcserver
