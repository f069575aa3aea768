// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs whose decoders leave pictures in a device's memory, on machines that are played by
// doubles: frames come to the CPU by the shortest way, and stay where they are for an application
// that captures on the device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "doubles/contexts.hpp"
#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "doubles/hardware_element.hpp"
#include "doubles/station.hpp"
#include "support/patience.hpp"
#include "support/temporary_files.hpp"
#include "support/video_files.hpp"
#include "video/frame_copy.hpp"
#include "video/video_source.hpp"

namespace webrtcserver {
namespace {

using doubles::Contracts;
using doubles::Machine;
using doubles::MemoryKind;
using doubles::Station;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kPatience = 1000 * static_cast<int>(test::kPatience.count());  // milliseconds
constexpr unsigned kFrames = 4;

class DeviceInput : public testing::Test {
 protected:
  ~DeviceInput() override {
    for (const char* factory : {"nvv4l2decoder", "nvh264dec", "vah264dec"})
      Station::of(factory).reset();
  }

  // Whose decoders decodebin takes before all others.
  void install(const Contracts& contracts, Machine converters) {
    for (const doubles::ElementContract* contract : contracts)
      machine_.push_back(doubles::install(*contract, GST_RANK_PRIMARY + 100));
    for (auto& converter : converters) machine_.push_back(std::move(converter));
    for (const char* factory : {"nvv4l2decoder", "nvh264dec", "vah264dec"})
      Station::of(factory).reset();
  }

  // White, with black to the left of it.
  std::string file() const {
    std::string path = folder_.path("movie.mp4");
    EXPECT_TRUE(test::run_pipeline(
        "videotestsrc num-buffers=" + std::to_string(kFrames) +
        " pattern=white ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "
        "videobox border-alpha=1 left=-160 ! " +
        test::kH264 + " ! mp4mux ! filesink location=" + path));
    return path;
  }

  // All frames of the file, which have to be the CPU's to read, with the right colours.
  void expect_frames() {
    const unsigned refused = doubles::refused_maps();
    const auto source = VideoSource::create(file(), options_);
    unsigned frames = 0;
    while (source->is_streaming()) {
      const auto frame = source->capture(kPatience);
      if (!frame) continue;
      ++frames;
      int width = 0;
      int height = 0;
      const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(frame.get()), 0);
      gst_structure_get_int(caps, "width", &width);
      gst_structure_get_int(caps, "height", &height);
      std::vector<std::uint8_t> rgb(std::size_t{3} * static_cast<std::size_t>(width) *
                                    static_cast<std::size_t>(height));
      ApplicationPixels pixels;
      pixels.pixels = {PixelLayout::kRgb8, width, height, {rgb.data()}, {}};
      pixels.memory = PixelMemory::kHost;
      complete(pixels);
      copy_frame(frame.get(), pixels);
      const auto row = std::size_t{3} * static_cast<std::size_t>(width);
      const std::size_t begin = row * static_cast<std::size_t>(height / 2);
      EXPECT_LT(rgb[begin + row / 8], 10);
      EXPECT_GT(rgb[begin + row - row / 8], 245);
    }
    EXPECT_EQ(frames, kFrames);
    EXPECT_EQ(doubles::refused_maps(), refused);
  }

