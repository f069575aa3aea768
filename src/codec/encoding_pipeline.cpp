// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding_pipeline.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/log.hpp"
#include "codec/context_messages.hpp"
#include "codec/element_chain.hpp"
#include "codec/encoder_setup.hpp"
#include "codec/front_end.hpp"
#include "codec/plain_lines.hpp"
#include "codec/property_settings.hpp"
#include "codec/retime.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

// An encoder that is late works on the newest frame, with one in reserve.
constexpr guint64 kMaxRawFrames = 2;
constexpr guint64 kMaxRawAudio = 500 * GST_MSECOND;
// A parser and a payloader are never that late; beyond it something is stuck.
constexpr guint64 kMaxEncodedBytes = 16U << 20U;

}  // namespace

EncodingPipeline::EncodingPipeline(Plan plan, std::weak_ptr<Listener> listener)
    : plan_(std::move(plan)),
      front_end_(plan_.choice.encoder ? front_end_for(plan_.choice, plan_.caps.get()) : ""),
      listener_(std::move(listener)),
      collector_(
          plan_.codec->kind, [this](const RtpFramePtr& frame) { deliver(frame); },
          random_access_of(*plan_.codec)),
      pipeline_(Ref<GstElement>::sink(gst_pipeline_new(plan_.name.c_str()))),
      watch_(plan_.patience) {
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
  build();
  watch();
}

EncodingPipeline::~EncodingPipeline() {
  stop();
}

// ---- building

GstElement* EncodingPipeline::add(const char* factory, const char* name) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, name));
  if (!element) {
    throw Error(ErrorCode::kNoEncoder, std::string("The GStreamer element ") + factory +
                                           " cannot be made; install the plugin that has it.");
  }
  append(element, name);
  return element.get();
}

void EncodingPipeline::append(const Ref<GstElement>& element, const char* name) {
  GstElement* raw = element.get();
  gst_bin_add(GST_BIN(pipeline_.get()), raw);
  if (last_ && !gst_element_link(last_, raw)) {
    throw Error(ErrorCode::kNoEncoder,
                plan_.name + ": " + name + " does not link to what is before it.");
  }
  last_ = raw;
}

void EncodingPipeline::append_filter(const std::string& caps, const char* name) {
  GstElement* filter = add("capsfilter", name);
  gst_util_set_object_arg(G_OBJECT(filter), "caps", caps.c_str());
}

void EncodingPipeline::build() {
  const Codec& codec = *plan_.codec;
  const Encoder* encoder = plan_.choice.encoder;

  input_ = add("appsrc", "input");
  g_object_set(input_, "caps", plan_.caps.get(), "format", GST_FORMAT_TIME, "is-live", TRUE,
               "block", FALSE, "do-timestamp", FALSE, "max-bytes", guint64{0}, "max-buffers",
               guint64{0}, "max-time", guint64{0}, "min-latency", gint64{0}, nullptr);
  caps_ = plan_.caps;

  if (encoder) {
    g_object_set(input_, codec.kind == MediaKind::kVideo ? "max-buffers" : "max-time",
                 codec.kind == MediaKind::kVideo ? kMaxRawFrames : kMaxRawAudio, "leaky-type",
                 GST_APP_LEAKY_TYPE_DOWNSTREAM, nullptr);
    if (codec.kind == MediaKind::kVideo)
      keep_lines_plain(Ref<GstPad>::adopt(gst_element_get_static_pad(input_, "src")).get());
    add_front_end();
    encoder_ = add(encoder->factory, "encoder");
    configure_encoder(encoder_, *encoder);
    set_encoder_bitrate(encoder_, *encoder,
                        encoder->fixed_bitrate != 0 ? encoder->fixed_bitrate : plan_.bitrate);
    if (plan_.on_encoder_created) plan_.on_encoder_created(encoder_);
    if (encoder->output_filter) append_filter(encoder->output_filter, "profile");
  }

  if (codec.parser) {
    apply_settings(add(codec.parser, "parser"), codec.parser_settings);
    append_filter(codec.payloader_caps, "alignment");
  }
  payloader_ = add(codec.payloader, "payloader");
  apply_settings(payloader_, codec.payloader_settings);
  if (plan_.on_payloader_created) plan_.on_payloader_created(payloader_);

  output_ = add("appsink", "output");
  g_object_set(output_, "buffer-list", TRUE, "sync", FALSE, "async", FALSE, "qos", FALSE,
               "wait-on-eos", FALSE, "enable-last-sample", FALSE, "emit-signals", FALSE, nullptr);
}

void EncodingPipeline::add_front_end() {
  GError* error = nullptr;
  const auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description_full(
      front_end_.c_str(), TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  const Owned<GError> owned(error);
  if (!bin || owned) {
    throw Error(ErrorCode::kNoEncoder, "Cannot build the converter \"" + front_end_ +
                                           "\": " + (owned ? owned->message : "unknown error"));
  }
  gst_object_set_name(GST_OBJECT(bin.get()), "converter");
  append(bin, "converter");
}

// The callbacks get `this`: they run on threads of the pipeline, which have ended when stop()
// returns, and the destructor stops.
void EncodingPipeline::watch() {
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer self) {
    return guard("an encoded frame", GST_FLOW_ERROR, [&] {
      return static_cast<EncodingPipeline*>(self)->on_sample(GST_ELEMENT(appsink));
    });
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(output_), &callbacks, this, nullptr);

  const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader_, "sink"));
  gst_pad_add_probe(
      input.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        guard("a payloader's input", [&] {
          auto* self = static_cast<EncodingPipeline*>(data);
          if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
            self->on_payloader_input(GST_PAD_PROBE_INFO_BUFFER(info));
          } else {
            self->on_payloader_input_event(GST_PAD_PROBE_INFO_EVENT(info));
          }
        });
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);

  const auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader_, "src"));
  gst_pad_add_probe(
      output.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        guard("a payloader's output", [&] {
          static_cast<EncodingPipeline*>(data)->on_payloader_output_event(
              GST_PAD_PROBE_INFO_EVENT(info));
        });
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);

  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus* /*bus*/, GstMessage* message, gpointer self) {
        guard("an encoding's message",
              [&] { static_cast<EncodingPipeline*>(self)->on_message(message); });
        // Nobody reads the bus: what is not handled here would pile up in it.
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      this, nullptr);
}

