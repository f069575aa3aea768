// SPDX-License-Identifier: LGPL-2.1-or-later
// encoding_set.hpp — everything one sink pad can be watched as: at most one running encoding per
// codec. set_caps(), push() and end() come from the pad's streaming thread and never wait for an
// encoder; the rest may come from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "codec/codec.hpp"
#include "codec/encoding.hpp"
#include "codec/rtp_sink.hpp"

namespace webrtcserver {

class EncodingSet final : public Encoding::Listener,
                          public std::enable_shared_from_this<EncodingSet> {
 public:
  // Called without any lock held, on the thread that caused it.
  class Listener {
   public:
    virtual ~Listener() = default;

    // formats() has changed: caps arrived, or another codec. Streaming thread.
    virtual void on_formats_changed() = 0;
    // Encoded input only: the source upstream should make a key frame.
    virtual void on_upstream_key_frame_wanted() = 0;
    // A new encoder or payloader, before its settings are final: the application may tune it.
    // `session` is the viewer whose joining started the encoding.
    virtual void on_encoder_created(const std::string& session, GstElement* encoder) = 0;
    virtual void on_payloader_created(const std::string& session, GstElement* payloader) = 0;
    // No encoder is left for `codec`; its viewers should be told. `message` says what failed.
    virtual void on_encoding_failed(const Codec& codec, const std::string& message) = 0;
    // An encoder failed at run time and the next of the catalogue took over.
    virtual void on_encoder_replaced(const Codec& codec, const std::string& message) = 0;
    // A context (of a GPU, say) that the encoder should share with the pipeline upstream.
    virtual Ref<GstContext> find_context(const char* /*type*/) { return {}; }
    // One that an element of the encoding has made, having found none: others should share it.
    virtual void on_context_made(const Ref<GstContext>& /*context*/) {}
  };

  struct Settings {
    std::string name;  // of the pad: names the pipelines and log lines
    MediaKind kind = MediaKind::kVideo;
    std::vector<const Codec*> codecs;  // offered for raw input, in order of preference; empty: all
    unsigned bitrate = 2'500'000;      // bit/s, video
    EncoderWatch::Duration patience = EncoderWatch::kPatience;  // with an encoder that is silent
    std::string encoders;  // video: these elements alone, in this order; empty: the best
  };

  // Keeps one encoding running for one viewer; the encoder stops when its last lease goes.
  class Lease {
   public:
    virtual ~Lease() = default;

    // Media starts to flow into `sink`, from a key frame on: the cached group of pictures where the
    // source cannot make one on request, otherwise a requested one. A sink joins once.
    virtual void join(std::shared_ptr<RtpSink> sink) = 0;
    virtual void leave(const RtpSink* sink) = 0;
    virtual void request_key_frame() = 0;
    virtual std::string encoder_name()
        const = 0;  // factory name; empty for encoded input or before it runs
  };

  static std::shared_ptr<EncodingSet> create(
      Settings settings, std::weak_ptr<Listener> listener,
      std::shared_ptr<EncoderCatalogue> catalogue = EncoderCatalogue::system());
  ~EncodingSet();

  // The input's caps: raw or encoded. Throws Error(kNoEncoder) when nothing can carry them.
  void set_caps(const Ref<GstCaps>& caps);
  // `time`: presentation time on the pipeline's clock. The buffer's memory is shared, never copied.
  void push(const Ref<GstBuffer>& buffer, GstClockTime time);
  // The clock of the parent pipeline, which the private pipelines share with base time 0.
  void set_clock(const Ref<GstClock>& clock);
  // No more input: encodings stop. set_caps() starts anew.
  void end();
  // No input for a while: encoders stop, formats and viewers stay.
  void suspend();
  // Encoders that are watched start again, with a key frame.
  void resume();
  // Input is missing here: what is encoded already goes on at a key frame.
  void skip_to_key_frame();

  void set_bitrate(unsigned bits_per_second);  // running encoders follow
  void request_key_frame() const;              // of every encoding that runs

  MediaKind kind() const;
  const std::string& name() const;
  EncoderCatalogue& catalogue() const { return *catalogue_; }
  Ref<GstCaps> caps() const;            // null until set_caps()
  std::vector<Format> formats() const;  // what can be offered now; empty until set_caps()

  // Starts the encoding for `codec` when it does not run. Null when formats() does not have it.
  // Returns at once: the encoder starts on a worker.
  std::unique_ptr<Lease> acquire(const Codec& codec, const std::string& session);

  // For statistics: codec name → encoder factory name, of encodings that run now.
  std::map<std::string, std::string> running() const;
  // Codec name → the elements by which its pictures come out of a GPU's memory, where they have to.
  std::map<std::string, std::string> downloads() const;
  // Of every codec that has been encoded.
  std::map<const Codec*, std::shared_ptr<const EncodingTotals>> totals() const;

 private:
  class EncodingLease;
  struct Active {
    std::shared_ptr<Encoding> encoding;
    int leases = 0;
  };
  using Encodings = std::vector<std::shared_ptr<Encoding>>;

  EncodingSet(Settings settings, std::weak_ptr<Listener> listener,
              std::shared_ptr<EncoderCatalogue> catalogue);

  void on_upstream_key_frame_wanted() override;
  void on_payload_caps(const Codec& codec, const Ref<GstCaps>& encoded,
                       const Ref<GstCaps>& rtp) override;
  void on_encoder_created(const std::string& session, GstElement* encoder) override;
  void on_payloader_created(const std::string& session, GstElement* payloader) override;
  void on_encoding_failed(const Codec& codec, const std::string& message) override;
  void on_encoder_replaced(const Codec& codec, const std::string& message) override;
  Ref<GstContext> find_context(const char* type) override;
  void on_context_made(const Ref<GstContext>& context) override;

  std::vector<Format> raw_formats(const Ref<GstCaps>& caps) const;
  bool has_encoder(const Ref<GstCaps>& raw_caps) const;
  std::string why_not(const Ref<GstCaps>& caps) const;
  void announce();
  bool is_suspended() const;
  // Those that may run now.
  void start(const Encodings& encodings, const Ref<GstCaps>& caps,
             const Ref<GstClock>& clock) const;
  void release(const std::shared_ptr<Encoding>& encoding);
  std::shared_ptr<Encoding> create_encoding(const Codec& codec, bool encoded,
                                            const std::string& session);
  void update_live();  // with mutex_ held

  const Settings settings_;
  const std::weak_ptr<Listener> listener_;
  const std::shared_ptr<EncoderCatalogue> catalogue_;
  const std::shared_ptr<FailedEncoders> failed_;

  mutable std::mutex mutex_;
  Ref<GstCaps> caps_;                         // guarded by mutex_
  Ref<GstClock> clock_;                       // guarded by mutex_
  unsigned bitrate_;                          // guarded by mutex_
  std::map<const Codec*, Active> active_;     // guarded by mutex_
  std::shared_ptr<Encoding> pass_through_;    // guarded by mutex_: for encoded input
  std::vector<Format> pass_through_formats_;  // guarded by mutex_
  std::shared_ptr<const Encodings> live_;     // guarded by mutex_, replaced as a whole
  std::map<const Codec*, std::shared_ptr<SerialQueue>> queues_;     // guarded by mutex_
  std::map<const Codec*, std::shared_ptr<EncodingTotals>> totals_;  // guarded by mutex_
  std::vector<Format> announced_;                                   // guarded by mutex_
  bool suspended_ = false;                                          // guarded by mutex_
};

}  // namespace webrtcserver
