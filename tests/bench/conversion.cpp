// SPDX-License-Identifier: LGPL-2.1-or-later
// conversion.cpp — what our conversion of a picture on the CPU takes, next to videoconvert's, on
// one thread each:  webrtcserver-bench-conversion [rounds] Prints markdown. Time is of the thread,
// so that other programs disturb little.
#include "cuda/cpu_conversion.hpp"

#include <gst/video/video.h>

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cuda/video_format.hpp"

namespace webrtcserver {
namespace {

struct Pair {
  PixelLayout from;
  PixelLayout to;
};

constexpr Pair kPairs[] = {
    {PixelLayout::kRgb8, PixelLayout::kNv12},
    {PixelLayout::kRgb8, PixelLayout::kI420},
    {PixelLayout::kRgba8, PixelLayout::kNv12},
    {PixelLayout::kRgba8, PixelLayout::kI420},
    {PixelLayout::kBgr8, PixelLayout::kI420},
    {PixelLayout::kBgra8, PixelLayout::kI420},
    {PixelLayout::kGray8, PixelLayout::kI420},
    {PixelLayout::kRgbFloat, PixelLayout::kI420},
    {PixelLayout::kRgbaFloat, PixelLayout::kI420},
    {PixelLayout::kPlanarRgbFloat, PixelLayout::kI420},
    {PixelLayout::kNv12, PixelLayout::kRgb8},
    {PixelLayout::kI420, PixelLayout::kRgb8},
    {PixelLayout::kNv12, PixelLayout::kRgba8},
    {PixelLayout::kI420, PixelLayout::kRgba8},
    {PixelLayout::kI420, PixelLayout::kBgr8},
    {PixelLayout::kI420, PixelLayout::kBgra8},
    {PixelLayout::kI420, PixelLayout::kGray8},
    {PixelLayout::kI420, PixelLayout::kRgbFloat},
    {PixelLayout::kI420, PixelLayout::kRgbaFloat},
    {PixelLayout::kI420, PixelLayout::kPlanarRgbFloat},
    {PixelLayout::kI420, PixelLayout::kNv12},
};

// Milliseconds of this thread.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

struct Picture {
  Picture(PixelLayout layout, int width, int height)
      : block(pixel_block(layout, width, height, 64)),
        memory(static_cast<unsigned char*>(
                   std::aligned_alloc(4096, (block.size + 4095) / 4096 * 4096)),
               std::free),
        pixels(pixels_in(memory.get(), block, layout, width, height)) {
    if (is_float(layout)) {
      auto* values = reinterpret_cast<float*>(memory.get());
      for (std::size_t i = 0; i < block.size / sizeof(float); ++i)
        values[i] = static_cast<float>(i * 2654435761U % 256);
    } else {
      for (std::size_t i = 0; i < block.size; ++i)
        memory.get()[i] = static_cast<unsigned char>(i * 2654435761U >> 13);
    }
  }

  PixelBlock block;
  std::unique_ptr<unsigned char, void (*)(void*)> memory;
  Pixels pixels;
};

// GStreamer's converter as the element videoconvert sets it up, with its one thread.
class VideoConvert {
 public:
  VideoConvert(Picture& from, Picture& to) {
    describe(from, from_info_);
    describe(to, to_info_);
    converter_ = gst_video_converter_new(&from_info_, &to_info_, nullptr);
    wrap(from, from_info_, from_frame_);
    wrap(to, to_info_, to_frame_);
  }
  ~VideoConvert() { gst_video_converter_free(converter_); }
  VideoConvert(const VideoConvert&) = delete;
  VideoConvert& operator=(const VideoConvert&) = delete;

  void run() { gst_video_converter_frame(converter_, &from_frame_, &to_frame_); }

 private:
  static void describe(const Picture& picture, GstVideoInfo& info) {
    gst_video_info_set_format(&info, video_format_of(picture.pixels.layout),
                              static_cast<guint>(picture.pixels.width),
                              static_cast<guint>(picture.pixels.height));
    for (std::size_t plane = 0; plane < 3; ++plane) {
      info.offset[plane] = static_cast<gsize>(picture.block.offsets[plane]);
      info.stride[plane] = static_cast<gint>(picture.block.strides[plane]);
    }
    if (is_yuv(picture.pixels.layout)) {
      gst_video_colorimetry_from_string(&info.colorimetry, "bt709");
      info.chroma_site = GST_VIDEO_CHROMA_SITE_JPEG;
    }
  }

  static void wrap(Picture& picture, GstVideoInfo& info, GstVideoFrame& frame) {
    frame = {};
    frame.info = info;
    for (std::size_t plane = 0; plane < 3; ++plane)
      frame.data[plane] = picture.pixels.planes[plane];
  }

  GstVideoInfo from_info_{};
  GstVideoInfo to_info_{};
  GstVideoFrame from_frame_{};
  GstVideoFrame to_frame_{};
  GstVideoConverter* converter_;
};

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Task>
double time_of(const Task& task) {
  const double begin = now();
  task();
  return now() - begin;
}

// Median milliseconds of a picture, ours and theirs by turns. Theirs is 0 where there is none.
void measure(const Pair& pair, int width, int height, int rounds) {
  Picture from(pair.from, width, height);
  Picture to(pair.to, width, height);
  const Conversion conversion;
  const bool comparable = video_format_of(pair.from) != GST_VIDEO_FORMAT_UNKNOWN &&
                          video_format_of(pair.to) != GST_VIDEO_FORMAT_UNKNOWN;
  std::unique_ptr<VideoConvert> theirs;
  if (comparable) theirs = std::make_unique<VideoConvert>(from, to);
  const auto ours = [&] { convert_on_cpu(from.pixels, to.pixels, conversion); };
  std::vector<double> our_times;
  std::vector<double> their_times;
  std::vector<double> ratios;
  for (int round = -1; round < rounds; ++round) {
    const double our_time = time_of(ours);
    const double their_time = theirs ? time_of([&] { theirs->run(); }) : 0;
    if (round < 0) continue;  // pages and caches are filled
    our_times.push_back(our_time);
    their_times.push_back(their_time);
    ratios.push_back(their_time / our_time);
  }
  const std::string name = std::string(name_of(pair.from)) + " → " + name_of(pair.to);
  std::printf("| %s | %d×%d | %.2f |", name.c_str(), width, height, median(our_times));
  if (theirs) {
    std::printf(" %.2f | %.2f |\n", median(their_times), median(ratios));
  } else {
    std::printf(" – | – |\n");
  }
}

}  // namespace
}  // namespace webrtcserver

int main(int argc, char** argv) {
  gst_init(nullptr, nullptr);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: %s [rounds]     rounds: a number from 1\n", argv[0]);
    return 2;
  }
  std::printf("Vector code: %s. Milliseconds of one thread, medians of %d.\n\n",
              webrtcserver::row_functions().name, rounds);
  std::printf("| conversion | size | ours | videoconvert | videoconvert / ours |\n");
  std::printf("| --- | --- | --- | --- | --- |\n");
  for (const auto& pair : webrtcserver::kPairs) {
    webrtcserver::measure(pair, 1920, 1080, rounds);
    webrtcserver::measure(pair, 3840, 2160, rounds);
  }
  return 0;
}
