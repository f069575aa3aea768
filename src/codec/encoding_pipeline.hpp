// SPDX-License-Identifier: LGPL-2.1-or-later
// encoding_pipeline.hpp — one GstPipeline that makes RTP of one stream of buffers, with one encoder
// or none:
//   appsrc → converter → encoder → parser → payloader → appsink
// It is an island: it shares nothing with the pipeline the buffers come from but the clock. Its
// base time is zero, so that running time is clock time and survives whatever the parent does.
// Constructed on a worker; started and stopped for one; fed by one thread at a time; the rest from
// any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/ref.hpp"
#include "codec/access_unit_collector.hpp"
#include "codec/encoder_catalogue.hpp"
#include "codec/encoder_watch.hpp"

namespace webrtcserver {

class EncodingPipeline {
 public:
  class Listener {
   public:
    virtual void on_frame(const RtpFramePtr& frame) = 0;  // the pipeline's streaming thread
    // What the payloader gets and what it makes, as caps. The pipeline's streaming thread.
    virtual void on_payload_caps(const Ref<GstCaps>& encoded, const Ref<GstCaps>& rtp) = 0;
    // The first error, on the thread that met it; nothing comes after it. `serial` is the plan's.
    virtual void on_pipeline_error(unsigned serial, const std::string& message) = 0;
    // An element asks for a context (a GPU device, say) that it should share. May be null.
    virtual Ref<GstContext> find_context(const char* type) = 0;
    // An element has made one, having found none.
    virtual void on_context_made(const Ref<GstContext>& context) = 0;

   protected:
    ~Listener() = default;
  };

  struct Plan {
    std::string name;  // of the pipeline
    const Codec* codec = nullptr;
    EncoderCatalogue::Choice choice;  // empty for encoded input
    Ref<GstCaps> caps;                // of the input
    Ref<GstClock> clock;              // null: the system's
    unsigned bitrate = 0;             // bit/s
    // Video whose encoder gives nothing for longer is an error.
    EncoderWatch::Duration patience = EncoderWatch::kPatience;
    unsigned serial = 0;  // tells the errors of one pipeline from those of its successor
    std::function<void(GstElement*)> on_encoder_created;
    std::function<void(GstElement*)> on_payloader_created;
  };

  // Throws Error when an element is missing or does not link.
  EncodingPipeline(Plan plan, std::weak_ptr<Listener> listener);
  ~EncodingPipeline();
  EncodingPipeline(const EncodingPipeline&) = delete;
  EncodingPipeline& operator=(const EncodingPipeline&) = delete;

  void start();  // throws Error
  void stop();   // returns when its threads have ended
  // What it still delivers or reports is dropped: it is left to itself, since it does not end.
  void disown();

  // Whether buffers of `caps` can go in without a rebuild.
  bool accepts(const GstCaps* caps) const;
  // Raw video that waits too long gives way to newer; nothing else is ever dropped here. False: not
  // running.
  bool push(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer);
  bool is_full() const;  // for encoded input, of which nothing may be dropped at random

  void request_key_frame();
  void set_bitrate(unsigned bits_per_second);

  const Plan& plan() const { return plan_; }
  bool has_delivered() const { return delivered_; }
  bool is_silent() const { return silent_; }           // its encoder took frames and gave none
  bool caps_changed() const { return caps_changed_; }  // since it was built

 private:
  void build();
  void add_front_end();
  GstElement* add(const char* factory, const char* name);
  void append(const Ref<GstElement>& element, const char* name);
  void append_filter(const std::string& caps, const char* name);
  void watch();
  void deliver(const RtpFramePtr& frame);
  void fail(const std::string& message);

  GstFlowReturn on_sample(GstElement* appsink);
  void on_payloader_input(GstBuffer* buffer);
  void on_payloader_input_event(GstEvent* event);
  void on_payloader_output_event(GstEvent* event);
  void on_message(GstMessage* message);

  const Plan plan_;
  const std::string front_end_;  // what was built for the plan's caps
  const std::weak_ptr<Listener> listener_;
  AccessUnitCollector collector_;  // streaming thread
  GstSegment segment_;             // streaming thread: of the payloader's input
  Ref<GstCaps> encoded_caps_;      // streaming thread: of the payloader's input

  Ref<GstElement> pipeline_;
  GstElement* last_ = nullptr;       // while building: the end of the chain; owned by pipeline_
  GstElement* input_ = nullptr;      // owned by pipeline_
  GstElement* encoder_ = nullptr;    // owned by pipeline_; null for encoded input
  GstElement* payloader_ = nullptr;  // owned by pipeline_
  GstElement* output_ = nullptr;     // owned by pipeline_
  Ref<GstCaps> caps_;                // of the last push; the feeding thread

  EncoderWatch watch_;
  std::atomic<bool> silent_{false};
  std::atomic<bool> disowned_{false};
  std::atomic<bool> delivered_{false};
  std::atomic<bool> caps_changed_{false};

  std::mutex mutex_;
  std::string error_;  // guarded by mutex_: the first one
};

}  // namespace webrtcserver