  Machine machine_;
  VideoOptions options_;
  const test::TemporaryFolder folder_;
};

TEST_F(DeviceInput, OfAJetsonComesOutOfItsMemory) {
  install(doubles::jetson(), doubles::jetson_converters());
  const auto before = doubles::traffic();
  expect_frames();
  EXPECT_EQ(Station::of("nvv4l2decoder").seen().frames_out, kFrames);
  EXPECT_EQ(doubles::traffic().downloads - before.downloads, kFrames);
}

TEST_F(DeviceInput, IsAsTheOptionsWantItBehindTheDownload) {
  install(doubles::deepstream(), doubles::jetson_converters(true));
  options_.input_width = 96;
  options_.input_height = 64;
  options_.input_rate = 30;
  options_.input_flip = "180";  // and so black is on the right
  options_.format = "BGR";
  const auto source = VideoSource::create(file(), options_);
  const auto frame = source->capture(kPatience);
  ASSERT_TRUE(frame);
  EXPECT_THAT(take_string(gst_caps_to_string(gst_sample_get_caps(frame.get()))),
              AllOf(HasSubstr("BGR"), HasSubstr("width=(int)96"), HasSubstr("height=(int)64")));
  EXPECT_GE(Station::of("nvv4l2decoder").seen().frames_out, 1U);
  source->close();  // what it has decoded by then counts here, not for the next test
}

TEST_F(DeviceInput, OfADecoderThatIsNamedComesOutOfItsMemory) {
  install(doubles::jetson(), doubles::jetson_converters());
  options_.input_decoder = "nvv4l2decoder";
  expect_frames();
  EXPECT_EQ(Station::of("nvv4l2decoder").seen().frames_out, kFrames);
}

TEST_F(DeviceInput, OfADecoderThatHasBothIsAskedForInSystemMemory) {
  struct Case {
    Contracts contracts;
    Machine (*converters)();
    const char* decoder;
  };
  for (const Case& one : {Case{doubles::desktop_nvidia(22), doubles::cuda_converters, "nvh264dec"},
                          Case{doubles::desktop_nvidia(26), doubles::cuda_converters, "nvh264dec"},
                          Case{doubles::va(22), doubles::va_converters, "vah264dec"}}) {
    SCOPED_TRACE(one.decoder);
    install(one.contracts, one.converters());
    const auto before = doubles::traffic();
    expect_frames();
    EXPECT_EQ(Station::of(one.decoder).seen().frames_out, kFrames);
    EXPECT_EQ(doubles::traffic().downloads, before.downloads) << "the decoder does that itself";
    machine_.clear();
  }
}

TEST_F(DeviceInput, ThatNothingBringsDownIsRefusedInWords) {
  install(doubles::jetson(), {});
  const auto source = VideoSource::create(file(), options_);
  try {
    source->capture(kPatience);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("memory:NVMM"), HasSubstr("nvvidconv"), HasSubstr("movie.mp4")));
  }
}

// ---- for applications that capture on the device

class Frames final : public InputPipeline::Listener {
 public:
  // The first, or null when the input ends or fails.
  Ref<GstSample> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, test::kPatience, [this] { return frame_ || over_; });
    return frame_;
  }
  std::string error() const {
    const std::scoped_lock lock(mutex_);
    return error_;
  }

 private:
  Wish on_frame(Ref<GstSample> frame) override {
    end([&] {
      if (!frame_) frame_ = std::move(frame);
    });
    return Wish::kMore;
  }
  void on_read(Ref<GstSample> /*sample*/) override {}
  void on_end() override {
    end([this] { over_ = true; });
  }
  void on_error(const Error& error) override {
    end([&] {
      over_ = true;
      error_ = error.what();
    });
  }
  template <typename Change>
  void end(Change&& change) {
    {
      const std::scoped_lock lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Ref<GstSample> frame_;  // guarded by mutex_
  bool over_ = false;     // guarded by mutex_
  std::string error_;     // guarded by mutex_
};

class DeviceFrames : public DeviceInput {
 protected:
  // The first frame of the file, for an application that captures on a CUDA device.
  MemoryKind memory() {
    const auto frames = std::make_shared<Frames>();
    const auto pipeline =
        InputPipeline::create(Location::parse(file(), LocationUse::kInput), options_, frames,
                              doubles::make_context(MemoryKind::kCuda));
    pipeline->start();
    const auto frame = frames->wait();
    pipeline->stop();
    EXPECT_TRUE(frame) << frames->error();
    if (!frame) return MemoryKind::kSystem;
    const MemoryKind kind = doubles::kind_of(gst_sample_get_caps(frame.get()));
    EXPECT_TRUE(doubles::is_of(gst_sample_get_buffer(frame.get()), kind));
    return kind;
  }
};

TEST_F(DeviceFrames, StayOnTheDevice) {
  install(doubles::desktop_nvidia(22), doubles::cuda_converters());
  const auto before = doubles::traffic();
  EXPECT_EQ(memory(), MemoryKind::kCuda);
  EXPECT_EQ(doubles::traffic().downloads, before.downloads);
}

TEST_F(DeviceFrames, OfADecoderThatIsNamedStayOnTheDevice) {
  install(doubles::desktop_nvidia(26), doubles::cuda_converters());
  options_.input_decoder = "nvh264dec";
  EXPECT_EQ(memory(), MemoryKind::kCuda);
}

TEST_F(DeviceFrames, ThatTheCpuHasToConvertComeDown) {
  install(doubles::desktop_nvidia(22), doubles::cuda_converters());
  options_.format = "RGB";
  EXPECT_EQ(memory(), MemoryKind::kSystem);
}

TEST_F(DeviceFrames, OfOtherDecodersAreInSystemMemory) {
  EXPECT_EQ(memory(), MemoryKind::kSystem);
  install(doubles::jetson(), doubles::jetson_converters());
  EXPECT_EQ(memory(), MemoryKind::kSystem);
}

}  // namespace
}  // namespace webrtcserver
