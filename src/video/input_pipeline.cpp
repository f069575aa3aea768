// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/input_pipeline.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video-event.h>

#include <functional>
#include <string_view>
#include <utility>

#include "base/guard.hpp"
#include "base/log.hpp"
#include "codec/codec.hpp"
#include "codec/codec_rows.hpp"
#include "codec/property_settings.hpp"
#include "codec/retime.hpp"
#include "video/input_error.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::video())

namespace webrtcserver {

namespace {

constexpr char kRaw[] = "video/x-raw";

std::string_view type_of(const GstCaps* caps) {
  if (!caps || gst_caps_is_any(caps) || gst_caps_is_empty(caps)) return "";
  return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

bool is_picture(std::string_view type) {
  return type.rfind("video/", 0) == 0 || type.rfind("image/", 0) == 0;
}

Ref<GstCaps> caps_of(GstPad* pad) {
  auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  return caps ? caps : Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
}

// What frames that stay encoded look like: such that each can be cut from the others and begins
// with what a decoder needs.
const char* delivered_caps(const Codec& codec) {
  if (std::string_view(codec.name) == "H264")
    return "video/x-h264,stream-format=byte-stream,alignment=au";
  if (std::string_view(codec.name) == "AV1")
    return "video/x-av1,stream-format=obu-stream,alignment=tu";
  return codec.payloader_caps;
}

Ref<GstCaps> all_delivered_caps() {
  auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (const Codec& codec : codecs()) {
    if (codec.kind == MediaKind::kVideo)
      gst_caps_append(caps.get(), gst_caps_from_string(delivered_caps(codec)));
  }
  return caps;
}

// Hardware or not, a decoder of a live stream holds no frame back.
void tune_decoder(GstBin* /*bin*/, GstElement* element, gpointer /*data*/) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (!factory) return;
  const std::string_view name = GST_OBJECT_NAME(factory);
  for (const Decoder& row : CodecRows::system().decoders()) {
    if (name == row.factory) return apply_settings(element, row.settings);
  }
}

// A signal's handler that holds no reference to who made it.
template <typename Handler>
void connect_signal(gpointer object, const char* signal, GCallback trampoline, Handler handler) {
  g_signal_connect_data(
      object, signal, trampoline, new Handler(std::move(handler)),
      [](gpointer data, GClosure* /*closure*/) { delete static_cast<Handler*>(data); },
      GConnectFlags(0));
}

bool has_sound_only(GstMessage* message) {
  GstStreamCollection* parsed = nullptr;
  gst_message_parse_stream_collection(message, &parsed);
  const auto collection = Ref<GstStreamCollection>::adopt(parsed);
  const guint count = gst_stream_collection_get_size(collection.get());
  for (guint i = 0; i < count; ++i) {
    GstStream* stream = gst_stream_collection_get_stream(collection.get(), i);
    if (gst_stream_get_stream_type(stream) != GST_STREAM_TYPE_AUDIO) return false;
  }
  return count > 0;
}

using PadHandler = std::function<void(GstPad*)>;
using Handler = std::function<void()>;

void run_pad_handler(GstElement* /*element*/, GstPad* pad, gpointer data) {
  if (GST_PAD_IS_SRC(pad))
    guard("a pad of an input", [&] { (*static_cast<PadHandler*>(data))(pad); });
}

void run_handler(GstElement* /*element*/, gpointer data) {
  guard("the last pad of an input", [&] { (*static_cast<Handler*>(data))(); });
}

// The time of a buffer on the pipeline's time line, from which everything of it begins at zero.
GstClockTime running_time(const GstSegment* segment, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time) || !segment || segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  guint64 running = 0;
  const int sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &running);
  return sign > 0 ? running : sign < 0 ? 0 : GST_CLOCK_TIME_NONE;
}

Ref<GstSample> on_time_line(GstBuffer* given, GstCaps* caps, const GstSegment* segment) {
  const auto buffer = shallow_copy(given);
  GST_BUFFER_PTS(buffer.get()) = running_time(segment, GST_BUFFER_PTS(given));
  GST_BUFFER_DTS(buffer.get()) = running_time(segment, GST_BUFFER_DTS(given));
  GstSegment line;
  gst_segment_init(&line, GST_FORMAT_TIME);
  return Ref<GstSample>::adopt(gst_sample_new(buffer.get(), caps, &line, nullptr));
}

}  // namespace

