// SPDX-License-Identifier: LGPL-2.1-or-later
// render.cpp — what it takes from render(pixels) to RTP where an encoder costs nothing:
//   webrtcserver-bench-render [frames] [rtp-port]   prints markdown.
//
// The encoder is one that maps its picture, looks at none of it and gives out the same key frame of
// VP8 each time, under the name of libvpx's. A picture is rendered as soon as the one two before it
// has been encoded, so none is dropped and nobody sleeps. Wall time is of the whole way; CPU time
// is of the whole process.
//
// Where there is a CUDA device the same is done with pictures on it. The encoder there takes CUDA
// memory, under the name of one that cards have (a card need not), and maps it as that one does
// before it gives it to the hardware. The last column says whether it got the memory that the
// conversion wrote, or a copy.
#include <gst/app/gstappsink.h>
#include <gst/video/gstvideoencoder.h>
#include <sys/resource.h>
#include <webrtcserver/video.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "device_memory.hpp"

namespace {

using bench::DeviceMemory;
using webrtcserver::PixelFormat;
using webrtcserver::Pixels;
using webrtcserver::VideoOutput;

constexpr int kAhead = 2;

// What has been encoded, and of what.
struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned frames = 0;  // guarded by mutex
  unsigned copies = 0;  // guarded by mutex: of them, in other memory than was written
} progress;

GstBuffer* vp8_frame = nullptr;
GstBuffer* h264_frame = nullptr;

struct NullEncoder {
  GstVideoEncoder parent;
};
struct NullEncoderClass {
  GstVideoEncoderClass parent;
};
G_DEFINE_TYPE(NullEncoder, null_encoder, GST_TYPE_VIDEO_ENCODER)

void note_frame(bool is_copy) {
  {
    const std::scoped_lock lock(progress.mutex);
    ++progress.frames;
    progress.copies += is_copy ? 1 : 0;
  }
  progress.changed.notify_all();
}

GstFlowReturn give(GstVideoEncoder* encoder, GstVideoCodecFrame* frame, GstBuffer* key_frame) {
  frame->output_buffer = gst_buffer_copy(key_frame);
  GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
  return gst_video_encoder_finish_frame(encoder, frame);
}

gboolean set_format(GstVideoEncoder* encoder, GstVideoCodecState* state) {
  GstCaps* caps = gst_caps_new_simple("video/x-vp8", "profile", G_TYPE_STRING, "0", nullptr);
  gst_video_codec_state_unref(gst_video_encoder_set_output_state(encoder, caps, state));
  return TRUE;
}

GstFlowReturn encode(GstVideoEncoder* encoder, GstVideoCodecFrame* frame) {
  GstMapInfo map;
  // Waits for a device that is still writing.
  if (gst_buffer_map(frame->input_buffer, &map, GST_MAP_READ))
    gst_buffer_unmap(frame->input_buffer, &map);
  note_frame(false);
  return give(encoder, frame, vp8_frame);
}

void add_pads(GstElementClass* element, const char* sink, const char* src) {
  for (const auto& [name, direction, caps] :
       {std::tuple{"sink", GST_PAD_SINK, sink}, std::tuple{"src", GST_PAD_SRC, src}}) {
    GstCaps* own = gst_caps_from_string(caps);
    gst_element_class_add_pad_template(element,
                                       gst_pad_template_new(name, direction, GST_PAD_ALWAYS, own));
    gst_caps_unref(own);
  }
}

void null_encoder_class_init(NullEncoderClass* type) {
  auto* element = GST_ELEMENT_CLASS(type);
  add_pads(element, "video/x-raw,format={I420,NV12}", "video/x-vp8");
  gst_element_class_set_static_metadata(element, "An encoder that costs nothing",
                                        "Codec/Encoder/Video", "For benchmarks", "us");
  type->parent.set_format = set_format;
  type->parent.handle_frame = encode;
}

void null_encoder_init(NullEncoder* /*self*/) {}

