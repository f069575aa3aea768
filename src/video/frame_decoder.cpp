// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/frame_decoder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/element_probe.hpp"
#include "codec/retime.hpp"

namespace webrtcserver {

namespace {

constexpr guint64 kMaxFrames = 60;  // encoded; a decoder that is slower than its input falls behind

// As decodebin chooses: by rank, among those that work here.
std::string best_decoder(const OutputCodec& codec, const GstCaps* caps) {
  GList* all = gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER |
                                                         GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO |
                                                         GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE,
                                                     GST_RANK_MARGINAL);
  all = g_list_sort(all, gst_plugin_feature_rank_compare_func);
  std::string found;
  // Those that take the frames whatever else is said of them come first: that of VP8 with an alpha
  // channel takes what does not say that it has none, and refuses it then.
  for (const auto takes :
       {gst_element_factory_can_sink_all_caps, gst_element_factory_can_sink_any_caps}) {
    for (GList* one = all; one && found.empty(); one = one->next) {
      auto* factory = GST_ELEMENT_FACTORY(one->data);
      const char* name = gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(factory));
      if (takes(factory, caps) && failure_to_start(name).empty()) found = name;
    }
  }
  gst_plugin_feature_list_free(all);
  if (found.empty()) {
    throw Error(ErrorCode::kFailed, std::string("No decoder of ") + codec.name +
                                        " works here; install gstreamer1.0-libav.");
  }
  return found;
}

}  // namespace

FrameDecoder::FrameDecoder(const OutputCodec& codec, const Ref<GstCaps>& caps, bool wait,
                           Calls calls)
    : codec_(codec),
      calls_(std::move(calls)),
      chain_(std::make_shared<ElementChain>(std::string("decoding ") + codec.name)),
      caps_(caps),
      wait_(wait) {
  input_ = chain_->add("appsrc", "input");
  g_object_set(input_, "caps", caps.get(), "format", GST_FORMAT_TIME, "is-live",
               wait ? FALSE : TRUE, "block", wait ? TRUE : FALSE, "max-bytes", guint64{0},
               "max-time", guint64{0}, "max-buffers", wait ? guint64{3} : kMaxFrames, "min-latency",
               gint64{0}, nullptr);
  if (codec.parser) chain_->add(codec.parser, "parser");
  chain_->add(best_decoder(codec, caps.get()).c_str(), "decoder");
  GstElement* output = chain_->add("appsink", "output");
  g_object_set(output, "sync", FALSE, "async", FALSE, "qos", FALSE, "max-buffers", 1U,
               "enable-last-sample", FALSE, "wait-on-eos", FALSE, nullptr);

  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer self) {
    return guard("a decoded frame", GST_FLOW_ERROR, [&] {
      const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(appsink));
      if (!sample) return GST_FLOW_EOS;
      static_cast<FrameDecoder*>(self)->deliver(sample.get());
      return GST_FLOW_OK;
    });
  };
  callbacks.eos = [](GstAppSink* /*appsink*/, gpointer self) {
    guard("the end of a decoding", [&] { static_cast<FrameDecoder*>(self)->calls_.ended(); });
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(output), &callbacks, this, nullptr);
  chain_->watch([this](GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return;
    const std::string error = describe_error(message);
    {
      const std::scoped_lock lock(mutex_);
      if (error_.empty()) error_ = error;
    }
    if (!failed_.exchange(true) && started_) calls_.failed(error);
  });
}

FrameDecoder::~FrameDecoder() {
  stop();
}

// Apart from the constructor, so that who is called has the decoder already.
void FrameDecoder::start() {
  const bool starts = chain_->start(nullptr);
  started_ = true;
  if (starts && !failed_) return;
  failed_ = true;
  const std::scoped_lock lock(mutex_);
  throw Error(ErrorCode::kFailed, std::string("No decoder of ") + codec_.name + " starts" +
                                      (error_.empty() ? "." : ": " + error_));
}

void FrameDecoder::push(const VideoFrame& frame) {
  if (failed_) return;
  if (!(frame.caps == caps_) && !gst_caps_is_equal(frame.caps.get(), caps_.get()))
    gst_app_src_set_caps(GST_APP_SRC(input_), frame.caps.get());
  caps_ = frame.caps;
  const bool key = !GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  const bool full =
      !wait_ && gst_app_src_get_current_level_buffers(GST_APP_SRC(input_)) >= kMaxFrames;
  if (full || (needs_key_frame_ && !key)) {
    needs_key_frame_ = true;
    return;
  }
  needs_key_frame_ = false;
  gst_app_src_push_buffer(GST_APP_SRC(input_), gst_buffer_ref(frame.buffer.get()));
}

void FrameDecoder::deliver(GstSample* sample) {
  GstBuffer* decoded = gst_sample_get_buffer(sample);
  if (!decoded) return;
  auto buffer = shallow_copy(decoded);
  GST_BUFFER_PTS(buffer.get()) = gst_segment_to_running_time(
      gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(decoded));
  GST_BUFFER_DTS(buffer.get()) = GST_CLOCK_TIME_NONE;
  if (!GST_BUFFER_PTS_IS_VALID(buffer.get())) return;
  calls_.frame({Ref<GstCaps>::retain(gst_sample_get_caps(sample)), std::move(buffer)});
}

void FrameDecoder::finish() {
  if (failed_) {
    calls_.ended();
  } else {
    gst_app_src_end_of_stream(GST_APP_SRC(input_));
  }
}

void FrameDecoder::stop() {
  chain_->stop();
}

}  // namespace webrtcserver
