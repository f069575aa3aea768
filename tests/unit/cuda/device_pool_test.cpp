// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/device_pool.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <thread>

#include "base/error.hpp"
#include "cuda/gpu_conversion.hpp"
#include "unit/cuda/gpu.hpp"

namespace webrtcserver {
namespace {

constexpr DevicePool::Shape kShape = {DevicePool::Place::kDevice, PixelLayout::kNv12, 64, 16};

using DevicePoolTest = Gpu;

TEST_F(DevicePoolTest, LendsNoMoreThanItMayAndTheSameAgain) {
  const auto pool = DevicePool::create(device_, kShape, 2);
  auto first = pool->take(nullptr);
  const auto second = pool->take(nullptr);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_NE(first->pixels.planes[0], second->pixels.planes[0]);
  EXPECT_EQ(pool->take(nullptr), nullptr);
  void* const memory = first->pixels.planes[0];
  std::thread([&first] { first.reset(); }).join();
  const auto third = pool->take(nullptr);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->pixels.planes[0], memory);
}

TEST_F(DevicePoolTest, OutlivedByAPictureGivesItsMemoryBackLater) {
  auto pool = DevicePool::create(device_, kShape, 1);
  auto picture = pool->take(nullptr);
  pool.reset();
  ASSERT_TRUE(picture);
  if (control()) {
    EXPECT_EQ(control()->allocations(), 1U);
  }
  picture.reset();
  if (control()) {
    EXPECT_EQ(control()->allocations(), 0U);
  }
}

TEST_F(DevicePoolTest, HasRowsThatKernelsReachInTheWidestAccesses) {
  for (const auto place : {DevicePool::Place::kDevice, DevicePool::Place::kHost}) {
    const auto pool = DevicePool::create(device_, {place, PixelLayout::kPlanarRgbFloat, 63, 15}, 1);
    const auto picture = pool->take(nullptr);
    for (std::size_t plane = 0; plane < 3; ++plane) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(picture->pixels.planes[plane]) % 256, 0U);
      EXPECT_EQ(picture->pixels.strides[plane] % 256, 0);
    }
  }
}

// The next user's stream waits for what the former one's still does to the picture.
TEST_F(DevicePoolTest, IsNotWrittenBeforeTheFormerUseIsOver) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const auto pool = DevicePool::create(device_, kShape, 1);
  const GpuStream slow(*device_);
  const GpuStream next(*device_);
  const PixelBlock block = pixel_block(PixelLayout::kGray8, 64, 16, 16);
  const GpuBytes white(*device_, std::vector<std::uint8_t>(block.size, 255));
  const GpuBytes black(*device_, std::vector<std::uint8_t>(block.size, 0));
  const auto pixels = [&block](const GpuBytes& bytes) {
    return pixels_in(bytes.data(), block, PixelLayout::kGray8, 64, 16);
  };
  control()->hold_stream(slow.get(), true);
  {
    auto picture = pool->take(slow.get());
    convert_on_gpu(*device_, pixels(white), picture->pixels, {}, slow.get());
    picture->done.record(slow.get());
  }
  const auto picture = pool->take(next.get());
  convert_on_gpu(*device_, pixels(black), picture->pixels, {}, next.get());
  picture->done.record(next.get());
  // A stream that waits for nothing is done meanwhile.
  const auto other = DevicePool::create(device_, kShape, 1);
  const auto unrelated = other->take(nullptr);
  convert_on_gpu(*device_, pixels(black), unrelated->pixels, {}, nullptr);
  unrelated->done.record(nullptr);
  unrelated->done.wait();
  EXPECT_FALSE(picture->done.is_reached());
  control()->hold_stream(slow.get(), false);
  picture->done.wait();
  slow.finish();
  EXPECT_EQ(*static_cast<std::uint8_t*>(picture->pixels.planes[0]), 16);
}

TEST_F(DevicePoolTest, HasAnotherPictureForTheCpuWhileTheGpuIsBusy) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const auto pool = DevicePool::create(device_, kShape, 2);
  control()->hold(true);
  void* busy = nullptr;
  {
    const auto picture = pool->take_idle();
    busy = picture->pixels.planes[0];
    picture->done.record(nullptr);
  }
  {
    const auto idle = pool->take_idle();
    ASSERT_TRUE(idle);
    EXPECT_NE(idle->pixels.planes[0], busy);
    EXPECT_EQ(pool->take_idle(), nullptr);
  }
  control()->hold(false);
}

TEST_F(DevicePoolTest, SaysWhenThereIsNoMemory) {
  if (!control()) GTEST_SKIP() << "Only the double fails when it is told to.";
  const auto pool = DevicePool::create(device_, kShape, 1);
  control()->fail("cuMemAlloc_v2", cu::kOutOfMemory, 0);
  EXPECT_THROW(pool->take(nullptr), Error);
  control()->fail("cuEventCreate", cu::kOutOfMemory, 0);
  EXPECT_THROW(pool->take(nullptr), Error);
  EXPECT_TRUE(pool->take(nullptr)) << "A failure counts as a picture that is out.";
}

TEST_F(DevicePoolTest, EndsWithoutADevice) {
  if (!control()) GTEST_SKIP() << "Only the double fails when it is told to.";
  auto pool = DevicePool::create(device_, kShape, 1);
  auto picture = pool->take(nullptr);
  control()->fail("cuEventSynchronize", cu::kLaunchFailed, 0);
  EXPECT_THROW(picture->done.wait(), Error);
  EXPECT_THROW(picture->done.record(nullptr), Error);
  picture.reset();
  pool.reset();  // its memory is lost with the device
  EXPECT_TRUE(device_->is_lost());
  control()->forget();
}

}  // namespace
}  // namespace webrtcserver