InputPipeline::InputPipeline(Location input, VideoOptions options, std::weak_ptr<Listener> listener,
                             const Ref<GstContext>& cuda)
    : input_(std::move(input)),
      options_(std::move(options)),
      memory_(cuda ? best_memory(options_) : FrameMemory::kSystem),
      traits_(traits_of(input_.kind)),
      listener_(std::move(listener)),
      pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))) {
  // For all elements that come into it.
  if (memory_ == FrameMemory::kCuda) gst_element_set_context(pipeline_.get(), cuda.get());
}

std::shared_ptr<InputPipeline> InputPipeline::create(Location input, VideoOptions options,
                                                     std::weak_ptr<Listener> listener,
                                                     const Ref<GstContext>& cuda) {
  std::shared_ptr<InputPipeline> pipeline(
      new InputPipeline(std::move(input), std::move(options), std::move(listener), cuda));
  pipeline->build();
  return pipeline;
}

InputPipeline::~InputPipeline() {
  stop();
}

void InputPipeline::build() {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  using Weak = std::weak_ptr<InputPipeline>;
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus* /*bus*/, GstMessage* message, gpointer data) {
        guard("a message of an input", [&] {
          if (const auto self = static_cast<Weak*>(data)->lock()) self->on_message(message);
        });
        gst_message_unref(message);  // nobody reads the bus
        return GST_BUS_DROP;
      },
      new Weak(weak_from_this()), [](gpointer data) { delete static_cast<Weak*>(data); });
  reader_ = make_reader(input_, options_);
  gst_bin_add(GST_BIN(pipeline_.get()), reader_.element.get());
  connect(reader_.element.get(), &InputPipeline::on_reader_pad,
          traits_.chooses ? nullptr : &InputPipeline::on_all_reader_pads);
}

void InputPipeline::connect(GstElement* element, void (InputPipeline::*on_pad)(GstPad* pad),
                            void (InputPipeline::*on_all)(), const char* all_signal) {
  if (const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src")))
    return (this->*on_pad)(pad.get());
  const auto weak = weak_from_this();
  connect_signal(element, "pad-added", G_CALLBACK(run_pad_handler),
                 PadHandler([weak, on_pad](GstPad* pad) {
                   if (const auto self = weak.lock()) (self.get()->*on_pad)(pad);
                 }));
  if (!on_all) return;
  connect_signal(element, all_signal, G_CALLBACK(run_handler), Handler([weak, on_all] {
                   if (const auto self = weak.lock()) (self.get()->*on_all)();
                 }));
}

void InputPipeline::start() {
  const auto result = gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  const std::scoped_lock lock(mutex_);
  started_ = true;
  if (error_) throw Error(*error_);
  if (result == GST_STATE_CHANGE_FAILURE)
    throw Error(ErrorCode::kFailed, shown(input_) + " cannot be opened.");
}

void InputPipeline::stop() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

void InputPipeline::append(const Ref<GstElement>& element, GstPad* pad) {
  gst_bin_add(GST_BIN(pipeline_.get()), element.get());
  const auto to = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "sink"));
  if (gst_pad_link(pad, to.get()) != GST_PAD_LINK_OK) {
    const auto caps = caps_of(pad);
    return fail({ErrorCode::kFailed, shown(input_) + " has " +
                                         take_string(gst_caps_to_string(caps.get())) +
                                         ", which does not fit what is to be made of it."});
  }
  gst_element_sync_state_with_parent(element.get());
}

bool InputPipeline::take_picture() {
  return !has_picture_.exchange(true);
}

