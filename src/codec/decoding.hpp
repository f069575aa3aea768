// SPDX-License-Identifier: LGPL-2.1-or-later
// decoding.hpp — what one pad gets of a browser: RTP of whoever publishes now, made into what the
// pad's pipeline wants. It outlives publishers, their codecs and its own pipelines: when a decoder
// fails, the next of the catalogue takes over. Packets come from the peer's streaming thread;
// pipelines start and stop on a worker; the rest from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/serial_queue.hpp"
#include "codec/decoding_pipeline.hpp"
#include "codec/media_queue.hpp"
#include "codec/packet_sink.hpp"
#include "codec/recent_failures.hpp"

namespace webrtcserver {

class Decoding final : public DecodingPipeline::Listener,
                       public std::enable_shared_from_this<Decoding> {
 public:
  // Called without any lock held, on the thread that caused it.
  class Listener {
   public:
    // What comes cannot be decoded, or a decoder failed; at most once a second. The session may go
    // on.
    virtual void on_bad_media(const std::string& message) = 0;
    virtual void on_decoder_replaced(const std::string& message) = 0;
    // A context (of a GPU, say) that the decoder should share with the pipeline downstream; and one
    // that it has made, which that should share.
    virtual Ref<GstContext> find_context(const char* /*type*/) { return {}; }
    virtual void on_context_made(const Ref<GstContext>& /*context*/) {}

   protected:
    ~Listener() = default;
  };

  struct Settings {
    std::string pad;
    MediaKind kind = MediaKind::kVideo;
    std::shared_ptr<DecoderCatalogue> catalogue = DecoderCatalogue::system();
    // With a decoder that does not stop; one that does not start gets three times that.
    std::chrono::steady_clock::duration patience = std::chrono::seconds(5);
    // With one that runs, gets packets and gives no picture.
    std::chrono::steady_clock::duration hopeless = std::chrono::seconds(3);
  };

  enum class Form { kNothing, kRaw, kEncoded, kPackets };

  // What the pad's pipeline takes. kNothing: the pad is not linked.
  struct Wanted {
    Form form = Form::kNothing;
    Ref<GstCaps> caps;
  };

  // Of the publisher that it has now.
  struct Report {
    const Codec* codec = nullptr;
    std::string decoder;  // factory name; empty where nothing is decoded
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    std::uint64_t dropped_frames = 0;
  };

  static std::shared_ptr<Decoding> create(Settings settings, std::weak_ptr<Listener> listener);
  ~Decoding();

  const std::string& name() const { return settings_.pad; }
  MediaKind kind() const { return settings_.kind; }
  MediaQueue& queue() { return queue_; }

  void set_wanted(Wanted wanted);
  Wanted wanted() const;
  void set_clock(const Ref<GstClock>& clock);
  // Which of `preferred` a browser may send, so that the pad gets what it wants. May start decoders
  // to see whether they work.
  std::vector<Format> formats(const std::vector<const Codec*>& preferred) const;

  // A publisher comes: what it sends goes to the sink that is returned, until another comes or it
  // goes. `ask_key_frame` is called without a lock held, on any thread.
  std::shared_ptr<PacketSink> open(std::function<void()> ask_key_frame);
  void close(const std::shared_ptr<PacketSink>& sink);

  // Asks the publisher; at most once in kKeyFrameInterval.
  void request_key_frame();

  Report report() const;

  static constexpr std::chrono::milliseconds kKeyFrameInterval{300};

 private:
  class Source;
  enum class State { kIdle, kStarting, kRunning, kFailed };
  using Clock = std::chrono::steady_clock;
  using PipelinePtr = std::shared_ptr<DecodingPipeline>;

  Decoding(Settings settings, std::weak_ptr<Listener> listener);

  void take(const Source* source, const PacketFormat& format, const Ref<GstBuffer>& packet);
  void take_loss(const Source* source, const Ref<GstEvent>& event);
  void on_frame(unsigned serial, MediaFrame frame) override;
  void on_key_frame_missed() override;
  Ref<GstContext> find_context(const char* type) override;
  void on_context_made(const Ref<GstContext>& context) override;
  void on_pipeline_error(unsigned serial, const std::string& message) override;

  void keep_pending(const Ref<GstBuffer>& packet);  // with mutex_ held
  void clear_pending();                             // with mutex_ held
  void look_after(Clock::time_point now);
  void restart();  // with mutex_ held
  void bring_up();
  void recover(unsigned serial, const std::string& message);
  bool hand_over(const PipelinePtr& pipeline);
  PipelinePtr make_pipeline(std::string* failures);
  PipelinePtr try_start(const DecoderCatalogue::Choice& choice, std::string* failures);
  void give_up(const std::string& message);
  void complain(const std::string& message);
  void stop(const PipelinePtr& pipeline);
  bool hangs(const Decoder* decoder);

  const Settings settings_;
  const std::weak_ptr<Listener> listener_;
  const std::shared_ptr<SerialQueue> worker_;
  MediaQueue queue_;
  FailedDecoders failed_;

  mutable std::mutex mutex_;
  State state_ = State::kIdle;          // guarded by mutex_
  Wanted wanted_;                       // guarded by mutex_
  Ref<GstClock> clock_;                 // guarded by mutex_
  std::weak_ptr<Source> source_;        // guarded by mutex_: the publisher's
  PacketFormat format_{};               // guarded by mutex_: of what came last
  PipelinePtr pipeline_;                // guarded by mutex_
  std::deque<Ref<GstBuffer>> pending_;  // guarded by mutex_: came while the pipeline starts
  gsize pending_bytes_ = 0;             // guarded by mutex_
  unsigned serial_ = 0;                 // guarded by mutex_: of the newest pipeline
  bool first_frame_ = true;             // guarded by mutex_: of this publisher
  Report report_;                       // guarded by mutex_
  Clock::time_point fed_since_;         // guarded by mutex_: packets come, but no frames
  Clock::time_point asked_;             // guarded by mutex_
  Clock::time_point complained_;        // guarded by mutex_
  Clock::time_point failed_at_;         // guarded by mutex_
  std::string replaced_because_;        // worker
  // Worker: pipelines that a driver has not let go of.
  std::vector<std::pair<const Decoder*, std::weak_ptr<DecodingPipeline>>> hanging_;
};

}  // namespace webrtcserver
