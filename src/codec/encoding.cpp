// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "codec/bounded_task.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

using std::chrono::steady_clock;

// While a pipeline starts, raw video waits as its newest frame, raw audio for half a second at 10
// ms a buffer, and encoded input whole: its first frame may be the only key frame for the next ten
// seconds.
constexpr std::size_t kMaxPendingAudio = 50;
constexpr gsize kMaxPendingBytes = 16U << 20U;

// A parser that fails more often than this in the time is fed with something it cannot read.
constexpr std::size_t kMaxRestarts = 3;
constexpr std::chrono::seconds kRestartWindow{10};

FanOut::Options fan_out_options(const Codec& codec, bool encoded) {
  FanOut::Options options;
  options.has_key_frames = codec.kind == MediaKind::kVideo;
  if (encoded) {
    options.source = KeyFrameRequests::Source::kUnknown;
  } else {
    // Our encoder makes a key frame when asked: only a group that has just begun is worth keeping.
    options.cache.duration = std::chrono::nanoseconds(KeyFrameRequests::kInterval).count();
  }
  return options;
}

bool is_delta(const Ref<GstBuffer>& buffer) {
  return GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
}

// A driver that hangs is left to itself, with a thread that it will never give back: the worker has
// other encoders to start.
void stop(const std::shared_ptr<EncodingPipeline>& pipeline) {
  if (!pipeline->plan().choice.encoder) {
    pipeline->stop();
    return;
  }
  if (pipeline->is_silent()) {
    // It has been waited for long enough.
    pipeline->disown();
    run_within({}, [pipeline] { pipeline->stop(); });
    return;
  }
  if (run_within(pipeline->plan().patience, [pipeline] { pipeline->stop(); })) return;
  GST_ERROR("%s: %s does not stop. It is left as it is.", pipeline->plan().name.c_str(),
            pipeline->plan().choice.encoder->factory);
  pipeline->disown();
}

// Throws Error.
void start(const std::shared_ptr<EncodingPipeline>& pipeline) {
  if (!pipeline->plan().choice.encoder) {
    pipeline->start();
    return;
  }
  // Left to itself, it stops when it is destroyed: as soon as it has started.
  if (run_within(EncoderWatch::kToStart * pipeline->plan().patience,
                 [pipeline] { pipeline->start(); }))
    return;
  pipeline->disown();
  throw Error(ErrorCode::kNoEncoder, "it does not answer.");
}

// A task for the worker.
std::function<void()> end_of(std::shared_ptr<EncodingPipeline> pipeline) {
  return [pipeline = std::move(pipeline)]() mutable {
    stop(pipeline);
    pipeline.reset();
    return_free_memory();
  };
}

}  // namespace

std::shared_ptr<Encoding> Encoding::create(Settings settings, std::weak_ptr<Listener> listener) {
  const bool encoded = settings.encoded;
  const Codec& codec = *settings.codec;
  std::shared_ptr<Encoding> encoding(
      new Encoding(std::move(settings), std::move(listener)));  // NOLINT: private.
  encoding->fan_out_ = std::make_unique<FanOut>(fan_out_options(codec, encoded), encoding);
  return encoding;
}

Encoding::Encoding(Settings settings, std::weak_ptr<Listener> listener)
    : settings_(std::move(settings)), listener_(std::move(listener)), bitrate_(settings_.bitrate) {}

Encoding::~Encoding() {
  // The last reference may go on any thread, even a streaming one; stopping is for the worker.
  if (pipeline_) {
    settings_.queue->post(end_of(std::move(pipeline_)));
  }
}

// ---- control

void Encoding::post(void (Encoding::*task)()) {
  settings_.queue->post([self = shared_from_this(), task] { (self.get()->*task)(); });
}

void Encoding::start(const Ref<GstCaps>& caps, const Ref<GstClock>& clock) {
  {
    const std::scoped_lock lock(mutex_);
    clock_ = clock;
    if (state_ == State::kStarting || state_ == State::kRunning) return;
    caps_ = caps;
    state_ = State::kStarting;
    skip_to_key_frame_ = false;
  }
  post(&Encoding::bring_up);
}

