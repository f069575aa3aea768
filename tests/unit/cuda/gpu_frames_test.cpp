// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_frames.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cuda/gst_cuda.hpp"
#include "unit/cuda/gpu.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;

constexpr int kWidth = 64;
constexpr int kHeight = 16;

class GpuFramesTest : public Gpu {
 protected:
  // The application keeps its pictures until its stream has done with them.
  void TearDown() override {
    if (device_ && !device_->is_lost()) {
      const CudaDevice::Current current(*device_);
      device_->check(device_->driver().synchronise_stream(nullptr), "The stream did not end");
    }
    pictures_.clear();
    Gpu::TearDown();
  }

  // White or black, as an application has it.
  const GpuBytes* picture(std::uint8_t level) {
    return &pictures_.emplace_back(*device_, std::vector<std::uint8_t>(block_.size, level));
  }
  Pixels pixels(const GpuBytes& bytes) const {
    return pixels_in(bytes.data(), block_, PixelLayout::kRgb8, kWidth, kHeight);
  }

  std::deque<GpuBytes> pictures_;
  const PixelBlock block_ = pixel_block(PixelLayout::kRgb8, kWidth, kHeight, 16);
};

// What an element sees of it.
std::vector<int> luma_and_chroma(GstBuffer* buffer) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, kWidth, kHeight);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) return {};
  const auto* luma = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  const auto* chroma = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 1));
  const int last_row = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) * (kHeight - 1);
  std::vector<int> seen = {luma[0], luma[last_row + kWidth - 1], chroma[0], chroma[1]};
  gst_video_frame_unmap(&frame);
  return seen;
}

TEST_F(GpuFramesTest, AreReadByAnyElement) {
  GpuFrames frames(GpuFrames::Kind::kHost);
  const auto* const white = picture(255);
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  ASSERT_TRUE(buffer);
  EXPECT_EQ(luma_and_chroma(buffer.get()), (std::vector<int>{235, 235, 128, 128}));
}

TEST_F(GpuFramesTest, AreWaitedForByWhoReadsThem) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  GpuFrames frames(GpuFrames::Kind::kHost);
  const auto* const white = picture(255);
  const GpuStream stream(*device_);
  control()->hold(true);
  const auto buffer = frames.make(pixels(*white), {}, stream.get());  // returns all the same
  ASSERT_TRUE(buffer);
  control()->hold(false);
  EXPECT_EQ(luma_and_chroma(buffer.get()), (std::vector<int>{235, 235, 128, 128}));
  stream.finish();
}

TEST_F(GpuFramesTest, AreBounded) {
  GpuFrames frames(GpuFrames::Kind::kHost, 2);
  const auto* const white = picture(255);
  auto first = frames.make(pixels(*white), {}, nullptr);
  const auto second = frames.make(pixels(*white), {}, nullptr);
  EXPECT_FALSE(frames.make(pixels(*white), {}, nullptr));
  first = nullptr;
  EXPECT_TRUE(frames.make(pixels(*white), {}, nullptr));
}

TEST_F(GpuFramesTest, FollowTheSizeOfTheirPictures) {
  GpuFrames frames(GpuFrames::Kind::kHost, 1);
  const auto* const white = picture(255);
  const auto large = frames.make(pixels(*white), {}, nullptr);
  const auto small = frames.make(
      pixels_in(white->data(), block_, PixelLayout::kRgb8, kWidth / 2, kHeight / 2), {}, nullptr);
  ASSERT_TRUE(small);
  EXPECT_EQ(gst_buffer_get_video_meta(small.get())->width, static_cast<guint>(kWidth / 2));
  EXPECT_EQ(luma_and_chroma(large.get()).size(), 4U);
}

TEST_F(GpuFramesTest, AreCopiedAsMemoryOfTheHost) {
  GpuFrames frames(GpuFrames::Kind::kHost);
  const auto* const white = picture(255);
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy_deep(buffer.get()));
  EXPECT_EQ(luma_and_chroma(copy.get()), (std::vector<int>{235, 235, 128, 128}));
}

TEST_F(GpuFramesTest, CannotBeMappedWhenTheDeviceHasFailed) {
  if (!control()) GTEST_SKIP() << "Only the double fails when it is told to.";
  GpuFrames frames(GpuFrames::Kind::kHost);
  const auto* const white = picture(255);
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  EXPECT_EQ(luma_and_chroma(buffer.get()).size(), 4U);
  control()->fail("cuEventSynchronize", cu::kLaunchFailed, 0);
  EXPECT_TRUE(luma_and_chroma(buffer.get()).empty());
  try {
    frames.make(pixels(*white), {}, nullptr);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("CUDA_ERROR_LAUNCH_FAILED"));
  }
  control()->forget();
}

TEST_F(GpuFramesTest, RefuseMemoryOfTheHostInWords) {
  GpuFrames frames(GpuFrames::Kind::kHost);
  std::vector<std::uint8_t> bytes(block_.size);
  try {
    frames.make(pixels_in(bytes.data(), block_, PixelLayout::kRgb8, kWidth, kHeight), {}, nullptr);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("is in no memory of a CUDA device"));
  }
}

