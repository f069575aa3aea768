// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media.hpp"

#include <gst/app/gstappsink.h>

#include <array>
#include <mutex>
#include <stdexcept>

namespace webrtcserver::testing {

Media make_media(const std::string& description) {
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(
      gst_parse_launch((description + " ! appsink name=sink sync=false").c_str(), &error));
  if (error) {
    const Owned<GError> owned(error);
    throw std::runtime_error(description + ": " + owned->message);
  }
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "sink"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  Media media;
  while (auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(GST_APP_SINK(sink.get())))) {
    if (!media.caps) media.caps = Ref<GstCaps>::retain(gst_sample_get_caps(sample.get()));
    media.buffers.push_back(Ref<GstBuffer>::retain(gst_sample_get_buffer(sample.get())));
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  if (media.buffers.empty()) throw std::runtime_error(description + " made nothing");
  return media;
}

Media raw_video(int width, int height, int frames) {
  return make_media("videotestsrc pattern=ball num-buffers=" + std::to_string(frames) +
                    " ! video/x-raw,format=I420,framerate=30/1,width=" + std::to_string(width) +
                    ",height=" + std::to_string(height));
}

Media raw_audio(int channels, int buffers) {
  return make_media("audiotestsrc samplesperbuffer=480 num-buffers=" + std::to_string(buffers) +
                    " ! audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=" +
                    std::to_string(channels));
}

RtpFramePtr make_frame(bool key_frame, GstClockTime time, gsize size) {
  auto frame = std::make_shared<RtpFrame>();
  frame->packets = Ref<GstBufferList>::adopt(gst_buffer_list_new());
  frame->time = time;
  frame->size = size;
  frame->key_frame = key_frame;
  return frame;
}

std::vector<std::vector<std::uint8_t>> packets_of(const RtpFrame& frame) {
  std::vector<std::vector<std::uint8_t>> packets;
  for (guint i = 0; i < gst_buffer_list_length(frame.packets.get()); ++i) {
    GstBuffer* packet = gst_buffer_list_get(frame.packets.get(), i);
    std::vector<std::uint8_t> bytes(gst_buffer_get_size(packet));
    gst_buffer_extract(packet, 0, bytes.data(), bytes.size());
    packets.push_back(std::move(bytes));
  }
  return packets;
}

std::uint32_t rtp_timestamp(const std::vector<std::uint8_t>& packet) {
  return (std::uint32_t{packet.at(4)} << 24U) | (std::uint32_t{packet.at(5)} << 16U) |
         (std::uint32_t{packet.at(6)} << 8U) | packet.at(7);
}

bool has_marker(const std::vector<std::uint8_t>& packet) {
  return (packet.at(1) & 0x80U) != 0;
}

std::vector<int> h264_nal_types(const RtpFrame& frame) {
  constexpr std::size_t kHeader = 12;  // RTP without extensions
  std::vector<int> types;
  for (const auto& packet : packets_of(frame)) {
    const int type = packet.at(kHeader) & 0x1f;
    if (type == 28) {  // FU-A
      if (packet.at(kHeader + 1) & 0x80U) types.push_back(packet.at(kHeader + 1) & 0x1f);
    } else if (type == 24) {  // STAP-A
      for (std::size_t at = kHeader + 1; at + 2 < packet.size();) {
        const std::size_t size = (std::size_t{packet[at]} << 8U) | packet[at + 1];
        types.push_back(packet.at(at + 2) & 0x1f);
        at += 2 + size;
      }
    } else {
      types.push_back(type);
    }
  }
  return types;
}

// ---- encoders that fail

namespace {

struct FailingEncoder {
  GstBin parent;
};
struct FailingEncoderClass {
  GstBinClass parent;
};

// A bin around x264enc that has no properties of its own; rows' settings for it are skipped.
template <int FramesUntilError>
void build_failing_encoder(GstBin* bin) {
  GstElement* error = gst_element_factory_make("identity", nullptr);
  GstElement* encoder = gst_element_factory_make("x264enc", nullptr);
  gst_util_set_object_arg(G_OBJECT(encoder), "tune", "zerolatency");
  g_object_set(error, "error-after", FramesUntilError, nullptr);
  gst_bin_add_many(bin, error, encoder, nullptr);
  gst_element_link(error, encoder);
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(error, "sink"));
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
  gst_element_add_pad(GST_ELEMENT(bin), gst_ghost_pad_new("sink", sink.get()));
  gst_element_add_pad(GST_ELEMENT(bin), gst_ghost_pad_new("src", source.get()));
}

template <GstStateChange Failure>
GstStateChangeReturn refuse(GstElement* element, GstStateChange transition) {
  if (transition == Failure) {
    GST_ELEMENT_ERROR(element, RESOURCE, BUSY, ("All sessions of this encoder are taken."),
                      (nullptr));
    return GST_STATE_CHANGE_FAILURE;
  }
  auto* parent = static_cast<GstElementClass*>(g_type_class_peek(GST_TYPE_BIN));
  return parent->change_state(element, transition);
}

template <GstStateChange Failure>
void fail_at(gpointer klass, gpointer /*data*/) {
  auto* element_class = static_cast<GstElementClass*>(klass);
  gst_element_class_set_static_metadata(element_class, "Failing encoder", "Codec/Encoder/Video",
                                        "Fails", "tests");
  if constexpr (Failure != GST_STATE_CHANGE_READY_TO_READY)
    element_class->change_state = refuse<Failure>;
}

template <int FramesUntilError>
void instance_init(GTypeInstance* instance, gpointer /*klass*/) {
  build_failing_encoder<FramesUntilError>(reinterpret_cast<GstBin*>(instance));
}

template <GstStateChange Failure, int FramesUntilError>
void register_one(const char* factory) {
  const GType type = g_type_register_static_simple(
      GST_TYPE_BIN, factory, sizeof(FailingEncoderClass), fail_at<Failure>, sizeof(FailingEncoder),
      instance_init<FramesUntilError>, G_TYPE_FLAG_NONE);
  gst_element_register(nullptr, factory, GST_RANK_NONE, type);
}

}  // namespace

void register_failing_encoders() {
  static std::once_flag once;
  std::call_once(once, [] {
    register_one<GST_STATE_CHANGE_NULL_TO_READY, -1>(kFailsAtReady);
    register_one<GST_STATE_CHANGE_READY_TO_PAUSED, -1>(kFailsToStart);
    register_one<GST_STATE_CHANGE_READY_TO_READY, 5>(kFailsLater);
  });
}

Encoder h264_row(const char* factory) {
  static constexpr std::array kInputs{
      EncoderInput{"video/x-raw", "videoconvert", "videoscale add-borders=false"}};
  static constexpr std::array kSettings{PropertySetting{"tune", "zerolatency"},
                                        PropertySetting{"speed-preset", "ultrafast"},
                                        PropertySetting{"key-int-max", "2560"}};
  Encoder row{};
  row.codec = "H264";
  row.factory = factory;
  row.inputs = kInputs;
  row.input_filter = "video/x-raw,format=I420";
  row.output_filter = "video/x-h264,profile=constrained-baseline";
  row.bitrate_property = "bitrate";
  row.bitrate_unit = BitrateUnit::kKilobit;
  row.settings = kSettings;
  row.even_size = true;
  return row;
}

}  // namespace webrtcserver::testing
