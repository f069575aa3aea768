// SPDX-License-Identifier: LGPL-2.1-or-later
// receiver.cpp — the server side of the benchmark of publishing: a browser's camera, received by
// the baseline or any other source, and what is done with it.
//
//   webrtcserver-bench-receiver --source=baseline --port=8600 --to=frames
//   webrtcserver-bench-receiver --source="webrtcsrc uri=webrtc://127.0.0.1:8600/input" --to=frames
//
// --to is "frames": decoded, and each arrival is told with the age of the clock in the picture;
// "loop": encoded anew and shown on /output by --sink; or a path: recorded there, not decoded.
// Prints "ready" once browsers may come, and for every frame "frame AT AGE": when it arrived, in
// milliseconds since the epoch, and the milliseconds since its clock was drawn, or "-".
// Ends on SIGINT, SIGTERM or when its parent does.
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "baseline.hpp"
#include "main_context.hpp"
#include "test_picture.hpp"

namespace {

using webrtcserver::Owned;
using webrtcserver::Ref;
using webrtcserver::bench::Baseline;
using webrtcserver::bench::find_element;
using webrtcserver::bench::TestPicture;

constexpr const char* kBaseline = "baseline";

struct Options {
  std::string source = kBaseline;
  std::string to = "frames";
  std::string sink = kBaseline;
  std::uint16_t port = 8600;
  unsigned bits_per_second = 2'500'000;
};

Options parse_options(int* argc, char*** argv) {
  gchar* source = nullptr;
  gchar* to = nullptr;
  gchar* sink = nullptr;
  gint port = 8600;
  gint bits_per_second = 2'500'000;
  const GOptionEntry entries[] = {
      {"source", 0, 0, G_OPTION_ARG_STRING, &source,
       "\"baseline\", or the beginning of a gst-launch line", "SOURCE"},
      {"to", 't', 0, G_OPTION_ARG_STRING, &to, "\"frames\", \"loop\" or the file to record", "TO"},
      {"sink", 's', 0, G_OPTION_ARG_STRING, &sink,
       "of the loop: \"baseline\", or the end of a gst-launch line", "SINK"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &port, "port of the baseline (8600)", "PORT"},
      {"bitrate", 'b', 0, G_OPTION_ARG_INT, &bits_per_second,
       "bit/s of the baseline's encoder (2500000)", "RATE"},
      {},
  };
  const std::unique_ptr<GOptionContext, decltype(&g_option_context_free)> context(
      g_option_context_new("- a browser's camera, received, for benchmarks"),
      g_option_context_free);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  GError* error = nullptr;
  if (!g_option_context_parse(context.get(), argc, argv, &error)) {
    throw std::runtime_error(Owned<GError>(error)->message);
  }
  if (*argc > 1) throw std::runtime_error("unknown argument: " + std::string((*argv)[1]));
  if (port < 1 || port > 65535) throw std::runtime_error("--port must be 1 to 65535");
  if (bits_per_second < 1000) throw std::runtime_error("--bitrate is in bit/s and at least 1000");
  Options options;
  if (source) options.source = webrtcserver::take_string(source);
  if (to) options.to = webrtcserver::take_string(to);
  if (sink) options.sink = webrtcserver::take_string(sink);
  options.port = static_cast<std::uint16_t>(port);
  options.bits_per_second = static_cast<unsigned>(bits_per_second);
  return options;
}

std::string describe(const Options& options) {
  const bool baseline = options.source == kBaseline;
  const std::string raw = baseline ? Baseline::raw_source_description() : options.source;
  if (options.to == "frames") {
    return raw +
           " ! video/x-raw,format=I420 ! appsink name=frames sync=false async=false "
           "max-buffers=1 drop=true";
  }
  if (options.to == "loop") {
    return raw + " ! queue ! videoconvert ! " +
           (options.sink == kBaseline ? Baseline::sink_description(options.bits_per_second)
                                      : options.sink);
  }
  return (baseline ? Baseline::encoded_source_description()
                   : options.source + " ! video/x-h264 ! h264parse") +
         " ! matroskamux ! filesink name=file sync=false async=false";
}

Ref<GstElement> make_pipeline(const Options& options) {
  GError* error = nullptr;
  auto pipeline = Ref<GstElement>::sink(gst_parse_launch_full(describe(options).c_str(), nullptr,
                                                              GST_PARSE_FLAG_FATAL_ERRORS, &error));
  if (!pipeline) throw std::runtime_error(Owned<GError>(error)->message);
  // A path may hold what gst-launch would take for syntax.
  if (const auto file = find_element(pipeline.get(), "file"))
    g_object_set(file.get(), "location", options.to.c_str(), nullptr);
  return pipeline;
}

// On the pipeline's streaming thread: tells when a frame has arrived, and how old it is.
GstPadProbeReturn on_frame(GstPad* pad, GstPadProbeInfo* probe, gpointer /*data*/) {
  const auto now = std::chrono::system_clock::now();
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!caps || !gst_video_info_from_caps(&info, caps.get()) ||
      !gst_video_frame_map(&frame, &info, GST_PAD_PROBE_INFO_BUFFER(probe), GST_MAP_READ)) {
    return GST_PAD_PROBE_OK;
  }
  const auto age = TestPicture::age(frame, now);
  gst_video_frame_unmap(&frame);
  using Milliseconds = std::chrono::duration<double, std::milli>;
  std::printf("frame %.1f ", Milliseconds(now.time_since_epoch()).count());
  if (age) {
    std::printf("%.1f\n", Milliseconds(*age).count());
  } else {
    std::puts("-");
  }
  std::fflush(stdout);
  return GST_PAD_PROBE_OK;
}

int run(int argc, char** argv) {
  const Options options = parse_options(&argc, &argv);
  auto pipeline = make_pipeline(options);
  if (const auto frames = find_element(pipeline.get(), "frames")) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(frames.get(), "sink"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_frame, nullptr, nullptr);
  }
  std::unique_ptr<Baseline> baseline;
  if (options.source == kBaseline) baseline = std::make_unique<Baseline>(pipeline, options.port);
  return webrtcserver::bench::play(pipeline, [] {
    std::puts("ready");
    std::fflush(stdout);
  });
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "webrtcserver-bench-receiver: %s\n", error.what());
  return 2;
}
