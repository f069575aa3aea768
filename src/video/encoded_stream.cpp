// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/encoded_stream.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/context_messages.hpp"
#include "codec/encoder_setup.hpp"
#include "codec/front_end.hpp"
#include "codec/plain_lines.hpp"
#include "codec/property_settings.hpp"
#include "codec/retime.hpp"
#include "video/device_pictures.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())

namespace webrtcserver {

namespace {

constexpr guint64 kMaxFrames = 3;          // raw, ahead of an encoder: more is delay
constexpr guint64 kMaxPatientFrames = 15;  // of files: what a busy machine may be behind
constexpr guint64 kMaxPatientBytes = guint64{64} << 20;  // the same, where pictures are large
constexpr guint64 kMaxEncodedFrames = 250;               // ahead of a parser, which takes no time
constexpr std::chrono::seconds kLongestDrain{5};         // of an encoder that gives way to another
constexpr GstClockTime kKeyFrameInterval = 2 * GST_SECOND;  // files can be sought, listeners join

// What is fitted with borders has its regions elsewhere.
bool is_of_one_size(const GstCaps* one, const GstCaps* other) {
  const GstStructure* first = gst_caps_get_structure(one, 0);
  const GstStructure* second = gst_caps_get_structure(other, 0);
  for (const char* field : {"width", "height"}) {
    const GValue* a = gst_structure_get_value(first, field);
    const GValue* b = gst_structure_get_value(second, field);
    if (a && b && gst_value_compare(a, b) != GST_VALUE_EQUAL) return false;
  }
  return true;
}

GstClockTime running_time(const GstSegment* segment, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return time;
  guint64 running = 0;
  // What lies ahead of the segment has a negative time; there is none of it on a clock.
  return gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &running) > 0
             ? running
             : GST_CLOCK_TIME_NONE;
}

}  // namespace

struct EncodedStream::Work {
  explicit Work(const std::string& name) : chain(name) {}

  ElementChain chain;
  GstElement* input = nullptr;    // owned by the chain
  GstElement* encoder = nullptr;  // owned by the chain; null: none
  const Encoder* row = nullptr;
  std::atomic_flag asking = ATOMIC_FLAG_INIT;  // the encoder for a key frame
  // Of the stream: callbacks outlive no stop() of the chain, and the stream may.
  std::weak_ptr<EncodedStream> owner;
};

std::shared_ptr<EncodedStream> EncodedStream::create(Plan plan,
                                                     std::vector<std::shared_ptr<Target>> targets,
                                                     std::weak_ptr<Listener> listener) {
  return std::shared_ptr<EncodedStream>(
      new EncodedStream(std::move(plan), std::move(targets), std::move(listener)));
}

EncodedStream::EncodedStream(Plan plan, std::vector<std::shared_ptr<Target>> targets,
                             std::weak_ptr<Listener> listener)
    : plan_(std::move(plan)), listener_(std::move(listener)), targets_(std::move(targets)) {}

EncodedStream::~EncodedStream() {
  stop();
}

// ---- the pipeline

std::string EncodedStream::front_end(const EncoderCatalogue::Choice& choice,
                                     const GstCaps* caps) const {
  if (!plan_.one_size || !is_in_system_memory(caps)) return front_end_for(choice, caps);
  // Everything is fitted into the size of the first, which this encoder can do.
  auto fitted = Ref<GstCaps>::adopt(gst_caps_copy(first_caps_.get()));
  gst_caps_set_features(fitted.get(), 0, nullptr);  // the first may have been on a device
  int width = 0;
  int height = 0;
  GstStructure* fields = gst_caps_get_structure(fitted.get(), 0);
  gst_structure_get_int(fields, "width", &width);
  gst_structure_get_int(fields, "height", &height);
  if (choice.encoder->even_size && width > 1 && height > 1) {
    width -= width % 2;
    height -= height % 2;
    gst_structure_set(fields, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, nullptr);
  }
  return "videoconvert ! videoscale add-borders=true ! capsfilter caps=\"video/x-raw,width=" +
         std::to_string(width) + ",height=" + std::to_string(height) +
         ",pixel-aspect-ratio=1/1\" ! " + front_end_for(choice, fitted.get());
}

