// SPDX-License-Identifier: LGPL-2.1-or-later
// An application's pixels on a CUDA device, rendered and captured into: on the double of the
// driver, or with WEBRTCSERVER_TEST_CUDA=device on the machine's own device.
#include <gmock/gmock.h>
#include <gst/video/video.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cuda/gpu_frames.hpp"
#include "cuda/gst_cuda.hpp"
#include "support/float_pictures.hpp"
#include "support/picture_samples.hpp"
#include "support/temporary_files.hpp"
#include "unit/cuda/gpu.hpp"
#include "video/device_writer.hpp"
#include "video/frame_copy.hpp"
#include "video/pixel_frames.hpp"
#include "video/video_output.hpp"
#include "video/video_source.hpp"

namespace webrtcserver {
namespace {

using test::picture;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kWidth = 64;
constexpr int kHeight = 48;
constexpr test::Colour kColour{200, 120, 40};
constexpr int kPatience = 20'000;  // milliseconds

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// All of one colour, as a network has it.
std::vector<std::uint8_t> tensor_of(test::Colour colour) {
  return test::float_bytes(colour, kWidth, kHeight);
}

ApplicationPixels tensor_at(void* address, cu::Stream stream = nullptr) {
  auto picture = test::float_picture(address, PixelMemory::kDevice, kWidth, kHeight);
  picture.stream = stream;
  return picture;
}

class DevicePixels : public Gpu {
 protected:
  void TearDown() override {
    DeviceWriter::get().clear();
    Gpu::TearDown();
  }

  // Of the middle of an image, by way of floats.
  static test::Colour colour_in(const std::string& path) {
    const auto source = VideoSource::create(path, {});
    return test::middle_of(source->capture(kPatience).get(), kWidth, kHeight);
  }

  static void expect_near(test::Colour seen, test::Colour wanted) {
    EXPECT_NEAR(seen.red, wanted.red, 4);
    EXPECT_NEAR(seen.green, wanted.green, 4);
    EXPECT_NEAR(seen.blue, wanted.blue, 4);
  }

