// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/device.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "base/error.hpp"
#include "cuda/gpu_conversion.hpp"
#include "cuda/kernel_image.hpp"
#include "unit/cuda/gpu.hpp"

namespace webrtcserver {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string words_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class Device : public Gpu {
 protected:
  void SetUp() override {
    Gpu::SetUp();
    if (!IsSkipped() && !control()) GTEST_SKIP() << "Only the double fails when it is told to.";
  }
};

TEST(DriverLoading, SaysThatThereIsNone) {
  EXPECT_THAT(words_of([] { const Driver driver("libno-such-driver.so.1"); }),
              AllOf(HasSubstr("There is no CUDA driver on this machine"),
                    HasSubstr("libno-such-driver.so.1")));
}

TEST(DriverLoading, SaysWhatALibraryLacks) {
  EXPECT_THAT(words_of([] { const Driver driver("libm.so.6"); }),
              HasSubstr("libm.so.6 is too old: cuInit is missing"));
}

TEST_F(Device, IsMissingWhereTheDriverHasNone) {
  control()->set_device_count(0);
  EXPECT_THAT(words_of([] { const Driver driver("libcuda.so.1"); }),
              HasSubstr("CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)"));
}

TEST_F(Device, IsRefusedInWordsWhereThereAreFewer) {
  EXPECT_THAT(words_of([] { CudaDevice::get(3); }),
              HasSubstr("The CUDA device 3 is not there: CUDA_ERROR_INVALID_DEVICE"));
}

TEST_F(Device, LeavesTheThreadsContextAsItWas) {
  cu::Context before = nullptr;
  EXPECT_EQ(device_->driver().pop(&before), cu::kInvalidContext);
  { const CudaDevice::Current current(*device_); }
  EXPECT_EQ(device_->driver().pop(&before), cu::kInvalidContext);
}

TEST_F(Device, PassesOnWhatTheDriverFailsWith) {
  const std::pair<const char*, const char*> failures[] = {
      {"cuModuleLoadDataEx", "does not take the kernel webrtcserver_Rgb8_to_Nv12"},
      {"cuModuleGetFunction", "does not find the kernel"},
      {"cuCtxPushCurrent_v2", "context cannot be used"}};
  for (const auto& [symbol, words] : failures) {
    control()->fail(symbol, cu::kOutOfMemory, 0);
    EXPECT_THAT(words_of([this] { device_->kernel(PixelLayout::kRgb8, PixelLayout::kNv12); }),
                AllOf(HasSubstr(words), HasSubstr("CUDA_ERROR_OUT_OF_MEMORY (out of memory)")));
  }
  // None of them has done harm.
  EXPECT_NE(device_->kernel(PixelLayout::kRgb8, PixelLayout::kNv12), nullptr);
}

TEST_F(Device, NamesAnErrorThatTheDriverHasNoNameFor) {
  EXPECT_EQ(device_->driver().words_of(12345), "CUDA error 12345");
}

TEST_F(Device, FailsAtOnceWhenItIsLost) {
  control()->fail("cuModuleLoadDataEx", cu::kIllegalAddress, 0);
  EXPECT_THAT(words_of([this] { device_->kernel(PixelLayout::kRgb8, PixelLayout::kNv12); }),
              HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS"));
  EXPECT_TRUE(device_->is_lost());
  EXPECT_THAT(words_of([this] { device_->kernel(PixelLayout::kRgb8, PixelLayout::kNv12); }),
              AllOf(HasSubstr("The CUDA device 0"), HasSubstr("is lost to this process since"),
                    HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS")));
}

TEST_F(Device, HasAKernelForEachConversion) {
  using L = PixelLayout;
  for (const L yuv : {L::kNv12, L::kI420}) {
    for (int layout = 0; layout <= static_cast<int>(L::kI420); ++layout) {
      EXPECT_NE(device_->kernel(static_cast<L>(layout), yuv), nullptr);
      EXPECT_NE(device_->kernel(yuv, static_cast<L>(layout)), nullptr);
    }
  }
  EXPECT_THAT(words_of([this] { device_->kernel(L::kRgb8, L::kBgr8); }),
              HasSubstr("There is no conversion of"));
}

TEST_F(Device, CompilesAKernelByItself) {
  const std::string image = kernel_image(kernel_name(PixelLayout::kRgb8, PixelLayout::kI420));
  EXPECT_THAT(image, HasSubstr(".entry webrtcserver_Rgb8_to_I420("));
  EXPECT_EQ(image.find("Rgba8"), std::string::npos);
}

TEST_F(Device, MemoryOfAContextOfItsOwnIsRefused) {
  const GpuBytes memory(*device_, 64);
  EXPECT_EQ(cuda_place_of(memory.data(), "It").device, 0);
  // What cuCtxCreate() made current, an application's or GStreamer's own.
  auto* const create = reinterpret_cast<cu::Result (*)(cu::Context*, unsigned, cu::Device)>(
      control()->symbol("cuCtxCreate_v2"));
  auto* const destroy =
      reinterpret_cast<cu::Result (*)(cu::Context)>(control()->symbol("cuCtxDestroy_v2"));
  cu::Context context = nullptr;
  ASSERT_EQ(create(&context, 0, 0), cu::kSuccess);
  cu::Address address = 0;
  ASSERT_EQ(device_->driver().allocate(&address, 64), cu::kSuccess);
  EXPECT_THAT(
      words_of([address] { cuda_place_of(reinterpret_cast<const void*>(address), "The source"); }),
      HasSubstr("The source was allocated in a CUDA context of its own"));
  device_->driver().free(address);
  destroy(context);
}

}  // namespace
}  // namespace webrtcserver