std::shared_ptr<EncodedStream::Work> EncodedStream::build(const EncoderCatalogue::Choice& choice,
                                                          const std::string& front_end,
                                                          const VideoFrame& frame) {
  auto work = std::make_shared<Work>(std::string("encoding ") + plan_.codec->name);
  work->owner = weak_from_this();
  ElementChain& chain = work->chain;
  work->input = chain.add("appsrc", "input");
  const bool deep = plan_.patient && !plan_.passes && !plan_.wait;
  g_object_set(work->input, "caps", frame.caps.get(), "format", GST_FORMAT_TIME, "is-live",
               plan_.wait ? FALSE : TRUE, "block", plan_.wait ? TRUE : FALSE, "max-bytes",
               deep ? kMaxPatientBytes : 0, "max-time", guint64{0}, "max-buffers",
               plan_.passes ? kMaxEncodedFrames
               : deep       ? kMaxPatientFrames
                            : kMaxFrames,
               "leaky-type",
               plan_.wait || plan_.passes ? GST_APP_LEAKY_TYPE_NONE : GST_APP_LEAKY_TYPE_DOWNSTREAM,
               "min-latency", gint64{0}, nullptr);
  if (const Encoder* row = choice.encoder) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(work->input, "src"));
    wait_for_device(pad.get());
    keep_lines_plain(pad.get());
    chain.add_description(front_end, "converter");
    work->row = row;
    work->encoder = chain.add(row->factory, "encoder");
    configure_encoder(work->encoder, *row);
    set_encoder_bitrate(work->encoder, *row, plan_.bitrate);
    if (row->output_filter) {
      chain.add_filter(Ref<GstCaps>::adopt(gst_caps_from_string(row->output_filter)), "profile");
    }
  }
  if (plan_.codec->parser) {
    // The parameter sets go with every key frame, since any may be a listener's first.
    constexpr PropertySetting kParameterSets{"config-interval", "-1"};
    apply_settings(chain.add(plan_.codec->parser, "parser"), {&kParameterSets, 1});
    chain.add_filter(Ref<GstCaps>::adopt(gst_caps_from_string(plan_.codec->stream_caps)), "form");
  }
  GstElement* output = chain.add("appsink", "output");
  g_object_set(output, "sync", FALSE, "async", FALSE, "qos", FALSE, "max-buffers", 1U,
               "enable-last-sample", FALSE, "wait-on-eos", FALSE, nullptr);
  connect(work);
  share_device(chain.pipeline(), frame.buffer.get(), plan_.contexts.get());
  if (!chain.start(nullptr)) {
    const std::scoped_lock lock(mutex_);
    throw Error(ErrorCode::kNoEncoder,
                error_.empty() ? std::string("an element does not start") : error_);
  }
  return work;
}

void EncodedStream::connect(const std::shared_ptr<Work>& work) {
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer data) {
    return guard("an encoded frame", GST_FLOW_ERROR, [&] {
      const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(appsink));
      if (!sample) return GST_FLOW_EOS;
      if (const auto owner = static_cast<Work*>(data)->owner.lock()) owner->deliver(sample.get());
      return GST_FLOW_OK;
    });
  };
  callbacks.eos = [](GstAppSink* /*appsink*/, gpointer data) {
    guard("the end of an encoding", [&] {
      if (const auto owner = static_cast<Work*>(data)->owner.lock()) owner->on_end();
    });
  };
  const auto output =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(work->chain.pipeline()), "output"));
  gst_app_sink_set_callbacks(GST_APP_SINK(output.get()), &callbacks, work.get(), nullptr);

  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(work->input, "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* /*pad*/, GstPadProbeInfo* /*info*/, gpointer data) {
        if (const auto owner = static_cast<Work*>(data)->owner.lock()) ++owner->passed_;
        return GST_PAD_PROBE_OK;
      },
      work.get(), nullptr);
  work->chain.watch(
      [weak = std::weak_ptr<Work>(work), owner = weak_from_this()](GstMessage* message) {
        if (const auto self = owner.lock()) self->on_message(weak, message);
      });
}

void EncodedStream::on_message(const std::weak_ptr<Work>& from, GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR)
    return exchange_context(message, std::weak_ptr(plan_.contexts));
  {
    const std::scoped_lock lock(mutex_);
    error_ = describe_error(message);
  }
  broken_ = true;
  end_drain();
  if (finishing_) end_targets();
  // Whoever waits for room in it is let go. Not here: this is one of its threads.
  queue_->post([from] {
    if (const auto work = from.lock()) work->chain.stop();
  });
}

