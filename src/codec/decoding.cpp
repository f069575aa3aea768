// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoding.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "codec/bounded_task.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

// What waits while a decoder starts: its first frame may be the only key frame for long.
constexpr gsize kMaxPendingBytes = 4U << 20U;

// Packets without a picture: a key frame was lost (it came before the peer had shown who it is,
// perhaps). Where it goes on, what comes is no picture: Settings::hopeless.
constexpr std::chrono::milliseconds kBlank{500};

constexpr std::chrono::seconds kComplaintInterval{1};
// Garbage may end, and hardware be free again.
constexpr std::chrono::seconds kRetryInterval{1};

Ref<GstCaps> encoded_caps(const Codec& codec) {
  return Ref<GstCaps>::adopt(gst_caps_new_empty_simple(codec.media_type));
}

bool takes_packets_of(const GstCaps* caps, const Codec& codec) {
  const auto rtp = Ref<GstCaps>::adopt(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, to_string(codec.kind), "encoding-name",
      G_TYPE_STRING, codec.name, "clock-rate", G_TYPE_INT, codec.clock_rate, nullptr));
  return gst_caps_can_intersect(caps, rtp.get());
}

}  // namespace

// One publisher's way in.
class Decoding::Source final : public PacketSink {
 public:
  Source(std::weak_ptr<Decoding> decoding, std::function<void()> ask_key_frame)
      : decoding_(std::move(decoding)), ask_key_frame_(std::move(ask_key_frame)) {}

  void ask_key_frame() const { ask_key_frame_(); }

 private:
  void push(const PacketFormat& format, const Ref<GstBuffer>& packet) override {
    if (const auto decoding = decoding_.lock()) decoding->take(this, format, packet);
  }
  void lose(const Ref<GstEvent>& event) override {
    if (const auto decoding = decoding_.lock()) decoding->take_loss(this, event);
  }

  const std::weak_ptr<Decoding> decoding_;
  const std::function<void()> ask_key_frame_;
};

std::shared_ptr<Decoding> Decoding::create(Settings settings, std::weak_ptr<Listener> listener) {
  return std::shared_ptr<Decoding>(
      new Decoding(std::move(settings), std::move(listener)));  // NOLINT: private constructor
}

Decoding::Decoding(Settings settings, std::weak_ptr<Listener> listener)
    : settings_(std::move(settings)),
      listener_(std::move(listener)),
      worker_(SerialQueue::create()),
      queue_(settings_.kind == MediaKind::kVideo ? MediaQueue::kVideo : MediaQueue::kAudio) {}

Decoding::~Decoding() {
  // The last reference may go on any thread, even a streaming one; stopping is for the worker.
  if (pipeline_) worker_->post([pipeline = std::move(pipeline_)] { pipeline->stop(); });
}

// ---- control

void Decoding::set_wanted(Wanted wanted) {
  const std::scoped_lock lock(mutex_);
  const bool same =
      wanted.form == wanted_.form &&
      (wanted.caps == wanted_.caps ||
       (wanted.caps && wanted_.caps && gst_caps_is_equal(wanted.caps.get(), wanted_.caps.get())));
  if (same) return;
  wanted_ = std::move(wanted);
  if (state_ != State::kIdle) restart();
}

Decoding::Wanted Decoding::wanted() const {
  const std::scoped_lock lock(mutex_);
  return wanted_;
}

void Decoding::set_clock(const Ref<GstClock>& clock) {
  const std::scoped_lock lock(mutex_);
  if (clock_ == clock) return;
  clock_ = clock;
  if (state_ != State::kIdle) restart();
}

std::vector<Format> Decoding::formats(const std::vector<const Codec*>& preferred) const {
  Wanted wanted;
  {
    const std::scoped_lock lock(mutex_);
    wanted = wanted_;
  }
  const auto is_taken = [&](const Codec& codec) {
    switch (wanted.form) {
      case Form::kNothing:
        return false;
      case Form::kRaw:
        return can_receive(codec) &&
               !settings_.catalogue->choices(codec, wanted.caps.get()).empty();
      case Form::kEncoded:
        return can_receive(codec) &&
               gst_caps_can_intersect(wanted.caps.get(), encoded_caps(codec).get()) != FALSE;
      case Form::kPackets:
        return takes_packets_of(wanted.caps.get(), codec);
    }
    return false;
  };
  std::vector<Format> formats;
  for (const Codec* codec : preferred) {
    if (codec->kind == settings_.kind && is_taken(*codec))
      formats.push_back({codec, codec->receive_fmtp});
  }
  return formats;
}