void Encoding::stop() {
  std::deque<Pending> dropped;
  PipelinePtr pipeline;
  {
    const std::scoped_lock lock(mutex_);
    state_ = State::kStopped;
    pipeline = std::move(pipeline_);
    dropped.swap(pending_);
    pending_bytes_ = 0;
  }
  fan_out_->restart();
  if (pipeline) settings_.queue->post(end_of(std::move(pipeline)));
}

void Encoding::skip_to_key_frame() {
  {
    const std::scoped_lock lock(mutex_);
    skip_to_key_frame_ = true;
  }
  fan_out_->request_key_frame();
}

void Encoding::set_bitrate(unsigned bits_per_second) {
  {
    const std::scoped_lock lock(mutex_);
    if (bitrate_ == bits_per_second) return;
    bitrate_ = bits_per_second;
  }
  // Setting an encoder's property may wait for the frame it is at.
  post(&Encoding::follow_bitrate);
}

bool Encoding::is_running() const {
  const std::scoped_lock lock(mutex_);
  return state_ == State::kStarting || state_ == State::kRunning;
}

std::string Encoding::encoder_name() const {
  const std::scoped_lock lock(mutex_);
  const Encoder* encoder = pipeline_ ? pipeline_->plan().choice.encoder : nullptr;
  return encoder ? encoder->factory : "";
}

std::string Encoding::download() const {
  const std::scoped_lock lock(mutex_);
  const EncoderInput* input = pipeline_ ? pipeline_->plan().choice.input : nullptr;
  return input && input->download ? input->download : "";
}

// ---- input

void Encoding::push(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer) {
  fan_out_->poll();  // so that a key frame that is due can be this one
  PipelinePtr pipeline;
  bool rebuild = false;
  bool lost = false;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ == State::kStopped || state_ == State::kFailed) return;
    if (state_ == State::kRunning && !(caps == caps_) && !pipeline_->accepts(caps.get())) {
      state_ = State::kStarting;
      rebuild = true;
    }
    caps_ = caps;
    const bool was_skipping = skip_to_key_frame_;
    const bool skip = settings_.encoded && skips(buffer);
    lost = skip && !was_skipping;
    if (!skip && state_ == State::kStarting) keep_pending(caps, buffer);
    if (!skip && state_ == State::kRunning) pipeline = pipeline_;
  }
  if (rebuild) post(&Encoding::bring_up);
  if (lost) {
    GST_WARNING(
        "%s, %s: the input is faster than it can be packetised; skipping to the next key frame.",
        settings_.pad.c_str(), codec().name);
    fan_out_->request_key_frame();
  }
  if (pipeline) pipeline->push(caps, buffer);
}

bool Encoding::skips(const Ref<GstBuffer>& buffer) {
  if (state_ == State::kRunning ? pipeline_->is_full() : pending_bytes_ > kMaxPendingBytes) {
    skip_to_key_frame_ = true;
  } else if (skip_to_key_frame_ && !is_delta(buffer)) {
    skip_to_key_frame_ = false;
  }
  return skip_to_key_frame_;
}

void Encoding::keep_pending(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer) {
  if (!settings_.encoded) {
    const std::size_t most = codec().kind == MediaKind::kVideo ? 1 : kMaxPendingAudio;
    if (!pending_.empty() && !(pending_.back().caps == caps)) pending_.clear();
    while (pending_.size() >= most) pending_.pop_front();
  }
  pending_.push_back({caps, buffer});
  pending_bytes_ += gst_buffer_get_size(buffer.get());
}

// ---- the worker

void Encoding::bring_up() {
  PipelinePtr old;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return;
    old = std::move(pipeline_);
  }
  if (old) webrtcserver::stop(old);
  // Until its stop, the old pipeline may have delivered frames that the new one's do not continue.
  fan_out_->restart();

  std::string failures;
  while (const PipelinePtr pipeline = make_pipeline(&failures)) {
    if (!hand_over(pipeline)) {
      webrtcserver::stop(pipeline);
      const std::scoped_lock lock(mutex_);
      if (state_ != State::kStarting) return;
      continue;  // the input's caps have changed meanwhile
    }
    if (!replaced_because_.empty()) {
      const std::string message = std::exchange(replaced_because_, "");
      if (const auto listener = listener_.lock()) listener->on_encoder_replaced(codec(), message);
    }
    return;
  }
  give_up(replaced_because_.empty() ? failures : replaced_because_ + " " + failures);
}

