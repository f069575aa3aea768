// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_reader.hpp"

#include <vector>

#include "base/error.hpp"
#include "cuda/gpu_frames.hpp"
#include "cuda/gst_cuda.hpp"
#include "unit/cuda/gpu.hpp"

namespace webrtcserver {
namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 16;

class GpuReaderTest : public Gpu {
 protected:
  void SetUp() override {
    Gpu::SetUp();
    if (IsSkipped()) return;
    if (!GstCuda::missing().empty()) GTEST_SKIP() << GstCuda::missing();
    gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_NV12, kWidth, kHeight);
  }

  Pixels pixels(const GpuBytes& bytes) const {
    return pixels_in(bytes.data(), block_, PixelLayout::kRgb8, kWidth, kHeight);
  }

  const PixelBlock block_ = pixel_block(PixelLayout::kRgb8, kWidth, kHeight, 16);
  GstVideoInfo info_ = {};
};

TEST_F(GpuReaderTest, GivesWhatWasRendered) {
  const GpuBytes white(*device_, std::vector<std::uint8_t>(block_.size, 255));
  const GpuBytes seen(*device_, std::vector<std::uint8_t>(block_.size, 1));
  GpuFrames frames(GpuFrames::Kind::kCuda);
  GpuReader reader;
  const auto buffer = frames.make(pixels(white), {}, nullptr);
  ASSERT_TRUE(buffer);
  ASSERT_TRUE(GpuReader::is_for(buffer.get()));
  reader.read(buffer.get(), info_, pixels(seen), {}, nullptr);
  EXPECT_EQ(seen.read(), std::vector<std::uint8_t>(block_.size, 255));
}

TEST_F(GpuReaderTest, KeepsTheFrameForAsLongAsTheDeviceReadsIt) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const GpuBytes white(*device_, std::vector<std::uint8_t>(block_.size, 255));
  const GpuBytes seen(*device_, std::vector<std::uint8_t>(block_.size, 1));
  GpuFrames frames(GpuFrames::Kind::kCuda, 1);
  GpuReader reader;
  auto buffer = frames.make(pixels(white), {}, nullptr);
  const GpuStream stream(*device_);
  wait_for_gpu(buffer.get());
  control()->hold(true);
  reader.read(buffer.get(), info_, pixels(seen), {}, stream.get());
  buffer = nullptr;
  EXPECT_FALSE(frames.make(pixels(white), {}, nullptr)) << "The one buffer is out.";
  EXPECT_TRUE(reader.let_go());
  EXPECT_FALSE(frames.make(pixels(white), {}, nullptr)) << "The device has not read it.";
  control()->hold(false);
  stream.finish();
  EXPECT_EQ(seen.read(), std::vector<std::uint8_t>(block_.size, 255));
  EXPECT_FALSE(reader.let_go());
  EXPECT_TRUE(frames.make(pixels(white), {}, nullptr)) << "It has been given back.";
}

TEST_F(GpuReaderTest, IsNotForFramesOfTheHost) {
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info_.size, nullptr));
  EXPECT_FALSE(GpuReader::is_for(buffer.get()));
}

}  // namespace
}  // namespace webrtcserver
