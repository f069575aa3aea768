// SPDX-License-Identifier: LGPL-2.1-or-later
// cuda.cpp — how near the conversions on a CUDA device come to what its memory can do:
// webrtcserver-bench-cuda [device [rounds]]. Prints markdown.
//
// A conversion reads and writes each byte once, and so does a copy from device to device: the
// copy's bandwidth, measured by turns with the conversion, is the roof. Pictures follow each other
// in a working set many times the size of any device's cache. Times are the device's own, between
// two events of a stream that does nothing else.
#include "cuda/gpu_conversion.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace webrtcserver {
namespace {

constexpr std::size_t kWorkingSet = std::size_t{1} << 30;
constexpr int kAlignment = 256;

constexpr std::array kColours = {PixelLayout::kRgb8,      PixelLayout::kRgba8,
                                 PixelLayout::kBgr8,      PixelLayout::kBgra8,
                                 PixelLayout::kGray8,     PixelLayout::kRgbFloat,
                                 PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat};
constexpr std::array kYuv = {PixelLayout::kNv12, PixelLayout::kI420};

// What is read or written of it: without padding.
std::size_t bytes_of(PixelLayout layout, int width, int height) {
  std::size_t bytes = 0;
  for (int plane = 0; plane < plane_count(layout); ++plane) {
    bytes += static_cast<std::size_t>(row_bytes(layout, width, plane)) *
             static_cast<std::size_t>(row_count(layout, height, plane));
  }
  return bytes;
}

class Bench final {
 public:
  explicit Bench(int ordinal) : device_(CudaDevice::get(ordinal)) {
    const CudaDevice::Current current(*device_);
    const Driver& driver = device_->driver();
    device_->check(driver.create_stream(&stream_, cu::kStreamNonBlocking), "No stream");
    device_->check(driver.create_event(&begin_, 0), "No event");
    device_->check(driver.create_event(&end_, 0), "No event");
    device_->check(driver.allocate(&from_, kWorkingSet), "No memory to measure with");
    device_->check(driver.allocate(&to_, kWorkingSet), "No memory to measure with");
  }

  ~Bench() {
    const Driver& driver = device_->driver();
    driver.push(device_->context());
    driver.free(from_);
    driver.free(to_);
    driver.destroy_event(begin_);
    driver.destroy_event(end_);
    driver.destroy_stream(stream_);
    driver.pop(nullptr);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void print_device() {
    const CudaDevice::Current current(*device_);
    std::array<int, 4> values = {};
    constexpr std::array kWanted = {cu::kComputeCapabilityMajor, cu::kComputeCapabilityMinor,
                                    cu::kMultiprocessorCount, cu::kGlobalMemoryBusWidth};
    for (std::size_t i = 0; i < kWanted.size(); ++i)
      device_->driver().device_attribute(&values[i], kWanted[i], device_->handle());
    std::printf("%s, compute capability %d.%d, %d multiprocessors, memory %d bits wide.\n\n",
                device_->name().c_str(), values[0], values[1], values[2], values[3]);
  }

  void measure(PixelLayout source, PixelLayout destination, int width, int height, int rounds) {
    const PixelBlock from = pixel_block(source, width, height, kAlignment);
    const PixelBlock to = pixel_block(destination, width, height, kAlignment);
    // Each picture begins where rows may begin.
    const std::size_t step = (std::max(from.size, to.size) + 4095) / 4096 * 4096;
    const std::size_t pictures = kWorkingSet / step;
    const std::size_t moved =
        bytes_of(source, width, height) + bytes_of(destination, width, height);
    const auto convert = [&] {
      for (std::size_t i = 0; i < pictures; ++i) {
        convert_on_gpu(*device_, pixels_in(pointer(from_ + i * step), from, source, width, height),
                       pixels_in(pointer(to_ + i * step), to, destination, width, height), {},
                       stream_);
      }
    };
    std::vector<double> rates;
    std::vector<double> shares;
    for (int round = -1; round < rounds; ++round) {
      const double copied = 2.0 * static_cast<double>(kWorkingSet) / seconds([this] { copy(); });
      const double converted =
          static_cast<double>(moved) * static_cast<double>(pictures) / seconds(convert);
      if (round < 0) continue;  // the kernel is compiled, the clocks are up
      rates.push_back(converted);
      shares.push_back(converted / copied);
    }
    const double rate = median(rates);
    std::printf("| %s → %s | %d×%d | %.1f | %.0f | %.0f %% |\n", name_of(source),
                name_of(destination), width, height, static_cast<double>(moved) / rate * 1e6,
                rate / 1e9, 100 * median(shares));
  }

 private:
  static void* pointer(cu::Address address) { return reinterpret_cast<void*>(address); }

  static double median(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }

  void copy() {
    const CudaDevice::Current current(*device_);
    device_->check(device_->driver().copy_on_device(to_, from_, kWorkingSet, stream_), "No copy");
  }

  template <typename Task>
  double seconds(const Task& task) {
    const Driver& driver = device_->driver();
    {
      const CudaDevice::Current current(*device_);
      device_->check(driver.record_event(begin_, stream_), "No event");
    }
    task();
    const CudaDevice::Current current(*device_);
    device_->check(driver.record_event(end_, stream_), "No event");
    device_->check(driver.synchronise_event(end_), "The device failed");
    float milliseconds = 0;
    device_->check(driver.elapsed_time(&milliseconds, begin_, end_), "No time");
    return static_cast<double>(milliseconds) / 1000;
  }

  std::shared_ptr<CudaDevice> device_;
  cu::Stream stream_ = nullptr;
  cu::Event begin_ = nullptr;
  cu::Event end_ = nullptr;
  cu::Address from_ = 0;
  cu::Address to_ = 0;
};

void run(int device, int rounds) {
  Bench bench(device);
  bench.print_device();
  std::printf("| conversion | size | µs | GB/s | of a copy |\n| --- | --- | --- | --- | --- |\n");
  constexpr std::array<std::array<int, 2>, 2> kSizes = {{{1920, 1080}, {3840, 2160}}};
  for (const auto& [width, height] : kSizes) {
    for (const PixelLayout yuv : kYuv) {
      for (const PixelLayout colour : kColours) {
        bench.measure(colour, yuv, width, height, rounds);
        bench.measure(yuv, colour, width, height, rounds);
      }
      for (const PixelLayout other : kYuv) bench.measure(yuv, other, width, height, rounds);
    }
  }
}

}  // namespace
}  // namespace webrtcserver

int main(int argc, char** argv) {
  const int device = argc > 1 ? std::atoi(argv[1]) : 0;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 11;
  if (device < 0 || rounds < 1) {
    std::fprintf(stderr, "usage: %s [device [rounds]]\n", argv[0]);
    return 2;
  }
  try {
    webrtcserver::run(device, rounds);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
