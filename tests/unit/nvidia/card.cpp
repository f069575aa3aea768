// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/nvidia/card.hpp"

#include <utility>

#include "base/serial_queue.hpp"
#include "cuda/gst_cuda.hpp"
#include "doubles/contexts.hpp"
#include "doubles/contracts.hpp"
#include "doubles/station.hpp"
#include "support/float_pictures.hpp"
#include "support/patience.hpp"

namespace webrtcserver {

namespace {

using doubles::Station;

}  // namespace

doubles::Machine Card::elements;
doubles::Machine Card::encoders;

void Card::SetUpTestSuite() {
  elements = doubles::cuda_converters();
  // What tests read back is decoded by software.
  doubles::Contracts contracts = doubles::desktop_nvidia(22);
  std::erase_if(contracts, [](const auto* contract) { return contract->coder == nullptr; });
  encoders = doubles::install(contracts);
}

void Card::TearDownTestSuite() {
  encoders.clear();
  elements.clear();
}

void Card::SetUp() {
  if (!control()) GTEST_SKIP() << "Of a real card the elements are no doubles.";
  Gpu::SetUp();
  if (IsSkipped()) return;
  if (!GstCuda::missing().empty()) GTEST_SKIP() << GstCuda::missing();
  for (const char* encoder : {"nvcudah264enc", "nvh264enc"}) Station::of(encoder).reset();
  take_bus();
}

void Card::TearDown() {
  // What a test has left to the pool may have the last pictures.
  EXPECT_TRUE(SerialQueue::wait_idle(test::kPatience));
  if (device_) {
    const CudaDevice::Current current(*device_);
    device_->check(device_->driver().synchronise_stream(nullptr), "The stream did not end");
  }
  tensors_.clear();
  Gpu::TearDown();
}

Card::Bus Card::take_bus() {
  const auto traffic = doubles::traffic();
  const Bus now = {traffic.uploads + traffic.downloads, control()->crossings(),
                   doubles::contexts_made()};
  const Bus last = std::exchange(since_, now);
  return {now.by_elements - last.by_elements, now.otherwise - last.otherwise,
          now.contexts - last.contexts};
}

ApplicationPixels Card::tensor(test::Colour colour, int width, int height) {
  const auto bytes = test::float_bytes(colour, width, height);
  tensors_.push_back(std::make_unique<GpuBytes>(*device_, bytes));
  ++since_.otherwise;  // the test's own
  return test::float_picture(tensors_.back()->data(), PixelMemory::kDevice, width, height);
}

ApplicationPixels Card::on_host(test::Colour colour) {
  arrays_.push_back(test::float_bytes(colour, kWidth, kHeight));
  return test::float_picture(arrays_.back().data(), PixelMemory::kHost, kWidth, kHeight);
}

}  // namespace webrtcserver
