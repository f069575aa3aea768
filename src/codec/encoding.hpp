// SPDX-License-Identifier: LGPL-2.1-or-later
// encoding.hpp — one codec of one pad, as RTP for many viewers: an encoder, or a parser where the
// input is encoded already. It outlives the pipelines it runs: when an encoder fails, the next of
// the catalogue takes over and the viewers stay. push() comes from the pad's streaming thread;
// pipelines start and stop on a worker; the rest from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/serial_queue.hpp"
#include "codec/encoding_pipeline.hpp"
#include "codec/encoding_totals.hpp"
#include "codec/fan_out.hpp"
#include "codec/recent_failures.hpp"

namespace webrtcserver {

class Encoding final : public EncodingPipeline::Listener,
                       public FanOut::Listener,
                       public std::enable_shared_from_this<Encoding> {
 public:
  // Called without any lock held, on the thread that caused it.
  class Listener {
   public:
    virtual void on_upstream_key_frame_wanted() = 0;
    virtual void on_payload_caps(const Codec& codec, const Ref<GstCaps>& encoded,
                                 const Ref<GstCaps>& rtp) = 0;
    virtual void on_encoder_created(const std::string& session, GstElement* encoder) = 0;
    virtual void on_payloader_created(const std::string& session, GstElement* payloader) = 0;
    virtual void on_encoding_failed(const Codec& codec, const std::string& message) = 0;
    virtual void on_encoder_replaced(const Codec& codec, const std::string& message) = 0;
    virtual Ref<GstContext> find_context(const char* type) = 0;
    virtual void on_context_made(const Ref<GstContext>& context) = 0;

   protected:
    ~Listener() = default;
  };

  struct Settings {
    std::string pad;
    const Codec* codec = nullptr;
    bool encoded = false;                                       // the input is of the codec already
    std::string session;                                        // whose joining started it
    unsigned bitrate = 0;                                       // bit/s
    EncoderWatch::Duration patience = EncoderWatch::kPatience;  // with an encoder that is silent
    std::shared_ptr<EncoderCatalogue> catalogue;
    std::shared_ptr<FailedEncoders> failed;
    std::shared_ptr<EncodingTotals> totals = std::make_shared<EncodingTotals>();
    std::shared_ptr<SerialQueue> queue;  // what runs on it runs after its predecessor has stopped
  };

  static std::shared_ptr<Encoding> create(Settings settings, std::weak_ptr<Listener> listener);
  ~Encoding();

  // Starts the pipeline for input of `caps`, unless it runs.
  void start(const Ref<GstCaps>& caps, const Ref<GstClock>& clock);
  // Stops the pipeline. Viewers stay, and start() serves them again.
  void stop();

  void push(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer);
  // Encoded input has lost some: what follows is of no use ahead of a key frame, which is asked
  // for.
  void skip_to_key_frame();
  void set_bitrate(unsigned bits_per_second);

  const Codec& codec() const { return *settings_.codec; }
  bool encoded() const { return settings_.encoded; }
  FanOut& fan_out() { return *fan_out_; }
  bool is_running() const;
  std::string encoder_name() const;  // factory name; empty for encoded input, or before it runs
  // The elements by which pictures come out of a GPU's memory; empty where they need not.
  std::string download() const;

 private:
  enum class State { kStopped, kStarting, kRunning, kFailed };
  struct Pending {
    Ref<GstCaps> caps;
    Ref<GstBuffer> buffer;
  };
  using PipelinePtr = std::shared_ptr<EncodingPipeline>;

  Encoding(Settings settings, std::weak_ptr<Listener> listener);

  void on_frame(const RtpFramePtr& frame) override;
  void on_payload_caps(const Ref<GstCaps>& encoded, const Ref<GstCaps>& rtp) override;
  void on_pipeline_error(unsigned serial, const std::string& message) override;
  Ref<GstContext> find_context(const char* type) override;
  void on_context_made(const Ref<GstContext>& context) override;
  void on_key_frame_wanted() override;

  void post(void (Encoding::*task)());
  void bring_up();
  void follow_bitrate();
  void recover(unsigned serial, const std::string& message);
  bool hand_over(const PipelinePtr& pipeline);
  PipelinePtr make_pipeline(std::string* failures);
  PipelinePtr try_start(const EncoderCatalogue::Choice& choice, std::string* failures);
  void tell_download(const EncoderCatalogue::Choice& choice);
  void give_up(const std::string& message);
  bool may_restart_parser();

  bool skips(const Ref<GstBuffer>& buffer);                                   // with mutex_ held
  void keep_pending(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer);  // with mutex_ held

  const Settings settings_;
  const std::weak_ptr<Listener> listener_;
  std::unique_ptr<FanOut> fan_out_;

  mutable std::mutex mutex_;
  State state_ = State::kStopped;   // guarded by mutex_
  Ref<GstCaps> caps_;               // guarded by mutex_: of the latest input
  Ref<GstClock> clock_;             // guarded by mutex_
  PipelinePtr pipeline_;            // guarded by mutex_
  std::deque<Pending> pending_;     // guarded by mutex_: what came while the pipeline starts
  gsize pending_bytes_ = 0;         // guarded by mutex_
  bool skip_to_key_frame_ = false;  // guarded by mutex_: encoded input that lost a frame
  unsigned bitrate_;                // guarded by mutex_
  unsigned serial_ = 0;             // guarded by mutex_: of the newest pipeline

  std::deque<std::chrono::steady_clock::time_point> restarts_;  // worker
  std::string replaced_because_;                                // worker
};

}  // namespace webrtcserver
