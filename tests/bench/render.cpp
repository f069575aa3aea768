// SPDX-License-Identifier: LGPL-2.1-or-later
// render.cpp — what it takes from render(pixels) to RTP where an encoder costs nothing:
//   webrtcserver-bench-render [frames] [rtp-port]   prints markdown.
//
// The encoder is one that maps its picture, looks at none of it and gives out the same key frame of
// VP8 each time, under the name of libvpx's. A picture is rendered as soon as the one two before it
// has been encoded, so none is dropped and nobody sleeps. Wall time is of the whole way; CPU time
// is of the whole process.
#include <gst/app/gstappsink.h>
#include <gst/video/gstvideoencoder.h>
#include <sys/resource.h>
#include <webrtcserver/video.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

namespace {

using webrtcserver::PixelFormat;
using webrtcserver::Pixels;
using webrtcserver::VideoOutput;

constexpr int kAhead = 2;

// What has been encoded, and of what.
struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned frames = 0;  // guarded by mutex
} progress;

GstBuffer* key_frame = nullptr;

struct NullEncoder {
  GstVideoEncoder parent;
};
struct NullEncoderClass {
  GstVideoEncoderClass parent;
};
G_DEFINE_TYPE(NullEncoder, null_encoder, GST_TYPE_VIDEO_ENCODER)

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
  frame->output_buffer = gst_buffer_copy(key_frame);
  GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
  {
    const std::scoped_lock lock(progress.mutex);
    ++progress.frames;
  }
  progress.changed.notify_all();
  return gst_video_encoder_finish_frame(encoder, frame);
}

void null_encoder_class_init(NullEncoderClass* type) {
  auto* element = GST_ELEMENT_CLASS(type);
  for (const auto& [name, direction, caps] :
       {std::tuple{"sink", GST_PAD_SINK, "video/x-raw,format={I420,NV12}"},
        std::tuple{"src", GST_PAD_SRC, "video/x-vp8"}}) {
    GstCaps* own = gst_caps_from_string(caps);
    gst_element_class_add_pad_template(element,
                                       gst_pad_template_new(name, direction, GST_PAD_ALWAYS, own));
    gst_caps_unref(own);
  }
  gst_element_class_set_static_metadata(element, "An encoder that costs nothing",
                                        "Codec/Encoder/Video", "For benchmarks", "us");
  type->parent.set_format = set_format;
  type->parent.handle_frame = encode;
}

void null_encoder_init(NullEncoder* /*self*/) {}

// A small black picture, from the real one.
bool take_key_frame() {
  GstElement* pipeline = gst_parse_launch(
      "videotestsrc num-buffers=1 pattern=black ! video/x-raw,width=64,height=64 ! vp8enc "
      "! appsink name=out sync=false",
      nullptr);
  if (!pipeline) return false;
  GstElement* out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(out));
  if (sample) key_frame = gst_buffer_copy_deep(gst_sample_get_buffer(sample));
  if (sample) gst_sample_unref(sample);
  gst_object_unref(out);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return key_frame != nullptr;
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

void measure(PixelFormat format, std::size_t bytes_per_pixel, const Size& size, unsigned frames,
             const std::string& uri) {
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(size.width) *
                                   static_cast<std::size_t>(size.height) * bytes_per_pixel);
  webrtcserver::VideoOptions options;
  options.output_codec = "vp8";
  const auto output = VideoOutput::create(uri, options);
  Pixels pixels(memory.data(), size.width, size.height, format);
  // What VP8 is in, whatever its height: another matrix would be converted once more.
  pixels.matrix = webrtcserver::ColorMatrix::kBt601;
  constexpr unsigned kWarm = 10;
  double cpu = 0;
  std::chrono::nanoseconds rendering{0};
  auto begin = std::chrono::steady_clock::now();
  const unsigned before = progress.frames;
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
  std::printf("| %s | %s | %.0f | %.2f | %.2f |\n", to_string(format).c_str(), size.name,
              frames / wall.count(), 1e3 * spent / frames,
              std::chrono::duration<double, std::milli>(rendering).count() / frames);
  output->close();
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
  if (!take_key_frame() ||
      !gst_element_register(nullptr, "vp8enc", GST_RANK_PRIMARY, null_encoder_get_type())) {
    std::fputs("webrtcserver-bench-render: vp8enc is needed, of gstreamer1.0-plugins-good\n",
               stderr);
    return 1;
  }
  std::puts(
      "| pixels | size | frames per second | CPU, ms per frame | of it render(), ms of wall |");
  std::puts("| --- | --- | --- | --- | --- |");
  for (const Size& size : {Size{"1080p", 1920, 1080}, Size{"4K", 3840, 2160}}) {
    for (const auto& [format, bytes] : {std::pair{PixelFormat::kRgb, 3},
                                        {PixelFormat::kRgba, 4},
                                        {PixelFormat::kRgbFloat, 12},
                                        {PixelFormat::kPlanarRgbFloat, 12}}) {
      measure(format, static_cast<std::size_t>(bytes), size, static_cast<unsigned>(frames),
              "rtp://127.0.0.1:" + port);
    }
  }
  return 0;
} catch (const webrtcserver::Error& error) {
  std::fprintf(stderr, "webrtcserver-bench-render: %s\n", error.what());
  return 1;
}