std::shared_ptr<PacketSink> Decoding::open(std::function<void()> ask_key_frame) {
  auto source = std::make_shared<Source>(weak_from_this(), std::move(ask_key_frame));
  const std::scoped_lock lock(mutex_);
  source_ = source;
  report_ = {};
  first_frame_ = true;
  fed_since_ = {};
  failed_.clear();
  clear_pending();
  // Nothing of the publisher before may be taken for this one's, a decoder's memory included.
  if (state_ != State::kIdle) restart();
  return source;
}

void Decoding::close(const std::shared_ptr<PacketSink>& sink) {
  PipelinePtr pipeline;
  {
    const std::scoped_lock lock(mutex_);
    if (source_.lock() != sink) return;
    source_.reset();
    state_ = State::kIdle;
    ++serial_;  // what the pipeline still gives before it stops is not the next publisher's
    pipeline = std::move(pipeline_);
    report_.decoder.clear();
    clear_pending();
  }
  if (pipeline)
    worker_->post(
        [self = shared_from_this(), pipeline = std::move(pipeline)] { self->stop(pipeline); });
}

void Decoding::request_key_frame() {
  std::shared_ptr<Source> source;
  {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    if (settings_.kind == MediaKind::kAudio || now - asked_ < kKeyFrameInterval) return;
    asked_ = now;
    source = source_.lock();
  }
  if (source) source->ask_key_frame();
}

Decoding::Report Decoding::report() const {
  const std::scoped_lock lock(mutex_);
  Report report = report_;
  report.dropped_frames = queue_.dropped();
  return report;
}

// ---- input

void Decoding::take(const Source* source, const PacketFormat& format,
                    const Ref<GstBuffer>& packet) {
  PipelinePtr pipeline;
  const auto now = Clock::now();
  bool passes = false;
  {
    const std::scoped_lock lock(mutex_);
    if (source_.lock().get() != source || wanted_.form == Form::kNothing) return;
    ++report_.packets;
    report_.bytes += gst_buffer_get_size(packet.get());
    report_.codec = format.codec;
    const bool changed = format_.codec != format.codec;
    format_ = format;
    if (changed) clear_pending();
    passes = wanted_.form == Form::kPackets;
    if (passes) {
      ++report_.frames;
    } else {
      const bool retries = state_ == State::kFailed && now - failed_at_ >= kRetryInterval;
      if (state_ == State::kIdle || changed || retries) restart();
      if (state_ == State::kStarting) keep_pending(packet);
      if (state_ == State::kRunning) pipeline = pipeline_;
      if (fed_since_ == Clock::time_point{}) fed_since_ = now;
    }
  }
  if (passes) {
    on_frame(0, {packet, format.caps, GST_BUFFER_PTS(packet.get()), true, Succession::kFree});
    return;
  }
  if (pipeline) pipeline->push(packet);
  look_after(now);
}

void Decoding::take_loss(const Source* source, const Ref<GstEvent>& event) {
  PipelinePtr pipeline;
  {
    const std::scoped_lock lock(mutex_);
    if (source_.lock().get() == source && state_ == State::kRunning) pipeline = pipeline_;
  }
  if (pipeline) pipeline->lose(event);
}

void Decoding::keep_pending(const Ref<GstBuffer>& packet) {
  pending_bytes_ += gst_buffer_get_size(packet.get());
  pending_.push_back(packet);
  while (pending_bytes_ > kMaxPendingBytes) {
    pending_bytes_ -= gst_buffer_get_size(pending_.front().get());
    pending_.pop_front();
  }
}

void Decoding::clear_pending() {
  pending_.clear();
  pending_bytes_ = 0;
}