void Encoding::follow_bitrate() {
  PipelinePtr pipeline;
  unsigned bitrate = 0;
  bool restart = false;
  {
    const std::scoped_lock lock(mutex_);
    // A pipeline that is being built gets the new one anyway, or is told behind this.
    if (state_ != State::kRunning) return;
    pipeline = pipeline_;
    bitrate = bitrate_;
    const Encoder* encoder = pipeline->plan().choice.encoder;
    restart = encoder && encoder->bitrate_change == BitrateChange::kRestart &&
              pipeline->plan().bitrate != bitrate;
    if (restart) state_ = State::kStarting;
  }
  if (restart) {
    bring_up();
  } else {
    pipeline->set_bitrate(bitrate);
  }
}

Encoding::PipelinePtr Encoding::make_pipeline(std::string* failures) {
  if (settings_.encoded) return try_start({}, failures);
  Ref<GstCaps> caps;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return nullptr;
    caps = caps_;
  }
  for (const auto& choice : settings_.catalogue->choices(codec(), caps.get())) {
    if (settings_.failed->contains(choice.encoder, steady_clock::now())) continue;
    if (PipelinePtr pipeline = try_start(choice, failures)) return pipeline;
    settings_.failed->note(choice.encoder, steady_clock::now());
  }
  return nullptr;
}

Encoding::PipelinePtr Encoding::try_start(const EncoderCatalogue::Choice& choice,
                                          std::string* failures) {
  EncodingPipeline::Plan plan;
  plan.name = "encoding-" + settings_.pad + "-" + codec().name;
  plan.codec = settings_.codec;
  plan.choice = choice;
  {
    const std::scoped_lock lock(mutex_);
    plan.caps = settings_.encoded && !pending_.empty() ? pending_.front().caps : caps_;
    plan.clock = clock_;
    plan.bitrate = bitrate_;
    plan.patience = settings_.patience;
    plan.serial = ++serial_;
  }
  plan.on_encoder_created = [weak = listener_, session = settings_.session](GstElement* encoder) {
    if (const auto listener = weak.lock()) listener->on_encoder_created(session, encoder);
  };
  plan.on_payloader_created = [weak = listener_,
                               session = settings_.session](GstElement* payloader) {
    if (const auto listener = weak.lock()) listener->on_payloader_created(session, payloader);
  };
  const char* name = choice.encoder ? choice.encoder->factory : "pass-through";
  try {
    auto pipeline = std::make_shared<EncodingPipeline>(std::move(plan), weak_from_this());
    webrtcserver::start(pipeline);
    GST_INFO("%s: %s by %s.", settings_.pad.c_str(), codec().name, name);
    if (choice.input && choice.input->download) tell_download(choice);
    return pipeline;
  } catch (const Error& error) {
    GST_WARNING("%s: %s by %s does not start: %s", settings_.pad.c_str(), codec().name, name,
                error.what());
    *failures +=
        std::string(failures->empty() ? "" : " ") + name + " does not start: " + error.what();
    return nullptr;
  }
}

void Encoding::tell_download(const EncoderCatalogue::Choice& choice) {
  if (settings_.totals->download_told.exchange(true)) return;
  GST_WARNING(
      "%s: every picture is downloaded from where it lies (%s) for %s, by \"%s\", which costs time "
      "and bandwidth: no encoder of %s that works here takes it there.",
      settings_.pad.c_str(), choice.input->caps, choice.encoder->factory, choice.input->download,
      codec().name);
}

// Gives the pipeline what came while it started; then the streaming thread may push to it. False
// when it is of no use any more.
bool Encoding::hand_over(const PipelinePtr& pipeline) {
  while (true) {
    std::deque<Pending> batch;
    {
      const std::scoped_lock lock(mutex_);
      if (state_ != State::kStarting || !pipeline->accepts(caps_.get())) return false;
      if (pending_.empty()) {
        pipeline_ = pipeline;
        state_ = State::kRunning;
        break;
      }
      batch.swap(pending_);
      pending_bytes_ = 0;
    }
    for (const Pending& item : batch) pipeline->push(item.caps, item.buffer);
  }
  return true;
}

