// SPDX-License-Identifier: LGPL-2.1-or-later
// decoding_pipeline.hpp — one private pipeline that makes frames of RTP, with one decoder or none:
//   appsrc → depayloader → parser → decoder → converter → caps → appsink
// Whatever comes in, garbage included, ends here at worst. Constructed, started and stopped on a
// worker; fed by one thread at a time; the rest from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "codec/decoder_catalogue.hpp"
#include "codec/element_chain.hpp"
#include "codec/media_queue.hpp"
#include "codec/packet_sink.hpp"

namespace webrtcserver {

class DecodingPipeline {
 public:
  class Listener {
   public:
    virtual void on_frame(unsigned serial, MediaFrame frame) = 0;  // the pipeline's thread
    // An element misses what the next picture needs; any thread of the pipeline.
    virtual void on_key_frame_missed() = 0;
    // An element asks for a context (a GPU device, say) that it should share; may be null. Or it
    // has made one, having found none.
    virtual Ref<GstContext> find_context(const char* type) = 0;
    virtual void on_context_made(const Ref<GstContext>& context) = 0;
    // The first error, on the thread that met it; nothing comes after it. `serial` is the plan's.
    virtual void on_pipeline_error(unsigned serial, const std::string& message) = 0;

   protected:
    ~Listener() = default;
  };

  struct Plan {
    std::string name;  // of the pipeline
    PacketFormat format;
    DecoderCatalogue::Choice choice;  // empty: the frames stay encoded
    Ref<GstCaps> wanted;              // of what comes out
    Ref<GstClock> clock;              // null: the system's
    unsigned serial = 0;              // tells what one pipeline says from what its successor does
  };

  // Throws Error when an element is missing or does not link.
  DecodingPipeline(Plan plan, std::weak_ptr<Listener> listener);
  ~DecodingPipeline();
  DecodingPipeline(const DecodingPipeline&) = delete;
  DecodingPipeline& operator=(const DecodingPipeline&) = delete;

  void start();  // throws Error
  void stop();   // returns when its threads have ended

  // When too much waits, the oldest packets go: the depayloader sees the hole.
  void push(const Ref<GstBuffer>& packet);
  void lose(const Ref<GstEvent>& event);

  const Plan& plan() const { return plan_; }
  bool has_delivered() const { return delivered_; }

 private:
  void build();
  void hold_holes(GstElement* depayloader);
  void watch();
  void fail(const std::string& message);
  GstFlowReturn on_sample(GstElement* appsink);
  void on_message(GstMessage* message);

  const Plan plan_;
  const std::weak_ptr<Listener> listener_;
  ElementChain chain_;
  GstElement* input_ = nullptr;   // owned by chain_
  GstElement* output_ = nullptr;  // owned by chain_
  Ref<GstPad> taker_;             // the decoder's sink pad; without a decoder, the output's
  std::atomic<bool> delivered_{false};

  std::mutex mutex_;
  std::string error_;  // guarded by mutex_: the first one
};

}  // namespace webrtcserver
