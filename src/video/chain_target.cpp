// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/chain_target.hpp"

#include <gst/app/gstappsrc.h>
#include <gst/video/video-event.h>

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/context_messages.hpp"
#include "video/device_pictures.hpp"
#include "video/targets.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())

namespace webrtcserver {

namespace {

constexpr guint64 kRawFrames = 3;                     // more is delay, and megabytes each
constexpr guint64 kEncodedBytes = guint64{32} << 20;  // of a stream, whatever its bitrate
constexpr guint64 kEncodedFrames = 250;

bool is_raw(const GstCaps* caps) {
  return g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), "video/x-raw");
}

std::string size_of(const GstCaps* caps) {
  int width = 0;
  int height = 0;
  const GstStructure* fields = gst_caps_get_structure(caps, 0);
  gst_structure_get_int(fields, "width", &width);
  gst_structure_get_int(fields, "height", &height);
  return width > 0 && height > 0 ? std::to_string(width) + "×" + std::to_string(height) : "";
}

}  // namespace

ChainTarget::ChainTarget(Plan plan, std::weak_ptr<Listener> listener)
    : plan_(std::move(plan)), listener_(std::move(listener)) {}

ChainTarget::~ChainTarget() {
  stop();
}

// ---- life

void ChainTarget::open() {
  if (plan_.early) build(nullptr);
}

void ChainTarget::begin(const OutputCodec* codec) {
  if (begun_ && codec != codec_ && !plan_.early) {
    throw Error(ErrorCode::kNoCommonCodec, name_of(plan_.location) + " has begun with " +
                                               std::string(codec_ ? codec_->name : "raw video") +
                                               " and cannot go on with " +
                                               (codec ? codec->name : "raw video") + ".");
  }
  if (!begun_ && !plan_.early) build(codec);
  begun_ = true;
  codec_ = codec;
  needs_key_frame_ = codec != nullptr;
}

void ChainTarget::build(const OutputCodec* codec) {
  auto chain = std::make_shared<ElementChain>("output");
  GstElement* input = chain->add("appsrc", "input");
  g_object_set(input, "format", GST_FORMAT_TIME, "is-live", plan_.wait ? FALSE : TRUE, "block",
               plan_.wait ? TRUE : FALSE, "max-bytes", guint64{0}, "max-time", guint64{0},
               "max-buffers", kRawFrames, "min-latency", gint64{0}, nullptr);
  GstElement* output = nullptr;
  try {
    output = plan_.build(*chain, codec);
  } catch (const Error& error) {
    throw Error(error.code(), name_of(plan_.location) + ": " + error.what());
  }
  {
    const std::scoped_lock lock(mutex_);
    chain_ = chain;
    input_ = Ref<GstElement>::retain(input);
    output_ = Ref<GstElement>::retain(output);
  }
  watch_input();
  count_output();
  chain->watch([this](GstMessage* message) { on_message(message); });
  starting_ = true;
  const bool started = chain->start(nullptr);
  starting_ = false;
  std::string error;
  {
    const std::scoped_lock lock(mutex_);
    error = error_;
  }
  if (started && error.empty()) return;
  failed_ = true;
  stop();
  throw Error(ErrorCode::kFailed, name_of(plan_.location) + " cannot be opened: " +
                                      (error.empty() ? "an element does not start" : error));
}

void ChainTarget::watch_input() {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(input_.get(), "src"));
  if (plan_.format->takes_raw) wait_for_device(pad.get());
  // The callbacks get `this`: they run on threads of the chain, which have ended when stop()
  // returns.
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_UPSTREAM),
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        return guard("a target's input", GST_PAD_PROBE_OK, [&] {
          auto* self = static_cast<ChainTarget*>(data);
          if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
            ++self->passed_;
            return GST_PAD_PROBE_OK;
          }
          if (!gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
            return GST_PAD_PROBE_OK;
          // Dropped here it counts as heard. An appsrc, which hears nothing, lets whoever asks look
          // for another way.
          const auto listener = self->listener_.lock();
          return listener && listener->on_key_frame_wanted(*self) ? GST_PAD_PROBE_DROP
                                                                  : GST_PAD_PROBE_OK;
        });
      },
      this, nullptr);
}

void ChainTarget::count_output() {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(output_.get(), "sink"));
  if (!pad) return;  // webrtcsink's are requested, and it has statistics of its own
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        auto& bytes = static_cast<ChainTarget*>(data)->bytes_;
        if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
          bytes += gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info));
        } else {
          bytes += gst_buffer_list_calculate_size(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
        }
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
}

void ChainTarget::finish() {
  if (finished_.exchange(true)) return;
  Ref<GstElement> input;
  {
    const std::scoped_lock lock(mutex_);
    if (chain_) input = input_;
  }
  // Nothing has been pushed: muxers have nothing to end, and a sink that waits for its first frame
  // tells of no end.
  if (input && pushed_ > 0 && !failed_) {
    gst_app_src_end_of_stream(GST_APP_SRC(input.get()));
  } else {
    end();
  }
}

void ChainTarget::give_up(const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (last_words_.empty()) last_words_ = message;
  }
  finish();
}

void ChainTarget::stop() {
  std::shared_ptr<ElementChain> chain;
  {
    const std::scoped_lock lock(mutex_);
    chain = std::exchange(chain_, nullptr);
  }
  if (chain) chain->stop();
}

// ---- frames