// Whether something comes out of what goes in.
void Decoding::look_after(Clock::time_point now) {
  bool hopeless = false;
  unsigned serial = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (fed_since_ == Clock::time_point{}) return;
    // Not while a decoder starts, which hardware may take its time for.
    hopeless = state_ == State::kRunning && now - fed_since_ >= settings_.hopeless;
    if (!hopeless && now - fed_since_ < kBlank) return;
    if (hopeless) fed_since_ = now;
    serial = serial_;
  }
  request_key_frame();
  if (!hopeless) return;
  const std::string message = settings_.pad + ": packets come, but nothing can be decoded of them.";
  complain(message);
  on_pipeline_error(serial, message);
}

void Decoding::restart() {
  state_ = State::kStarting;
  ++serial_;  // nothing of the pipeline that it has is wanted any more
  worker_->post([self = shared_from_this()] { self->bring_up(); });
}

// ---- the worker

void Decoding::bring_up() {
  PipelinePtr old;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return;
    old = std::move(pipeline_);
    report_.decoder.clear();
    if (wanted_.form == Form::kNothing || wanted_.form == Form::kPackets || !format_.codec) {
      state_ = State::kIdle;
      clear_pending();
    }
  }
  if (old) stop(old);
  std::string failures;
  while (const PipelinePtr pipeline = make_pipeline(&failures)) {
    if (!hand_over(pipeline)) {
      stop(pipeline);
      continue;  // something has changed meanwhile
    }
    if (!replaced_because_.empty()) {
      const std::string message = std::exchange(replaced_because_, "");
      if (const auto listener = listener_.lock()) listener->on_decoder_replaced(message);
    }
    request_key_frame();
    return;
  }
  give_up(replaced_because_.empty() ? failures : replaced_because_ + " " + failures);
}

Decoding::PipelinePtr Decoding::make_pipeline(std::string* failures) {
  Wanted wanted;
  const Codec* codec = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return nullptr;
    wanted = wanted_;
    codec = format_.codec;
  }
  if (wanted.form == Form::kEncoded) return try_start({}, failures);
  for (const auto& choice : settings_.catalogue->choices(*codec, wanted.caps.get())) {
    if (failed_.contains(choice.decoder, Clock::now())) continue;
    if (hangs(choice.decoder)) {
      *failures += std::string(failures->empty() ? "" : " ") + choice.decoder->factory +
                   " has hung, and hangs still.";
      continue;
    }
    if (PipelinePtr pipeline = try_start(choice, failures)) return pipeline;
    failed_.note(choice.decoder, Clock::now());
  }
  return nullptr;
}

Decoding::PipelinePtr Decoding::try_start(const DecoderCatalogue::Choice& choice,
                                          std::string* failures) {
  DecodingPipeline::Plan plan;
  {
    const std::scoped_lock lock(mutex_);
    plan.format = format_;
    plan.clock = clock_;
    plan.wanted = wanted_.caps;
    plan.serial = ++serial_;
  }
  plan.name = "decoding-" + settings_.pad + "-" + plan.format.codec->name;
  plan.choice = choice;
  const char* name = choice.decoder ? choice.decoder->factory : "pass-through";
  try {
    auto pipeline = std::make_shared<DecodingPipeline>(std::move(plan), weak_from_this());
    if (!choice.decoder) {
      pipeline->start();
    } else if (!run_within(3 * settings_.patience, [pipeline] { pipeline->start(); })) {
      // Left to itself, it stops when it is destroyed: as soon as it has started.
      hanging_.emplace_back(choice.decoder, pipeline);
      throw Error(ErrorCode::kNoEncoder, "it does not answer.");
    }
    GST_INFO("%s: %s.", pipeline->plan().name.c_str(), name);
    return pipeline;
  } catch (const Error& error) {
    GST_WARNING("%s: %s does not start: %s", settings_.pad.c_str(), name, error.what());
    *failures +=
        std::string(failures->empty() ? "" : " ") + name + " does not start: " + error.what();
    return nullptr;
  }
}