struct NullCardEncoder {
  NullEncoder parent;
};
struct NullCardEncoderClass {
  NullEncoderClass parent;
};
G_DEFINE_TYPE(NullCardEncoder, null_card_encoder, null_encoder_get_type())

gboolean set_card_format(GstVideoEncoder* encoder, GstVideoCodecState* state) {
  GstCaps* caps = gst_caps_from_string(
      "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au");
  gst_video_codec_state_unref(gst_video_encoder_set_output_state(encoder, caps, state));
  return TRUE;
}

GstFlowReturn encode_on_card(GstVideoEncoder* encoder, GstVideoCodecFrame* frame) {
  constexpr auto kMapCuda = static_cast<GstMapFlags>(GST_MAP_FLAG_LAST << 1);
  GstMapInfo map;
  if (gst_buffer_map(frame->input_buffer, &map, static_cast<GstMapFlags>(GST_MAP_READ | kMapCuda)))
    gst_buffer_unmap(frame->input_buffer, &map);
  // What the library has written itself has an event of its device.
  GstMemory* memory = gst_buffer_peek_memory(frame->input_buffer, 0);
  note_frame(!gst_mini_object_get_qdata(GST_MINI_OBJECT_CAST(memory),
                                        g_quark_from_static_string("webrtcserver-cuda-event")));
  return give(encoder, frame, h264_frame);
}

void null_card_encoder_class_init(NullCardEncoderClass* type) {
  add_pads(GST_ELEMENT_CLASS(type), "video/x-raw(memory:CUDAMemory),format=NV12",
           "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au");
  GST_VIDEO_ENCODER_CLASS(type)->set_format = set_card_format;
  GST_VIDEO_ENCODER_CLASS(type)->handle_frame = encode_on_card;
}

void null_card_encoder_init(NullCardEncoder* /*self*/) {}