void ChainTarget::push(const VideoFrame& frame) {
  if (failed_ || finished_) return;
  Ref<GstElement> input;
  std::shared_ptr<ElementChain> chain;
  {
    const std::scoped_lock lock(mutex_);
    if (!chain_) return;
    chain = chain_;
    input = input_;
  }
  if (!(caps_ == frame.caps)) {
    if (!fits(frame)) return;
    if (!caps_ || !gst_caps_is_equal(caps_.get(), frame.caps.get())) {
      encoded_ = !is_raw(frame.caps.get());
      // Old frames give way to new ones where frames know nothing of each other.
      g_object_set(input.get(), "leaky-type",
                   plan_.wait || encoded_ ? GST_APP_LEAKY_TYPE_NONE : GST_APP_LEAKY_TYPE_DOWNSTREAM,
                   "max-buffers", encoded_ && !plan_.wait ? guint64{0} : kRawFrames, nullptr);
      if (!encoded_) share_device(chain->pipeline(), frame.buffer.get(), plan_.contexts.get());
      gst_app_src_set_caps(GST_APP_SRC(input.get()), frame.caps.get());
    }
    caps_ = frame.caps;
  }
  if (encoded_ && !has_room(frame)) return;
  ++pushed_;
  // Not checked: a chain that has failed tells by its bus, and one that is stopped by whom it was.
  gst_app_src_push_buffer(GST_APP_SRC(input.get()), retimed(frame).release());
}

// Encoded frames build on each other: where one is dropped, all are up to the next key frame.
bool ChainTarget::has_room(const VideoFrame& frame) {
  const bool key = !GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  auto* input = GST_APP_SRC(input_.get());
  const bool full = !plan_.wait && (gst_app_src_get_current_level_bytes(input) > kEncodedBytes ||
                                    gst_app_src_get_current_level_buffers(input) > kEncodedFrames);
  if (!full && (key || !needs_key_frame_)) {
    needs_key_frame_ = false;
    return true;
  }
  const bool asks = !std::exchange(needs_key_frame_, true);
  // What comes ahead of the first key frame was never promised to anybody.
  if (pushed_ > 0) ++dropped_;
  if (const auto listener = asks ? listener_.lock() : nullptr) listener->on_key_frame_wanted(*this);
  return false;
}

// A file has one size. What was written of the first stays, and plays.
bool ChainTarget::fits(const VideoFrame& frame) {
  if (!caps_ || !plan_.format->one_size || is_raw(frame.caps.get())) return true;
  const std::string was = size_of(caps_.get());
  const std::string is = size_of(frame.caps.get());
  if (was == is || was.empty() || is.empty()) return true;
  {
    const std::scoped_lock lock(mutex_);
    last_words_ = "The encoded video has changed its size from " + was + " to " + is + ", which " +
                  plan_.format->words + " cannot follow. What came before is kept.";
  }
  finish();
  return false;
}

Ref<GstBuffer> ChainTarget::retimed(const VideoFrame& frame) {
  if (!plan_.from_zero) return frame.buffer;
  const GstClockTime dts = GST_BUFFER_DTS(frame.buffer.get());
  const GstClockTime pts = GST_BUFFER_PTS(frame.buffer.get());
  if (!GST_CLOCK_TIME_IS_VALID(first_)) first_ = GST_CLOCK_TIME_IS_VALID(dts) ? dts : pts;
  auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(frame.buffer.get()));  // memory is shared
  if (GST_CLOCK_TIME_IS_VALID(pts)) GST_BUFFER_PTS(copy.get()) = pts > first_ ? pts - first_ : 0;
  if (GST_CLOCK_TIME_IS_VALID(dts)) GST_BUFFER_DTS(copy.get()) = dts > first_ ? dts - first_ : 0;
  return copy;
}

// ---- what the chain tells

void ChainTarget::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      fail(describe_error(message));
      break;
    case GST_MESSAGE_WARNING:
      GST_WARNING("%s: %s", name_of(plan_.location).c_str(), describe_error(message).c_str());
      break;
    case GST_MESSAGE_EOS:
      end();
      break;
    default:
      exchange_context(message, std::weak_ptr(plan_.contexts));
      break;
  }
}

void ChainTarget::fail(const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (error_.empty()) error_ = message;
  }
  if (starting_ || failed_.exchange(true)) return;
  if (const auto listener = listener_.lock()) listener->on_target_failed(*this, message);
}

void ChainTarget::end() {
  std::string last_words;
  {
    const std::scoped_lock lock(mutex_);
    last_words = last_words_;
  }
  if (!last_words.empty()) {
    fail(last_words);
  } else if (const auto listener = listener_.lock()) {
    listener->on_target_ended(*this);
  }
}

// ---- what is known of it

std::string ChainTarget::uri() const {
  const auto output = element();
  return output && plan_.uri ? plan_.uri(output.get()) : plan_.location.text;
}

Target::Numbers ChainTarget::numbers() const {
  Numbers numbers;
  numbers.frames = passed_;
  numbers.bytes = bytes_;
  const std::scoped_lock lock(mutex_);
  // Two may be on their way in and out of the queue, which are not to be taken for lost.
  const std::uint64_t waiting =
      chain_ ? gst_app_src_get_current_level_buffers(GST_APP_SRC(input_.get())) + 2 : 0;
  const std::uint64_t pushed = pushed_;
  numbers.dropped = dropped_;
  if (!plan_.wait && pushed > numbers.frames + waiting)
    numbers.dropped += pushed - numbers.frames - waiting;
  return numbers;
}

Ref<GstElement> ChainTarget::element() const {
  const std::scoped_lock lock(mutex_);
  return output_;
}

}  // namespace webrtcserver
