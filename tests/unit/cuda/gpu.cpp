// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/cuda/gpu.hpp"

#include <dlfcn.h>
#include <gio/gio.h>

#include <cstdlib>
#include <string>

namespace webrtcserver {

namespace {

bool is_wanted_on_a_device() {
  const char* wanted = std::getenv("WEBRTCSERVER_TEST_CUDA");
  return wanted && std::string(wanted) == "device";
}

}  // namespace

const libcuda_double::Control* Gpu::control() {
  static const libcuda_double::Control* const kControl = [] {
    const libcuda_double::Control* none = nullptr;
    if (is_wanted_on_a_device()) return none;
    // Whoever asks for libcuda.so.1 from now on gets this one, by its name.
    void* library = dlopen(WEBRTCSERVER_LIBCUDA, RTLD_NOW | RTLD_LOCAL);
    if (!library) return none;
    using Lookup = const libcuda_double::Control* (*)();
    const auto lookup = reinterpret_cast<Lookup>(dlsym(library, "libcuda_double_control"));
    return lookup ? lookup() : none;
  }();
  return kControl;
}

void Gpu::SetUp() {
  if (control()) {
    control()->reset();
  } else {
    ASSERT_TRUE(is_wanted_on_a_device()) << "The double of libcuda.so.1 cannot be loaded.";
  }
  if (!Driver::missing().empty()) GTEST_SKIP() << Driver::missing();
  if (!g_resources_get_info("/webrtcserver/cuda/kernels.ptx", G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr,
                            nullptr, nullptr))
    GTEST_SKIP() << "This build has no kernels: there was neither clang nor nvcc.";
  device_ = CudaDevice::get(0);
}

void Gpu::TearDown() {
  device_.reset();
  if (!control()) return;
  EXPECT_EQ(control()->take_violations(), std::vector<std::string>());
  EXPECT_EQ(control()->allocations(), 0U);
  // What a device that was lost left behind is not the next test's.
  if (HasFailure()) control()->forget();
}

GpuBytes::GpuBytes(CudaDevice& device, std::size_t size, std::size_t offset)
    : device_(device), size_(size), offset_(offset) {
  const CudaDevice::Current current(device_);
  device_.check(device_.driver().allocate(&memory_, size_ + offset_), "No memory");
}

GpuBytes::GpuBytes(CudaDevice& device, const std::vector<std::uint8_t>& bytes, std::size_t offset)
    : GpuBytes(device, bytes.size(), offset) {
  const CudaDevice::Current current(device_);
  device_.check(device_.driver().copy_to_device(memory_ + offset_, bytes.data(), size_),
                "Nothing written");
}

GpuBytes::~GpuBytes() {
  const Driver& driver = device_.driver();
  driver.push(device_.context());
  driver.free(memory_);
  driver.pop(nullptr);
}

std::vector<std::uint8_t> GpuBytes::read() const {
  std::vector<std::uint8_t> bytes(size_);
  const CudaDevice::Current current(device_);
  device_.check(device_.driver().copy_to_host(bytes.data(), memory_ + offset_, size_),
                "Nothing read");
  return bytes;
}

GpuStream::GpuStream(CudaDevice& device) : device_(device) {
  const CudaDevice::Current current(device_);
  device_.check(device_.driver().create_stream(&stream_, cu::kStreamNonBlocking), "No stream");
}

GpuStream::~GpuStream() {
  const Driver& driver = device_.driver();
  driver.push(device_.context());
  driver.destroy_stream(stream_);
  driver.pop(nullptr);
}

void GpuStream::finish() const {
  const CudaDevice::Current current(device_);
  device_.check(device_.driver().synchronise_stream(stream_), "The stream did not end");
}

}  // namespace webrtcserver