// A driver that hangs is left to itself, with a thread that it may never give back, and is not
// asked for another until it has. What it still delivers has an old serial number.
void Decoding::stop(const PipelinePtr& pipeline) {
  if (!pipeline->plan().choice.decoder) {
    pipeline->stop();
  } else if (!run_within(settings_.patience, [pipeline] { pipeline->stop(); })) {
    hanging_.emplace_back(pipeline->plan().choice.decoder, pipeline);
    GST_ERROR("%s: %s does not stop. It is left as it is.", pipeline->plan().name.c_str(),
              pipeline->plan().choice.decoder->factory);
  }
}

bool Decoding::hangs(const Decoder* decoder) {
  std::erase_if(hanging_, [](const auto& one) { return one.second.expired(); });
  return std::any_of(hanging_.begin(), hanging_.end(),
                     [decoder](const auto& one) { return one.first == decoder; });
}

// Gives the pipeline what came while it started; then the peer's thread may push to it. False when
// it is of no use any more.
bool Decoding::hand_over(const PipelinePtr& pipeline) {
  while (true) {
    std::deque<Ref<GstBuffer>> batch;
    {
      const std::scoped_lock lock(mutex_);
      const auto& plan = pipeline->plan();
      if (state_ != State::kStarting || plan.serial != serial_ ||
          plan.format.codec != format_.codec || !(plan.wanted == wanted_.caps) ||
          !(plan.clock == clock_))
        return false;
      // Before its first frame comes out.
      if (plan.choice.decoder) report_.decoder = plan.choice.decoder->factory;
      if (pending_.empty()) {
        pipeline_ = pipeline;
        state_ = State::kRunning;
        if (fed_since_ != Clock::time_point{}) fed_since_ = Clock::now();
        return true;
      }
      batch.swap(pending_);
      pending_bytes_ = 0;
    }
    for (const auto& packet : batch) pipeline->push(packet);
  }
}

void Decoding::recover(unsigned serial, const std::string& message) {
  PipelinePtr failed;
  {
    const std::scoped_lock lock(mutex_);
    // What a pipeline that has been replaced or stopped still reports is of no interest.
    if (state_ != State::kRunning || pipeline_->plan().serial != serial) return;
    failed = std::move(pipeline_);
    report_.decoder.clear();
    state_ = State::kStarting;
  }
  stop(failed);
  const Decoder* decoder = failed->plan().choice.decoder;
  GST_WARNING("%s: %s", failed->plan().name.c_str(), message.c_str());
  if (!decoder) {
    complain(message);
  } else if (!failed->has_delivered()) {
    failed_.note(decoder, Clock::now());
    replaced_because_ = std::string(decoder->factory) + " failed: " + message;
  }
  bring_up();
}

void Decoding::give_up(const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return;
    state_ = State::kFailed;
    failed_at_ = Clock::now();
    clear_pending();
  }
  // All have had their chance; the next one is for what comes then.
  failed_.clear();
  replaced_because_.clear();
  complain(message.empty() ? settings_.pad + ": no decoder is installed or works." : message);
}

void Decoding::complain(const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    if (now - complained_ < kComplaintInterval) return;
    complained_ = now;
  }
  if (const auto listener = listener_.lock()) listener->on_bad_media(message);
}

// ---- the pipeline's calls

void Decoding::on_frame(unsigned serial, MediaFrame frame) {
  {
    const std::scoped_lock lock(mutex_);
    if (serial != 0) {
      if (serial != serial_ || !source_.lock()) return;  // of the one before
      ++report_.frames;
      fed_since_ = {};
    }
    if (std::exchange(first_frame_, false)) queue_.clear();
  }
  if (!queue_.push(std::move(frame))) request_key_frame();
}

void Decoding::on_key_frame_missed() {
  request_key_frame();
}

Ref<GstContext> Decoding::find_context(const char* type) {
  const auto listener = listener_.lock();
  return listener ? listener->find_context(type) : Ref<GstContext>();
}

void Decoding::on_context_made(const Ref<GstContext>& context) {
  if (const auto listener = listener_.lock()) listener->on_context_made(context);
}

void Decoding::on_pipeline_error(unsigned serial, const std::string& message) {
  // While the pipeline starts, this runs behind bring_up() and finds the pipeline in place, or
  // gone.
  worker_->post([self = shared_from_this(), serial, message] { self->recover(serial, message); });
}

}  // namespace webrtcserver