// ---- life

void EncodingPipeline::start() {
  const auto clock = plan_.clock ? plan_.clock : Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), 0);
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    const std::scoped_lock lock(mutex_);
    throw Error(ErrorCode::kNoEncoder, error_.empty() ? plan_.name + " does not start." : error_);
  }
}

void EncodingPipeline::stop() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

void EncodingPipeline::disown() {
  disowned_ = true;
}

// ---- input

bool EncodingPipeline::accepts(const GstCaps* caps) const {
  if (gst_caps_get_size(caps) == 0) return false;
  const GstStructure* was = gst_caps_get_structure(plan_.caps.get(), 0);
  if (!gst_structure_has_name(gst_caps_get_structure(caps, 0), gst_structure_get_name(was)))
    return false;
  return !plan_.choice.encoder || front_end_for(plan_.choice, caps) == front_end_;
}

bool EncodingPipeline::push(const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer) {
  if (!(caps == caps_) && !gst_caps_is_equal(caps.get(), caps_.get())) {
    GST_INFO_OBJECT(pipeline_.get(), "New input caps %" GST_PTR_FORMAT,
                    static_cast<void*>(caps.get()));
    caps_changed_ = true;
    gst_app_src_set_caps(GST_APP_SRC(input_), caps.get());
  }
  caps_ = caps;
  if (encoder_ && plan_.codec->kind == MediaKind::kVideo &&
      watch_.note_input(std::chrono::steady_clock::now())) {
    silent_ = true;
    fail("It takes its input and gives nothing.");
  }
  // Its own: appsrc marks the first buffer, and would copy the memory of one that others hold.
  return gst_app_src_push_buffer(GST_APP_SRC(input_), shallow_copy(buffer.get()).release()) ==
         GST_FLOW_OK;
}

bool EncodingPipeline::is_full() const {
  return gst_app_src_get_current_level_bytes(GST_APP_SRC(input_)) > kMaxEncodedBytes;
}

// ---- control

void EncodingPipeline::request_key_frame() {
  // The first frame is one anyway, and nvv4l2's encoders crash when asked before it.
  if (!encoder_ || !delivered_) return;
  webrtcserver::request_key_frame(encoder_, *plan_.choice.encoder);
}

void EncodingPipeline::set_bitrate(unsigned bits_per_second) {
  if (encoder_ && plan_.choice.encoder->fixed_bitrate == 0)
    set_encoder_bitrate(encoder_, *plan_.choice.encoder, bits_per_second);
}

// ---- output

GstFlowReturn EncodingPipeline::on_sample(GstElement* appsink) {
  const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(GST_APP_SINK(appsink)));
  if (!sample) return GST_FLOW_EOS;
  if (GstBufferList* packets = gst_sample_get_buffer_list(sample.get())) {
    collector_.add(packets);
  } else if (GstBuffer* packet = gst_sample_get_buffer(sample.get())) {
    collector_.add(packet);
  }
  return GST_FLOW_OK;
}

void EncodingPipeline::on_payloader_input(GstBuffer* buffer) {
  // x264enc's timestamps begin a thousand hours late, and its segment with them.
  const GstClockTime time =
      segment_.format == GST_FORMAT_TIME && GST_BUFFER_PTS_IS_VALID(buffer)
          ? gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer))
          : GST_CLOCK_TIME_NONE;
  collector_.begin(buffer, time);
}

void EncodingPipeline::on_payloader_input_event(GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment(event, &segment_);
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    encoded_caps_ = Ref<GstCaps>::retain(caps);
  }
}

void EncodingPipeline::on_payloader_output_event(GstEvent* event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return;
  GstCaps* rtp = nullptr;
  gst_event_parse_caps(event, &rtp);
  if (const auto listener = listener_.lock()) {
    listener->on_payload_caps(encoded_caps_, Ref<GstCaps>::retain(rtp));
  }
}

void EncodingPipeline::deliver(const RtpFramePtr& frame) {
  watch_.note_output();
  if (disowned_) return;
  if (!delivered_.exchange(true)) {
    GST_DEBUG_BIN_TO_DOT_FILE(GST_BIN(pipeline_.get()), GST_DEBUG_GRAPH_SHOW_ALL,
                              plan_.name.c_str());
  }
  if (const auto listener = listener_.lock()) listener->on_frame(frame);
}

void EncodingPipeline::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      fail(describe_error(message));
      break;
    case GST_MESSAGE_WARNING: {
      GError* error = nullptr;
      gst_message_parse_warning(message, &error, nullptr);
      const Owned<GError> owned(error);
      GST_WARNING_OBJECT(GST_MESSAGE_SRC(message), "%s", error->message);
      break;
    }
    default:
      exchange_context(message, listener_);
      break;
  }
}

void EncodingPipeline::fail(const std::string& message) {
  if (disowned_) return;
  {
    const std::scoped_lock lock(mutex_);
    if (!error_.empty()) return;
    error_ = message;
  }
  if (const auto listener = listener_.lock()) listener->on_pipeline_error(plan_.serial, message);
}

}  // namespace webrtcserver
