// SPDX-License-Identifier: LGPL-2.1-or-later
// host.cpp — the server side of the benchmark: one test picture, and the baseline or any other sink
// behind it.
//
//   webrtcserver-bench-host --sink=baseline --port=8600
//   webrtcserver-bench-host --sink="webrtcsink uri=webrtc://127.0.0.1:8600/output"
//
// Everything before the sink is the same, so that a difference in the figures is the sink's. Prints
// "ready" when the first picture has reached the sink, and ends on SIGINT, SIGTERM or when its
// parent does.
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
using webrtcserver::bench::TestPicture;

constexpr int kWidth = 1280;
constexpr int kHeight = 720;
// Not 30/1: against a display of 60 Hz that rate keeps whatever phase it began with, and every run
// would measure another one, up to 17 ms apart.
constexpr const char* kFrameRate = "30000/1001";

struct Options {
  std::string sink = "baseline";
  std::uint16_t port = 8600;
  unsigned bits_per_second = 2'500'000;
};

Options parse_options(int* argc, char*** argv) {
  gchar* sink = nullptr;
  gint port = 8600;
  gint bits_per_second = 2'500'000;
  const GOptionEntry entries[] = {
      {"sink", 's', 0, G_OPTION_ARG_STRING, &sink, "\"baseline\", or the end of a gst-launch line",
       "SINK"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &port, "port of the baseline (8600)", "PORT"},
      {"bitrate", 'b', 0, G_OPTION_ARG_INT, &bits_per_second,
       "bit/s of the baseline's encoder (2500000)", "RATE"},
      {},
  };
  const std::unique_ptr<GOptionContext, decltype(&g_option_context_free)> context(
      g_option_context_new("- one test picture into a sink, for benchmarks"),
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
  if (sink) options.sink = webrtcserver::take_string(sink);
  options.port = static_cast<std::uint16_t>(port);
  options.bits_per_second = static_cast<unsigned>(bits_per_second);
  return options;
}

// Lives on the source's streaming thread once installed: the probe runs when the source has waited
// for the frame's time, so the clock in the picture is the moment a live source would have captured
// it.
class Painter {
 public:
  static void install(GstElement* source) {
    auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source, "src"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_buffer, new Painter,
                      [](gpointer self) { delete static_cast<Painter*>(self); });
  }

 private:
  Painter() { gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_I420, kWidth, kHeight); }

  static GstPadProbeReturn on_buffer(GstPad* /*pad*/, GstPadProbeInfo* probe, gpointer self) {
    auto* painter = static_cast<Painter*>(self);
    GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(probe));
    GST_PAD_PROBE_INFO_DATA(probe) = buffer;
    GstVideoFrame frame;
    if (!gst_video_frame_map(&frame, &painter->info_, buffer, GST_MAP_WRITE))
      return GST_PAD_PROBE_DROP;
    painter->picture_.paint(&frame, std::chrono::system_clock::now());
    gst_video_frame_unmap(&frame);
    if (!std::exchange(painter->announced_, true)) {
      std::puts("ready");
      std::fflush(stdout);
    }
    return GST_PAD_PROBE_OK;
  }

  GstVideoInfo info_{};
  TestPicture picture_{kWidth, kHeight};
  bool announced_ = false;
};

Ref<GstElement> make_pipeline(const Options& options) {
  const bool baseline = options.sink == "baseline";
  const std::string description =
      "videotestsrc name=source is-live=true pattern=black ! video/x-raw,format=I420,width=" +
      std::to_string(kWidth) + ",height=" + std::to_string(kHeight) + ",framerate=" + kFrameRate +
      ",colorimetry=bt709 ! " +
      (baseline ? Baseline::sink_description(options.bits_per_second) : options.sink);
  GError* error = nullptr;
  auto pipeline = Ref<GstElement>::sink(
      gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  if (!pipeline) throw std::runtime_error(Owned<GError>(error)->message);
  return pipeline;
}

int run(int argc, char** argv) {
  const Options options = parse_options(&argc, &argv);
  auto pipeline = make_pipeline(options);
  Painter::install(
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "source")).get());
  std::unique_ptr<Baseline> baseline;
  if (options.sink == "baseline") baseline = std::make_unique<Baseline>(pipeline, options.port);
  return webrtcserver::bench::play(pipeline, [] {});
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "webrtcserver-bench-host: %s\n", error.what());
  return 2;
}
