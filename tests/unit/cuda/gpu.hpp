// SPDX-License-Identifier: LGPL-2.1-or-later
// gpu.hpp — a CUDA device for tests: the double of tests/doubles/libcuda, or with
// WEBRTCSERVER_TEST_CUDA=device in the environment the machine's own.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cuda/device.hpp"
#include "doubles/libcuda/control.hpp"

namespace webrtcserver {

class Gpu : public testing::Test {
 protected:
  // Skips where there is no device, or no kernels in this build.
  void SetUp() override;
  // What the double saw has to be nothing, and all memory given back.
  void TearDown() override;

  // For what only the double can do. Tests skip without it: `if (!control()) GTEST_SKIP() << …`.
  static const libcuda_double::Control* control();

  std::shared_ptr<CudaDevice> device_;
};

// Bytes on the device, with `offset` bytes more ahead of them.
class GpuBytes final {
 public:
  GpuBytes(CudaDevice& device, std::size_t size, std::size_t offset = 0);
  GpuBytes(CudaDevice& device, const std::vector<std::uint8_t>& bytes, std::size_t offset = 0);
  ~GpuBytes();
  GpuBytes(const GpuBytes&) = delete;
  GpuBytes& operator=(const GpuBytes&) = delete;

  std::uint8_t* data() const { return reinterpret_cast<std::uint8_t*>(memory_ + offset_); }
  // Waits for the default stream.
  std::vector<std::uint8_t> read() const;

 private:
  CudaDevice& device_;
  std::size_t size_;
  std::size_t offset_;
  cu::Address memory_ = 0;
};

class GpuStream final {
 public:
  explicit GpuStream(CudaDevice& device);
  ~GpuStream();
  GpuStream(const GpuStream&) = delete;
  GpuStream& operator=(const GpuStream&) = delete;

  cu::Stream get() const { return stream_; }
  void finish() const;

 private:
  CudaDevice& device_;
  cu::Stream stream_ = nullptr;
};

}  // namespace webrtcserver
