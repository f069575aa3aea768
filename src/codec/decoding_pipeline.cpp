// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoding_pipeline.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video-event.h>

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/log.hpp"
#include "codec/context_messages.hpp"
#include "codec/property_settings.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

// Seconds of video. A decoder that is so late does not catch up.
constexpr guint64 kMaxBytes = 8U << 20U;

}  // namespace

DecodingPipeline::DecodingPipeline(Plan plan, std::weak_ptr<Listener> listener)
    : plan_(std::move(plan)), listener_(std::move(listener)), chain_(plan_.name) {
  build();
  watch();
}

DecodingPipeline::~DecodingPipeline() {
  stop();
}

void DecodingPipeline::build() {
  const Codec& codec = *plan_.format.codec;
  const Decoder* decoder = plan_.choice.decoder;
  input_ = chain_.add("appsrc", "input");
  g_object_set(input_, "caps", plan_.format.caps.get(), "format", GST_FORMAT_TIME, "is-live", TRUE,
               "block", FALSE, "do-timestamp", FALSE, "max-bytes", kMaxBytes, "max-buffers",
               guint64{0}, "max-time", guint64{0}, "min-latency", gint64{0}, "leaky-type",
               GST_APP_LEAKY_TYPE_DOWNSTREAM, nullptr);
  GstElement* depayloader = chain_.add(codec.depayloader, "depayloader");
  apply_settings(depayloader, codec.depayloader_settings);
  if (codec.parser && (!decoder || decoder->parsed)) chain_.add(codec.parser, "parser");
  GstElement* taker = nullptr;
  if (decoder) {
    taker = chain_.add(decoder->factory, "decoder");
    apply_settings(taker, decoder->settings);
    chain_.add_description(plan_.choice.output->converter, "converter");
  }
  chain_.add_filter(plan_.wanted, "wanted");
  output_ = chain_.add("appsink", "output");
  g_object_set(output_, "sync", FALSE, "async", FALSE, "qos", FALSE, "wait-on-eos", FALSE,
               "enable-last-sample", FALSE, "emit-signals", FALSE, nullptr);
  taker_ = Ref<GstPad>::adopt(gst_element_get_static_pad(taker ? taker : output_, "sink"));
  hold_holes(depayloader);
}

// Nobody can do anything with a hole ahead of the first picture: a parser without caps fails of it,
// and a video decoder that has no segment yet, since it did not take the parser's first caps, asks
// for a key frame by that segment's time, which GLib calls a critical. It is asked for here
// instead.
void DecodingPipeline::hold_holes(GstElement* depayloader) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(depayloader, "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) != GST_EVENT_GAP)
          return GST_PAD_PROBE_OK;
        auto* self = static_cast<DecodingPipeline*>(data);
        const auto segment = Ref<GstEvent>::adopt(
            gst_pad_get_sticky_event(self->taker_.get(), GST_EVENT_SEGMENT, 0));
        if (segment) return GST_PAD_PROBE_OK;
        guard("a hole in a stream", [&] {
          const auto listener = self->listener_.lock();
          if (listener && self->plan_.format.codec->kind == MediaKind::kVideo)
            listener->on_key_frame_missed();
        });
        return GST_PAD_PROBE_DROP;
      },
      this, nullptr);
}

// The callbacks get `this`: they run on threads of the pipeline, which have ended when stop()
// returns, and the destructor stops.
void DecodingPipeline::watch() {
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer self) {
    return guard("a decoded frame", GST_FLOW_ERROR, [&] {
      return static_cast<DecodingPipeline*>(self)->on_sample(GST_ELEMENT(appsink));
    });
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(output_), &callbacks, this, nullptr);

  const auto entrance = Ref<GstPad>::adopt(gst_element_get_static_pad(input_, "src"));
  gst_pad_add_probe(
      entrance.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
        if (!gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
          return GST_PAD_PROBE_OK;
        guard("a key-frame request", [&] {
          auto* self = static_cast<DecodingPipeline*>(data);
          if (const auto listener = self->listener_.lock()) listener->on_key_frame_missed();
        });
        return GST_PAD_PROBE_DROP;
      },
      this, nullptr);
  chain_.watch([this](GstMessage* message) { on_message(message); });
}

void DecodingPipeline::start() {
  if (chain_.start(plan_.clock)) return;
  const std::scoped_lock lock(mutex_);
  throw Error(ErrorCode::kNoEncoder, error_.empty() ? plan_.name + " does not start." : error_);
}

void DecodingPipeline::stop() {
  chain_.stop();
}

void DecodingPipeline::push(const Ref<GstBuffer>& packet) {
  gst_app_src_push_buffer(GST_APP_SRC(input_), gst_buffer_ref(packet.get()));
}

void DecodingPipeline::lose(const Ref<GstEvent>& event) {
  // appsrc queues it among the packets.
  gst_element_send_event(input_, gst_event_ref(event.get()));
}

GstFlowReturn DecodingPipeline::on_sample(GstElement* appsink) {
  const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(GST_APP_SINK(appsink)));
  if (!sample) return GST_FLOW_EOS;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (!buffer || !caps || !GST_BUFFER_PTS_IS_VALID(buffer)) return GST_FLOW_OK;
  const GstClockTime time = gst_segment_to_running_time(gst_sample_get_segment(sample.get()),
                                                        GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (!GST_CLOCK_TIME_IS_VALID(time)) return GST_FLOW_OK;
  if (!delivered_.exchange(true)) {
    GST_DEBUG_BIN_TO_DOT_FILE(GST_BIN(chain_.pipeline()), GST_DEBUG_GRAPH_SHOW_ALL,
                              plan_.name.c_str());
  }
  const bool dependent = !plan_.choice.decoder && plan_.format.codec->kind == MediaKind::kVideo;
  const auto listener = listener_.lock();
  if (listener) {
    listener->on_frame(plan_.serial,
                       {Ref<GstBuffer>::retain(buffer), Ref<GstCaps>::retain(caps), time,
                        !dependent || !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT),
                        dependent ? Succession::kDependent : Succession::kFree});
  }
  return GST_FLOW_OK;
}

void DecodingPipeline::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      fail(describe_error(message));
      break;
    case GST_MESSAGE_WARNING:
      GST_DEBUG_OBJECT(GST_MESSAGE_SRC(message), "%s", describe_error(message).c_str());
      break;
    default:
      exchange_context(message, listener_);
      break;
  }
}

void DecodingPipeline::fail(const std::string& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (!error_.empty()) return;
    error_ = message;
  }
  if (const auto listener = listener_.lock()) listener->on_pipeline_error(plan_.serial, message);
}

}  // namespace webrtcserver