void InputPipeline::on_reader_pad(GstPad* pad) {
  ++pads_;
  if (traits_.chooses) {
    // What nobody links is not asked for.
    const std::string_view name = GST_PAD_NAME(pad);
    if (name.rfind("video", 0) != 0 || !take_picture()) return;
    if (options_.encoded || !options_.input_save.empty()) {
      const auto filter = make_caps_filter(all_delivered_caps());
      append(filter, pad);
      const auto filtered = Ref<GstPad>::adopt(gst_element_get_static_pad(filter.get(), "src"));
      tap(filtered.get());
      return options_.encoded ? append(make_output(), filtered.get()) : decode(filtered.get());
    }
    return options_.input_decoder.empty() ? deliver_raw(pad) : decode(pad);
  }
  const auto caps = caps_of(pad);
  const std::string_view type = type_of(caps.get());
  if (type == kRaw) return take_picture() ? deliver_raw(pad) : discard(pad);
  const auto parser = make_input_element("parsebin");
  connect(parser.get(), &InputPipeline::on_stream_pad, &InputPipeline::on_all_streams, "drained");
  append(parser, pad);
}

void InputPipeline::on_stream_pad(GstPad* pad) {
  const auto caps = caps_of(pad);
  const std::string_view type = type_of(caps.get());
  if (!is_picture(type) || !take_picture()) {
    discard(pad);
    if (has_sound_only_) on_all_streams();
    return;
  }
  if (type == kRaw) return deliver_raw(pad);
  if (options_.encoded) return deliver_encoded(pad, caps.get());
  decode(pad);
}

void InputPipeline::on_decoded_pad(GstPad* pad) {
  const auto caps = caps_of(pad);
  if (type_of(caps.get()) != kRaw) return discard(pad);
  deliver_raw(pad);
}

void InputPipeline::on_all_reader_pads() {
  if (pads_ == 0) on_all_streams();
}

void InputPipeline::on_all_streams() {
  if (has_picture_) return;
  std::string missing;
  {
    const std::scoped_lock lock(mutex_);
    missing = missing_;
  }
  fail(missing.empty() ? Error(ErrorCode::kFailed,
                               shown(input_) + " has no picture, only sound or other things.")
                       : missing_error(input_, missing));
}

void InputPipeline::deliver_encoded(GstPad* pad, const GstCaps* caps) {
  tap(pad);
  const Codec* codec = codec_of_caps(caps);
  const bool jpeg = type_of(caps) == "image/jpeg";
  const auto size = jpeg ? Ref<GstElement>::sink(gst_element_factory_make("jpegparse", nullptr))
                         : nullptr;  // which parsebin does not read
  if (size) {
    append(size, pad);
    const auto parsed = Ref<GstPad>::adopt(gst_element_get_static_pad(size.get(), "src"));
    return append(make_output(), parsed.get());
  }
  if (!codec || !codec->parser) return append(make_output(), pad);
  const auto parser = make_input_element(codec->parser);
  apply_settings(parser.get(), codec->parser_settings);
  const auto filter =
      make_caps_filter(Ref<GstCaps>::adopt(gst_caps_from_string(delivered_caps(*codec))));
  append(parser, pad);
  const auto parsed = Ref<GstPad>::adopt(gst_element_get_static_pad(parser.get(), "src"));
  append(filter, parsed.get());
  const auto filtered = Ref<GstPad>::adopt(gst_element_get_static_pad(filter.get(), "src"));
  append(make_output(), filtered.get());
}

void InputPipeline::decode(GstPad* pad) {
  tap(pad);
  if (!options_.input_decoder.empty()) {
    const auto decoder = make_input_element(options_.input_decoder.c_str());
    append(decoder, pad);
    return connect(decoder.get(), &InputPipeline::deliver_raw);
  }
  const auto decoder = make_input_element("decodebin");
  if (traits_.live)
    g_signal_connect(decoder.get(), "element-added", G_CALLBACK(tune_decoder), nullptr);
  choose_memory(decoder.get(), memory_);
  connect(decoder.get(), &InputPipeline::on_decoded_pad);
  append(decoder, pad);
}

void InputPipeline::deliver_raw(GstPad* pad) {
  tap(pad);
  // Not what it has now alone: a decoder may still give something else.
  const auto offered = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
  try {
    const auto path = make_raw_path(shown(input_), offered.get(), options_, memory_);
    append(path, pad);
    const auto made = Ref<GstPad>::adopt(gst_element_get_static_pad(path.get(), "src"));
    append(make_output(), made.get());
  } catch (const Error& error) {
    fail(error);
  }
}