  const test::TemporaryFolder folder_;
};

TEST_F(DevicePixels, AreRendered) {
  const GpuBytes tensor(*device_, tensor_of(kColour));
  const GpuStream stream(*device_);
  const std::string path = folder_.path("image_%d.png");
  const auto output = VideoOutput::create({path}, {}, {});
  output->render(tensor_at(tensor.data(), stream.get()));
  output->close();
  expect_near(colour_in(path), kColour);
  stream.finish();
}

TEST_F(DevicePixels, MayBeWrittenAgainBehindRenderWhichWaitsForNothing) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const GpuBytes tensor(*device_, tensor_of(kColour));
  const GpuBytes next(*device_, tensor_of(test::kBlue));
  const GpuStream stream(*device_);
  const std::string path = folder_.path("image_%d.png");
  const auto output = VideoOutput::create({path}, {}, {});
  output->open();
  control()->hold(true);
  // The device does nothing until it is let go: who waited for it would wait for ever.
  output->render(tensor_at(tensor.data(), stream.get()));
  {
    const CudaDevice::Current current(*device_);
    device_->check(device_->driver().copy_on_device(reinterpret_cast<cu::Address>(tensor.data()),
                                                    reinterpret_cast<cu::Address>(next.data()),
                                                    tensor_of(kColour).size(), stream.get()),
                   "Not written again");
  }
  control()->hold(false);
  output->close();
  expect_near(colour_in(path), kColour);
  stream.finish();
}

TEST_F(DevicePixels, AreFoundOutToBeOnADevice) {
  const GpuBytes tensor(*device_, tensor_of(kColour));
  PixelFrames frames(false);
  auto picture = tensor_at(tensor.data());
  picture.memory = PixelMemory::kAuto;
  const auto frame = frames.make(picture);
  ASSERT_TRUE(frame);
  EXPECT_THAT(take_string(gst_caps_to_string(gst_sample_get_caps(frame.get()))),
              AllOf(HasSubstr("format=(string)NV12"), HasSubstr("colorimetry=(string)bt601")));
}

TEST_F(DevicePixels, AreTheSameAsThoseOfTheCpu) {
  const auto bytes = tensor_of(kColour);
  const GpuBytes tensor(*device_, bytes);
  PixelFrames frames(false);
  auto on_host = tensor_at(const_cast<std::uint8_t*>(bytes.data()));
  on_host.memory = PixelMemory::kHost;
  std::vector<std::vector<std::uint8_t>> seen;
  for (const auto& picture : {on_host, tensor_at(tensor.data())}) {
    const auto frame = frames.make(picture);
    std::vector<std::uint8_t> i420(std::size_t{kWidth} * kHeight * 3 / 2);
    ApplicationPixels read;
    read.pixels = {PixelLayout::kI420, kWidth, kHeight, {i420.data()}, {}};
    complete(read);
    copy_frame(frame.get(), read);
    seen.push_back(i420);
  }
  EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(DevicePixels, AreCapturedInto) {
  // Of a decoder's format, and of one that the device has no conversion from.
  for (const char* format : {"", "BGRx"}) {
    VideoOptions options;
    options.input_width = kWidth;
    options.input_height = kHeight;
    options.format = format;
    const auto source = VideoSource::create("test://red", options);
    const GpuBytes tensor(*device_, std::size_t{3} * kWidth * kHeight * sizeof(float));
    const GpuStream stream(*device_);
    auto target = tensor_at(tensor.data(), stream.get());
    ASSERT_TRUE(source->capture_into(target, kPatience));
    stream.finish();
    const auto bytes = tensor.read();
    float red = 0;
    float blue = 1;
    std::memcpy(&red, bytes.data(), sizeof red);
    std::memcpy(&blue, bytes.data() + bytes.size() - sizeof blue, sizeof blue);
    EXPECT_GT(red, 0.9F) << format;
    EXPECT_LT(blue, 0.1F) << format;
  }
}

// As a decoder of the card leaves frames, and VideoSource captures them.
TEST_F(DevicePixels, AreReadOfFramesOnTheDeviceWithoutACopyByTheHost) {
  if (!GstCuda::missing().empty()) GTEST_SKIP() << GstCuda::missing();
  const GpuBytes tensor(*device_, tensor_of(kColour));
  const GpuBytes seen(*device_, tensor_of(test::kBlue));
  GpuFrames frames(GpuFrames::Kind::kCuda);
  const auto picture = tensor_at(tensor.data());
  const auto buffer = frames.make(picture.pixels, conversion_of(picture), nullptr);
  ASSERT_TRUE(buffer);
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(
      "video/x-raw(memory:CUDAMemory),format=NV12,width=64,height=48,colorimetry=bt601"));
  const auto frame =
      Ref<GstSample>::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
  auto target = tensor_at(seen.data());
  // Of pictures in CUDA memory GStreamer's own way down, and ours up.
  if (control()) {
    for (const char* copy : {"cuMemcpy2DAsync_v2", "cuMemcpyHtoDAsync_v2"})
      control()->fail(copy, cu::kLaunchFailed, 0);
  }
  copy_frame(frame.get(), target);
  if (control()) control()->reset();
  const auto bytes = seen.read();
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  const std::size_t pixels = floats.size() / 3;
  expect_near({static_cast<int>(floats[0] * 255), static_cast<int>(floats[pixels] * 255),
               static_cast<int>(floats[2 * pixels] * 255)},
              kColour);
}

TEST_F(DevicePixels, AreCapturedIntoWithoutWaitingForTheFrameBefore) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const GpuBytes tensor(*device_, std::size_t{3} * kWidth * kHeight * sizeof(float));
  const GpuStream stream(*device_);
  auto target = tensor_at(tensor.data(), stream.get());
  copy_frame(picture(kWidth, kHeight, test::kBlue, 0).get(), target);
  stream.finish();
  // The device does nothing until it is let go: who waited for it would wait for ever.
  control()->hold_stream(stream.get(), true);
  copy_frame(picture(kWidth, kHeight, test::kBlue, 1).get(), target);
  copy_frame(picture(kWidth, kHeight, test::kRed, 2).get(), target);
  control()->hold_stream(stream.get(), false);
  stream.finish();
  const auto bytes = tensor.read();
  float red = 0;
  std::memcpy(&red, bytes.data(), sizeof red);
  EXPECT_NEAR(red * 255, test::kRed.red, 4);
}

TEST_F(DevicePixels, ThatAreNotThereAreRefusedInWords) {
  const auto output = VideoOutput::create({"webrtc://127.0.0.1:0/output"}, {}, {});
  auto bytes = tensor_of(kColour);
  EXPECT_THAT(error_of([&] { output->render(tensor_at(bytes.data())); }),
              HasSubstr("in no memory of a CUDA device"));
  // Too small for what it is said to hold.
  const GpuBytes part(*device_, std::size_t{3} * kWidth);
  EXPECT_THAT(error_of([&] { output->render(tensor_at(part.data())); }), HasSubstr("end"));
  std::uint8_t* freed = nullptr;
  {
    const GpuBytes gone(*device_, bytes);
    freed = gone.data();
  }
  EXPECT_NE(error_of([&] { output->render(tensor_at(freed)); }), "");

  const GpuBytes read_only(*device_, bytes);
  auto target = tensor_at(read_only.data());
  EXPECT_THAT(error_of([&] { copy_frame(picture(8, 8, kColour, 0).get(), target); }),
              HasSubstr("8x8"));
  // The output goes on.
  const GpuStream stream(*device_);
  output->render(tensor_at(read_only.data(), stream.get()));
  output->close();
  stream.finish();  // nobody watches, and so nobody has waited for it
}

}  // namespace
}  // namespace webrtcserver