void Encoding::recover(unsigned serial, const std::string& message) {
  PipelinePtr failed;
  {
    const std::scoped_lock lock(mutex_);
    // What a pipeline that has been replaced or stopped still reports is of no interest.
    if (state_ != State::kRunning || pipeline_->plan().serial != serial) return;
    failed = std::move(pipeline_);
    state_ = State::kStarting;
    skip_to_key_frame_ = settings_.encoded;
  }
  webrtcserver::stop(failed);
  const Encoder* encoder = failed->plan().choice.encoder;
  if (!encoder) {
    GST_WARNING("%s: %s", settings_.pad.c_str(), message.c_str());
    if (!may_restart_parser()) {
      give_up(message);
      return;
    }
    fan_out_->request_key_frame();
  } else if (failed->has_delivered() && failed->caps_changed()) {
    // It did well until the caps changed under it: it gets a fresh start with the new ones.
    GST_WARNING("%s: %s did not follow a change of caps and starts anew: %s", settings_.pad.c_str(),
                encoder->factory, message.c_str());
  } else {
    GST_WARNING("%s: %s by %s failed: %s", settings_.pad.c_str(), codec().name, encoder->factory,
                message.c_str());
    settings_.failed->note(encoder, steady_clock::now());
    replaced_because_ = std::string(encoder->factory) + " failed: " + message;
  }
  bring_up();
}

bool Encoding::may_restart_parser() {
  const auto now = steady_clock::now();
  while (!restarts_.empty() && now - restarts_.front() > kRestartWindow) restarts_.pop_front();
  restarts_.push_back(now);
  return restarts_.size() <= kMaxRestarts;
}

void Encoding::give_up(const std::string& message) {
  std::deque<Pending> dropped;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::kStarting) return;
    state_ = State::kFailed;
    dropped.swap(pending_);
    pending_bytes_ = 0;
  }
  replaced_because_.clear();
  const std::string reason =
      message.empty() ? "no encoder for the input is installed or works" : message;
  GST_ERROR("%s: %s cannot be encoded: %s", settings_.pad.c_str(), codec().name, reason.c_str());
  if (const auto listener = listener_.lock()) listener->on_encoding_failed(codec(), reason);
}

// ---- the pipeline's calls

void Encoding::on_frame(const RtpFramePtr& frame) {
  ++settings_.totals->frames;
  if (frame->key_frame) ++settings_.totals->key_frames;
  settings_.totals->bytes += frame->size;
  fan_out_->push(frame);
}

void Encoding::on_payload_caps(const Ref<GstCaps>& encoded, const Ref<GstCaps>& rtp) {
  if (const auto listener = listener_.lock()) listener->on_payload_caps(codec(), encoded, rtp);
}

void Encoding::on_pipeline_error(unsigned serial, const std::string& message) {
  // While the pipeline starts, this runs behind bring_up() and finds the pipeline in place, or
  // gone.
  settings_.queue->post(
      [self = shared_from_this(), serial, message] { self->recover(serial, message); });
}

Ref<GstContext> Encoding::find_context(const char* type) {
  const auto listener = listener_.lock();
  return listener ? listener->find_context(type) : Ref<GstContext>();
}

void Encoding::on_context_made(const Ref<GstContext>& context) {
  if (const auto listener = listener_.lock()) listener->on_context_made(context);
}

void Encoding::on_key_frame_wanted() {
  ++settings_.totals->requested_key_frames;
  if (settings_.encoded) {
    // The event runs through the application's elements, and the caller is a thread of ours.
    settings_.queue->post([weak = listener_] {
      if (const auto listener = weak.lock()) listener->on_upstream_key_frame_wanted();
    });
    return;
  }
  PipelinePtr pipeline;
  {
    const std::scoped_lock lock(mutex_);
    pipeline = pipeline_;
  }
  if (!pipeline) return;
  const Encoder* encoder = pipeline->plan().choice.encoder;
  if (encoder && encoder->key_frame_field) {
    // The request changes the property that the bitrate is in, which is the worker's.
    settings_.queue->post([pipeline] { pipeline->request_key_frame(); });
  } else {
    pipeline->request_key_frame();
  }
}

}  // namespace webrtcserver