// A small black picture, from a real one.
GstBuffer* take_key_frame(const std::string& encoder) {
  GstElement* pipeline = gst_parse_launch(
      ("videotestsrc num-buffers=1 pattern=black ! video/x-raw,width=64,height=64 ! " + encoder +
       " ! appsink name=out sync=false")
          .c_str(),
      nullptr);
  if (!pipeline) return nullptr;
  GstElement* out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  GstSample* sample = nullptr;
  if (out) {
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    sample = gst_app_sink_pull_sample(GST_APP_SINK(out));
    gst_object_unref(out);
  }
  GstBuffer* frame = sample ? gst_buffer_copy_deep(gst_sample_get_buffer(sample)) : nullptr;
  if (sample) gst_sample_unref(sample);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return frame;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Size {
  const char* name;
  int width;
  int height;
};

// Of one picture that is rendered again and again.
struct Way {
  std::string uri;
  const char* codec;
  bool on_device;
};

void measure(PixelFormat format, std::size_t bytes_per_pixel, const Size& size, unsigned frames,
             const Way& way) {
  const std::size_t bytes = static_cast<std::size_t>(size.width) *
                            static_cast<std::size_t>(size.height) * bytes_per_pixel;
  std::vector<std::uint8_t> memory(way.on_device ? 0 : bytes);
  const auto on_device = way.on_device ? std::make_unique<DeviceMemory>(bytes) : nullptr;
  webrtcserver::VideoOptions options;
  options.output_codec = way.codec;
  const auto output = VideoOutput::create(way.uri, options);
  Pixels pixels(on_device ? on_device->data() : memory.data(), size.width, size.height, format);
  // What VP8 is in, whatever its height: another matrix would be converted once more.
  pixels.matrix = webrtcserver::ColorMatrix::kBt601;
  constexpr unsigned kWarm = 10;
  double cpu = 0;
  std::chrono::nanoseconds rendering{0};
  auto begin = std::chrono::steady_clock::now();
  const unsigned before = progress.frames;
  const unsigned copies = progress.copies;
  for (unsigned i = 0; i < frames + kWarm; ++i) {
    std::unique_lock lock(progress.mutex);
    const bool came = progress.changed.wait_for(
        lock, std::chrono::seconds(20), [&] { return progress.frames - before + kAhead > i; });
    lock.unlock();
    if (!came) {
      std::printf("| %s | %s | nothing was encoded for 20 s |\n", to_string(format).c_str(),
                  size.name);
      return;
    }
    if (i == kWarm) {
      cpu = cpu_seconds();
      rendering = {};
      begin = std::chrono::steady_clock::now();
    }
    const auto called = std::chrono::steady_clock::now();
    output->render(pixels);
    rendering += std::chrono::steady_clock::now() - called;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double spent = cpu_seconds() - cpu;
  std::printf("| %s | %s | %s | %.0f | %.2f | %.2f | %s |\n", way.on_device ? "CUDA device" : "CPU",
              to_string(format).c_str(), size.name, frames / wall.count(), 1e3 * spent / frames,
              std::chrono::duration<double, std::milli>(rendering).count() / frames,
              !way.on_device              ? ""
              : progress.copies == copies ? "none"
                                          : "by the CPU's memory");
  output->close();
  if (on_device) on_device->finish();
}

// Without the element's plugin, too: an encoder that never fails leaves nothing to bring down.
void ensure_way_down() {
  GstElementFactory* known = gst_element_factory_find("cudadownload");
  GstElementFactory* same = gst_element_factory_find("identity");
  if (!known && same) {
    gst_object_unref(gst_plugin_feature_load(GST_PLUGIN_FEATURE(same)));
    gst_element_register(nullptr, "cudadownload", GST_RANK_NONE,
                         gst_element_factory_get_element_type(same));
  }
  if (known) gst_object_unref(known);
  if (same) gst_object_unref(same);
}

void measure_all(unsigned frames, const Way& way) {
  for (const Size& size : {Size{"1080p", 1920, 1080}, Size{"4K", 3840, 2160}}) {
    for (const auto& [format, bytes] : {std::pair{PixelFormat::kRgb, 3},
                                        {PixelFormat::kRgba, 4},
                                        {PixelFormat::kRgbFloat, 12},
                                        {PixelFormat::kPlanarRgbFloat, 12}})
      measure(format, static_cast<std::size_t>(bytes), size, frames, way);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  gst_init(nullptr, nullptr);
  const int frames = argc > 1 ? std::atoi(argv[1]) : 200;
  const std::string port = argc > 2 ? argv[2] : "5004";
  if (frames < 1) {
    std::fputs("webrtcserver-bench-render [frames] [rtp-port]\n", stderr);
    return 2;
  }
  vp8_frame = take_key_frame("vp8enc");
  if (!vp8_frame ||
      !gst_element_register(nullptr, "vp8enc", GST_RANK_PRIMARY, null_encoder_get_type())) {
    std::fputs("webrtcserver-bench-render: vp8enc is needed, of gstreamer1.0-plugins-good\n",
               stderr);
    return 1;
  }
  std::puts(
      "| pixels of | as | size | frames per second | CPU, ms per frame | of it render(), ms of "
      "wall | copies |");
  std::puts("| --- | --- | --- | --- | --- | --- | --- |");
  const std::string uri = "rtp://127.0.0.1:" + port;
  measure_all(static_cast<unsigned>(frames), {uri, "vp8", false});
  if (!DeviceMemory::missing().empty()) {
    std::printf("\nOf a CUDA device nothing: %s\n", DeviceMemory::missing().c_str());
    return 0;
  }
  h264_frame = take_key_frame(
      "x264enc ! video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au");
  if (!h264_frame || !gst_element_register(nullptr, "nvcudah264enc", GST_RANK_PRIMARY,
                                           null_card_encoder_get_type())) {
    std::fputs("webrtcserver-bench-render: x264enc is needed, of gstreamer1.0-plugins-ugly\n",
               stderr);
    return 1;
  }
  ensure_way_down();
  measure_all(static_cast<unsigned>(frames), {uri, "h264", true});
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "webrtcserver-bench-render: %s\n", error.what());
  return 1;
}