void EncodedStream::replace(std::shared_ptr<Work> work) {
  {
    const std::scoped_lock lock(mutex_);
    std::swap(work_, work);
  }
  if (work) work->chain.stop();
}

std::shared_ptr<EncodedStream::Work> EncodedStream::work() const {
  const std::scoped_lock lock(mutex_);
  return work_;
}

// ---- frames

// Has a pipeline at work that takes the frame.
void EncodedStream::prepare(const VideoFrame& frame) {
  const bool failed = broken_.exchange(false);
  auto current = work();
  if (current && !failed && caps_ == frame.caps) return;
  if (!first_caps_) first_caps_ = frame.caps;
  if (plan_.passes) {
    if (failed) {
      broken_ = true;
      const std::scoped_lock lock(mutex_);
      throw Error(ErrorCode::kFailed, error_);
    }
    if (!current) {
      replace(build({}, "", frame));
    } else if (!gst_caps_is_equal(caps_.get(), frame.caps.get())) {
      gst_app_src_set_caps(GST_APP_SRC(current->input), frame.caps.get());
    }
    caps_ = frame.caps;
    return;
  }

  if (failed && !choices_.empty()) {
    GST_WARNING("%s failed, and the next encoder takes over.", choices_.front().encoder->factory);
    choices_.erase(choices_.begin());
  } else if (!current || (caps_ && front_end(choices_.front(), frame.caps.get()) != front_end_)) {
    choices_ = output_encoders(*plan_.codec, frame.caps.get(), plan_.encoder);
    if (current && plan_.wait && !choices_.empty()) drain_work();
  } else {
    if (caps_ && !gst_caps_is_equal(caps_.get(), frame.caps.get())) {
      if (plan_.one_size)
        GST_WARNING("Pictures of another size or format are fitted to the first.");
      gst_app_src_set_caps(GST_APP_SRC(current->input), frame.caps.get());
    }
    caps_ = frame.caps;
    return;
  }
  std::string reason;
  while (!choices_.empty()) {
    try {
      front_end_ = front_end(choices_.front(), frame.caps.get());
      delivered_ = false;
      auto next = build(choices_.front(), front_end_, frame);
      replace(std::move(next));
      broken_ = false;
      caps_ = frame.caps;
      key_frame_due_ = GST_CLOCK_TIME_NONE;
      return;
    } catch (const Error& error) {
      reason = error.what();
      choices_.erase(choices_.begin());
    }
  }
  // Of what has failed nothing more comes, and drain() is not to wait for it. What has just been
  // tried in vain says nothing of the encoder at work.
  broken_ = failed;
  if (reason.empty()) {
    const std::scoped_lock lock(mutex_);
    reason = error_;
  }
  throw Error(ErrorCode::kNoEncoder, std::string("No encoder of ") + plan_.codec->name + " takes " +
                                         take_string(gst_caps_to_string(frame.caps.get())) +
                                         (reason.empty() ? "." : ": " + reason));
}

// What is in the encoder at work comes out of it ahead of the next one's. With a camera's frames
// nobody waits for that.
void EncodedStream::drain_work() {
  drain_current(std::chrono::steady_clock::now() + kLongestDrain);
  replace(nullptr);
  draining_ = false;
}

void EncodedStream::push(const VideoFrame& frame) {
  {
    const std::scoped_lock lock(mutex_);
    if (targets_.empty()) return;
  }
  if (stopped_) return;
  prepare(frame);
  const auto current = work();
  if (!current) return;
  const GstClockTime pts = GST_BUFFER_PTS(frame.buffer.get());
  if (!plan_.passes && !plan_.codec->every_frame_is_key) {
    // The first is one anyway.
    const bool first = !GST_CLOCK_TIME_IS_VALID(key_frame_due_);
    if (first || (pts >= key_frame_due_ && request_key_frame()))
      key_frame_due_ = pts + kKeyFrameInterval;
  }
  ++pushed_;
  if (!plan_.one_size || is_of_one_size(first_caps_.get(), frame.caps.get()))
    regions_.take(frame.buffer.get());
  // Its own: appsrc marks the first buffer, and would copy the memory of one that others hold.
  gst_app_src_push_buffer(GST_APP_SRC(current->input), shallow_copy(frame.buffer.get()).release());
}