// Not by a fakesink, which would hold up its stream, and with it the picture, until all have begun.
void InputPipeline::discard(GstPad* pad) {
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM,
      [](GstPad* /*pad*/, GstPadProbeInfo* /*info*/, gpointer /*data*/) {
        return GST_PAD_PROBE_DROP;
      },
      nullptr, nullptr);
}

void InputPipeline::tap(GstPad* pad) {
  if (options_.input_save.empty() || is_tapped_.exchange(true)) return;
  using Weak = std::weak_ptr<InputPipeline>;
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* source, GstPadProbeInfo* info, gpointer data) {
        guard("what is read of an input", [&] {
          const auto self = static_cast<Weak*>(data)->lock();
          const auto listener = self ? self->listener_.lock() : nullptr;
          const auto event =
              Ref<GstEvent>::adopt(gst_pad_get_sticky_event(source, GST_EVENT_SEGMENT, 0));
          const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(source));
          if (!listener || !event || !caps) return;
          const GstSegment* segment = nullptr;
          gst_event_parse_segment(event.get(), &segment);
          listener->on_read(on_time_line(GST_PAD_PROBE_INFO_BUFFER(info), caps.get(), segment));
        });
        return GST_PAD_PROBE_OK;
      },
      new Weak(weak_from_this()), [](gpointer data) { delete static_cast<Weak*>(data); });
}

Ref<GstElement> InputPipeline::make_output() {
  auto sink = make_input_element("appsink");
  g_object_set(sink.get(), "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "qos", FALSE,
               nullptr);
  using Weak = std::weak_ptr<InputPipeline>;
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer data) {
    return guard("a frame of an input", GST_FLOW_ERROR, [&] {
      const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(appsink));
      const auto self = static_cast<Weak*>(data)->lock();
      const auto listener = self ? self->listener_.lock() : nullptr;
      if (!sample || !listener) return GST_FLOW_FLUSHING;
      self->has_delivered_ = true;
      const auto wish = listener->on_frame(on_time_line(gst_sample_get_buffer(sample.get()),
                                                        gst_sample_get_caps(sample.get()),
                                                        gst_sample_get_segment(sample.get())));
      if (wish == Listener::Wish::kKeyFrame) {
        gst_pad_push_event(GST_BASE_SINK_PAD(appsink), gst_video_event_new_upstream_force_key_unit(
                                                           GST_CLOCK_TIME_NONE, FALSE, 0));
      }
      return wish == Listener::Wish::kNothing ? GST_FLOW_FLUSHING : GST_FLOW_OK;
    });
  };
  callbacks.eos = [](GstAppSink* /*appsink*/, gpointer data) {
    guard("the end of an input", [&] {
      if (const auto self = static_cast<Weak*>(data)->lock()) self->on_end();
    });
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, new Weak(weak_from_this()),
                             [](gpointer data) { delete static_cast<Weak*>(data); });
  return sink;
}

void InputPipeline::on_end() {
  {
    // What has failed may send its end behind the error; it is not to be begun again.
    const std::scoped_lock lock(mutex_);
    if (error_) return;
  }
  if (!has_delivered_)
    return fail({ErrorCode::kFailed, shown(input_) + " has no picture that can be decoded."});
  if (const auto listener = listener_.lock()) listener->on_end();
}

void InputPipeline::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR: {
      std::string missing;
      {
        const std::scoped_lock lock(mutex_);
        missing = missing_;
      }
      return fail(input_error(input_, message, missing));
    }
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name(message, "missing-plugin")) {
        const char* name = gst_structure_get_string(gst_message_get_structure(message), "name");
        const std::scoped_lock lock(mutex_);
        // Of sound that nobody decodes there is no word.
        if (name && missing_.empty()) missing_ = name;
      }
      break;
    case GST_MESSAGE_STREAM_COLLECTION:
      // A sound that never ends would not end the wait for a picture. Its pad comes next: parsebin
      // of 1.22 loses the collection if it is stopped before that.
      if (pads_ == 1 && has_sound_only(message)) has_sound_only_ = true;
      break;
    default:
      break;
  }
}

void InputPipeline::fail(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (error_) return;
    error_ = error;
    if (!started_) return;
  }
  GST_INFO("%s", error.what());
  if (const auto listener = listener_.lock()) listener->on_error(error);
}

}  // namespace webrtcserver
