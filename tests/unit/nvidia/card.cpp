// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/nvidia/card.hpp"

#include <cstring>
#include <utility>

#include "base/serial_queue.hpp"
#include "cuda/gst_cuda.hpp"
#include "doubles/contexts.hpp"
#include "doubles/contracts.hpp"
#include "doubles/station.hpp"
#include "support/patience.hpp"

namespace webrtcserver {

namespace {

using doubles::Station;

std::vector<std::uint8_t> bytes_of(test::Colour colour, int width, int height) {
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<float> floats;
  for (const int value : {colour.red, colour.green, colour.blue})
    floats.insert(floats.end(), pixels, static_cast<float>(value) / 255);
  std::vector<std::uint8_t> bytes(floats.size() * sizeof(float));
  std::memcpy(bytes.data(), floats.data(), bytes.size());
  return bytes;
}

ApplicationPixels planar(void* address, PixelMemory memory, int width, int height) {
  ApplicationPixels picture;
  picture.pixels = {PixelLayout::kPlanarRgbFloat, width, height, {address}, {}};
  picture.memory = memory;
  complete(picture);
  return picture;
}

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
  const auto bytes = bytes_of(colour, width, height);
  tensors_.push_back(std::make_unique<GpuBytes>(*device_, bytes));
  ++since_.otherwise;  // the test's own
  return planar(tensors_.back()->data(), PixelMemory::kDevice, width, height);
}

ApplicationPixels Card::on_host(test::Colour colour) {
  arrays_.push_back(bytes_of(colour, kWidth, kHeight));
  return planar(arrays_.back().data(), PixelMemory::kHost, kWidth, kHeight);
}

}  // namespace webrtcserver