class GpuFramesInCudaMemory : public GpuFramesTest {
 protected:
  void SetUp() override {
    GpuFramesTest::SetUp();
    if (!IsSkipped() && !GstCuda::missing().empty()) GTEST_SKIP() << GstCuda::missing();
  }
};

TEST_F(GpuFramesInCudaMemory, AreGStreamersAndInItsCapsFeature) {
  GpuFrames frames(GpuFrames::Kind::kCuda, 2);
  const auto* const white = picture(255);
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  ASSERT_TRUE(buffer);
  EXPECT_TRUE(GstCuda::get().is_cuda_memory(gst_buffer_peek_memory(buffer.get(), 0)));
  wait_for_gpu(buffer.get());
  // GStreamer's own download of it.
  EXPECT_EQ(luma_and_chroma(buffer.get()), (std::vector<int>{235, 235, 128, 128}));
}

TEST_F(GpuFramesInCudaMemory, AreBoundedAndComeBack) {
  GpuFrames frames(GpuFrames::Kind::kCuda, 1);
  const auto* const white = picture(255);
  const auto* const black = picture(0);
  auto first = frames.make(pixels(*white), {}, nullptr);
  ASSERT_TRUE(first);
  EXPECT_FALSE(frames.make(pixels(*white), {}, nullptr));
  first = nullptr;
  const auto second = frames.make(pixels(*black), {}, nullptr);
  ASSERT_TRUE(second);
  wait_for_gpu(second.get());
  EXPECT_EQ(luma_and_chroma(second.get()), (std::vector<int>{16, 16, 128, 128}));
}

TEST_F(GpuFramesInCudaMemory, AreWaitedForWhereTheyAreRead) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  GpuFrames frames(GpuFrames::Kind::kCuda, 2);
  const auto* const white = picture(255);
  const GpuStream stream(*device_);
  control()->hold(true);
  const auto buffer = frames.make(pixels(*white), {}, stream.get());
  ASSERT_TRUE(buffer);
  control()->hold(false);
  wait_for_gpu(buffer.get());
  EXPECT_EQ(luma_and_chroma(buffer.get()), (std::vector<int>{235, 235, 128, 128}));
  stream.finish();
}

// A queue has its own copy of a buffer, and the one that came from here goes before it.
TEST_F(GpuFramesInCudaMemory, AreAllocatedOnceWhoeverHasACopyOfTheBuffer) {
  if (!control()) GTEST_SKIP() << "Only the double counts.";
  GpuFrames frames(GpuFrames::Kind::kCuda, 2);
  const auto* const white = picture(255);
  std::deque<Ref<GstBuffer>> queue;
  std::size_t allocations = 0;
  for (int i = 0; i < 6; ++i) {
    const auto buffer = frames.make(pixels(*white), {}, nullptr);
    ASSERT_TRUE(buffer) << i;
    queue.push_back(Ref<GstBuffer>::adopt(gst_buffer_copy(buffer.get())));
    if (i == 1) allocations = control()->allocations();
    if (i > 0) queue.pop_front();
  }
  EXPECT_EQ(control()->allocations(), allocations);
  queue.push_back(frames.make(pixels(*white), {}, nullptr));
  EXPECT_TRUE(queue.back());
  EXPECT_FALSE(frames.make(pixels(*white), {}, nullptr)) << "a copy has it";
}

TEST_F(GpuFramesInCudaMemory, StayOnTheDevice) {
  if (!control()) GTEST_SKIP() << "Only the double counts.";
  GpuFrames frames(GpuFrames::Kind::kCuda, 2);
  const auto* const white = picture(255);
  const std::size_t before = control()->crossings();
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  wait_for_gpu(buffer.get());
  EXPECT_EQ(control()->crossings(), before);
  luma_and_chroma(buffer.get());
  EXPECT_GT(control()->crossings(), before) << "whoever reads them on the CPU is seen";
}

// Elements compare the object: with another they would copy by way of the host.
TEST_F(GpuFramesInCudaMemory, HaveTheContextThatElementsAreTold) {
  GpuFrames frames(GpuFrames::Kind::kCuda, 2);
  const auto* const white = picture(255);
  const auto buffer = frames.make(pixels(*white), {}, nullptr);
  const auto object_in = [](const Ref<GstContext>& context) {
    const GstStructure* fields = gst_context_get_structure(context.get());
    const GValue* value = gst_structure_get_value(fields, "gst.cuda.context");
    return value ? g_value_get_object(value) : nullptr;
  };
  const auto told = GstCuda::get().context_of(device_);
  ASSERT_TRUE(told);
  EXPECT_STREQ(gst_context_get_context_type(told.get()), "gst.cuda.context");
  const auto of_memory = GstCuda::get().context_of(gst_buffer_peek_memory(buffer.get(), 0));
  EXPECT_TRUE(object_in(told));
  EXPECT_EQ(object_in(told), object_in(of_memory));
}

}  // namespace
}  // namespace webrtcserver