void EncodedStream::deliver(GstSample* sample) {
  GstBuffer* encoded = gst_sample_get_buffer(sample);
  if (!encoded) return;
  delivered_ = true;
  // x264enc's timestamps begin a thousand hours late, and its segment with them.
  const GstSegment* segment = gst_sample_get_segment(sample);
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_copy(encoded));  // memory is shared
  GST_BUFFER_PTS(buffer.get()) = running_time(segment, GST_BUFFER_PTS(encoded));
  GST_BUFFER_DTS(buffer.get()) = running_time(segment, GST_BUFFER_DTS(encoded));
  regions_.give(buffer.get());
  if (plan_.codec->every_frame_is_key)
    GST_BUFFER_FLAG_UNSET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  const VideoFrame frame{Ref<GstCaps>::retain(gst_sample_get_caps(sample)), std::move(buffer)};
  for (const auto& target : targets()) target->push(frame);
}

void EncodedStream::remove(const Target& target) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(targets_, [&](const auto& one) { return one.get() == &target; });
}

bool EncodedStream::request_key_frame() {
  const auto current = work();
  if (!current || !current->encoder) return false;
  // The first frame is one anyway, and nvv4l2's encoders crash when asked before it.
  if (!delivered_) return true;
  // Several targets may ask at once, and one key frame is for all of them.
  if (current->asking.test_and_set()) return true;
  webrtcserver::request_key_frame(current->encoder, *current->row);
  current->asking.clear();
  return true;
}

// ---- the end

void EncodedStream::on_end() {
  if (draining_) {
    end_drain();
  } else if (finishing_) {
    end_targets();
  }
  // Else an encoder has failed: appsrc ends what is behind it then, and the next takes over.
}

void EncodedStream::end_drain() {
  std::shared_ptr<Completion> drained;
  {
    const std::scoped_lock lock(mutex_);
    drained = drained_;
  }
  if (drained) drained->set();
}

void EncodedStream::end_targets() {
  for (const auto& target : targets()) target->finish();
}

void EncodedStream::finish() {
  finishing_ = true;
  const auto current = work();
  if (!current || broken_ || pushed_ == 0) {
    end_targets();
  } else {
    gst_app_src_end_of_stream(GST_APP_SRC(current->input));
  }
}

void EncodedStream::drain(std::chrono::steady_clock::time_point deadline) {
  drain_current(deadline);
  stop();
}

void EncodedStream::drain_current(std::chrono::steady_clock::time_point deadline) {
  draining_ = true;
  const auto drained = std::make_shared<Completion>();
  {
    const std::scoped_lock lock(mutex_);
    drained_ = drained;
  }
  const auto current = work();
  if (current && !broken_ && pushed_ > 0) {
    gst_app_src_end_of_stream(GST_APP_SRC(current->input));
    if (!drained->wait_until(deadline))
      GST_WARNING("An encoder of %s does not end; what it has is lost.", plan_.codec->name);
  }
}

void EncodedStream::stop() {
  stopped_ = true;
  end_drain();
  replace(nullptr);
}

// ---- what is known of it

bool EncodedStream::feeds(const Target& target) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(targets_.begin(), targets_.end(),
                     [&](const auto& one) { return one.get() == &target; });
}

std::vector<std::shared_ptr<Target>> EncodedStream::targets() const {
  const std::scoped_lock lock(mutex_);
  return targets_;
}

std::string EncodedStream::encoder() const {
  const auto current = work();
  return current && current->row ? current->row->factory : "";
}

std::uint64_t EncodedStream::dropped() const {
  if (plan_.wait) return 0;
  const auto current = work();
  const std::uint64_t passed = passed_;
  // Two may be on their way in and out of the queue, which are not to be taken for lost.
  const std::uint64_t waiting =
      current ? gst_app_src_get_current_level_buffers(GST_APP_SRC(current->input)) + 2 : 0;
  const std::uint64_t pushed = pushed_;
  return pushed > passed + waiting ? pushed - passed - waiting : 0;
}

}  // namespace webrtcserver
