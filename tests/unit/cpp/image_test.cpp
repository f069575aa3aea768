// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webrtcserver/image.hpp>

#include <array>
#include <numeric>
#include <thread>

namespace {

using namespace std::chrono_literals;
using webrtcserver::Error;
using webrtcserver::Image;
using webrtcserver::Memory;
using webrtcserver::PixelFormat;

TEST(Image, AllocatedOneIsBlackAndSaysHowItLies) {
  const Image image = Image::allocate(5, 3, PixelFormat::kBgr);
  EXPECT_EQ(image.width(), 5);
  EXPECT_EQ(image.height(), 3);
  EXPECT_EQ(image.format(), PixelFormat::kBgr);
  EXPECT_EQ(image.format_name(), "BGR");
  EXPECT_EQ(image.memory(), Memory::kCpu);
  EXPECT_EQ(image.planes(), 1);
  EXPECT_EQ(image.row_bytes(), 15U);
  EXPECT_EQ(image.stride(), 16);  // GStreamer aligns rows to four bytes.
  EXPECT_EQ(image.rows(), 3);
  EXPECT_EQ(image.size(), 48U);
  EXPECT_FALSE(image.is_encoded());
  EXPECT_EQ(image.timestamp(), std::nullopt);
  EXPECT_EQ(std::accumulate(image.data(), image.data() + image.size(), 0), 0);
}

TEST(Image, PlanesOfOddSizesAreRoundedUp) {
  const Image image = Image::allocate(5, 3, PixelFormat::kI420);
  ASSERT_EQ(image.planes(), 3);
  EXPECT_EQ(image.row_bytes(0), 5U);
  EXPECT_EQ(image.row_bytes(1), 3U);
  EXPECT_EQ(image.row_bytes(2), 3U);
  EXPECT_EQ(image.rows(0), 3);
  EXPECT_EQ(image.rows(1), 2);
  EXPECT_EQ(image.rows(2), 2);
  for (int plane = 0; plane < 3; ++plane) {
    EXPECT_GE(image.stride(plane), static_cast<std::ptrdiff_t>(image.row_bytes(plane)));
    // The last byte of each lies inside.
    const std::uint8_t* end =
        image.data(plane) + image.stride(plane) * (image.rows(plane) - 1) + image.row_bytes(plane);
    EXPECT_LE(end, image.data(0) + image.size());
  }
}

TEST(Image, PlanesWithTwoColoursHaveBothInARow) {
  const Image nv12 = Image::allocate(6, 4, PixelFormat::kNv12);
  ASSERT_EQ(nv12.planes(), 2);
  EXPECT_EQ(nv12.row_bytes(1), 6U);
  EXPECT_EQ(nv12.rows(1), 2);
  // Two pixels share their colours, the last one of an odd row has them for itself.
  EXPECT_EQ(Image::allocate(5, 1, PixelFormat::kYuy2).row_bytes(), 12U);
  EXPECT_EQ(Image::allocate(4, 2, PixelFormat::kP010).row_bytes(1), 8U);
  EXPECT_EQ(Image::allocate(3, 2, PixelFormat::kGray16).row_bytes(), 6U);
}

TEST(Image, SizesAndFormatsThatCannotBeAreErrors) {
  for (const int size : {0, -1, 32769}) {
    EXPECT_THROW(Image::allocate(size, 8, PixelFormat::kBgr), Error) << size;
    EXPECT_THROW(Image::allocate(8, size, PixelFormat::kBgr), Error) << size;
  }
  EXPECT_THROW(Image::allocate(8, 8, PixelFormat::kOther), Error);
  EXPECT_THROW(Image::allocate(8, 8, PixelFormat::kEncoded), Error);
}

TEST(Image, PlaneThatIsNotThereIsOutOfRange) {
  Image image = Image::allocate(4, 4, PixelFormat::kNv12);
  for (const int plane : {-1, 2, 99}) {
    EXPECT_THROW(image.data(plane), std::out_of_range);
    EXPECT_THROW(image.mutable_data(plane), std::out_of_range);
    EXPECT_THROW(image.stride(plane), std::out_of_range);
    EXPECT_THROW(image.rows(plane), std::out_of_range);
  }
}

TEST(Image, WrappedMemoryIsNotCopiedAndLetGoOnce) {
  std::array<std::uint8_t, 64> pixels{};
  int released = 0;
  {
    const Image image =
        Image::wrap(pixels.data(), 4, 4, PixelFormat::kBgrx, 16, [&] { ++released; });
    EXPECT_EQ(image.data(), pixels.data());
    EXPECT_EQ(image.stride(), 16);
    pixels[17] = 42;
    EXPECT_EQ(image.data()[17], 42);
    const Image copy = image;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copy.data(), pixels.data());
    EXPECT_EQ(released, 0);
  }
  EXPECT_EQ(released, 1);
}

TEST(Image, WrappedMemoryStaysUntilAnElementHasReadIt) {
  std::array<std::uint8_t, 16> pixels{};
  int released = 0;
  GstSample* kept = nullptr;
  {
    const Image image =
        Image::wrap(pixels.data(), 4, 4, PixelFormat::kGray8, 4, [&] { ++released; });
    kept = gst_sample_ref(image.native());
  }
  EXPECT_EQ(released, 0);
  gst_sample_unref(kept);
  EXPECT_EQ(released, 1);
}

TEST(Image, PartOfALargerPictureEndsWithItsLastPixel) {
  // A rectangle of 3x2 at the lower right of 8x8: one row further is behind the array.
  std::array<std::uint8_t, 64> pixels{};
  std::iota(pixels.begin(), pixels.end(), 0);
  const Image part = Image::wrap(&pixels[6 * 8 + 5], 3, 2, PixelFormat::kGray8, 8, [] {});
  EXPECT_EQ(part.size(), 11U);
  EXPECT_EQ(part.data()[part.stride() + 2], 63);
}

TEST(Image, WrappedPlanesMayLieAnywhere) {
  std::array<std::uint8_t, 15> luma{};
  std::array<std::uint8_t, 6> u{};
  std::array<std::uint8_t, 8> v{};
  int released = 0;
  {
    const Image image = Image::wrap({{luma.data(), 5}, {u.data(), 3}, {v.data(), 4}}, 5, 3,
                                    PixelFormat::kI420, [&] { ++released; });
    EXPECT_EQ(image.data(0), luma.data());
    EXPECT_EQ(image.data(1), u.data());
    EXPECT_EQ(image.data(2), v.data());
    EXPECT_EQ(image.stride(2), 4);
  }
  EXPECT_EQ(released, 1);
}

TEST(Image, WrappingWhatCannotBeIsAnErrorAndLetsNothingGo) {
  std::array<std::uint8_t, 64> pixels{};
  int released = 0;
  const auto release = [&] { ++released; };
  const auto wrap = [&](const void* data, PixelFormat format, std::ptrdiff_t stride) {
    Image::wrap(data, 4, 4, format, stride, release);
  };
  EXPECT_THROW(wrap(pixels.data(), PixelFormat::kBgrx, 15), Error);
  EXPECT_THROW(wrap(pixels.data(), PixelFormat::kBgrx, -16), Error);
  EXPECT_THROW(wrap(nullptr, PixelFormat::kBgrx, 16), Error);
  EXPECT_THROW(wrap(pixels.data(), PixelFormat::kI420, 4), Error);  // one plane of three
  EXPECT_THROW(wrap(pixels.data(), PixelFormat::kOther, 16), Error);
  EXPECT_THROW(Image::wrap(pixels.data(), 4, 4, PixelFormat::kBgrx, 16, nullptr), Error);
  EXPECT_EQ(released, 0);
}

TEST(Image, WritingToWrappedMemoryIsWritingToACopy) {
  const std::array<std::uint8_t, 4> pixels{1, 2, 3, 4};
  Image image = Image::wrap(pixels.data(), 4, 1, PixelFormat::kGray8, 4, [] {});
  image.mutable_data()[0] = 9;
  EXPECT_EQ(image.data()[0], 9);
  EXPECT_EQ(image.data()[3], 4);
  EXPECT_EQ(pixels[0], 1);
}

TEST(Image, CopyOfKeepsTheRowsApartAndNeedsTheMemoryNoMore) {
  std::array<std::uint8_t, 24> pixels{};
  std::iota(pixels.begin(), pixels.end(), 0);
  const Image image = Image::copy_of(pixels.data(), 3, 3, PixelFormat::kGray8, 8);
  pixels.fill(255);
  EXPECT_EQ(image.data()[image.stride() * 2 + 2], 18);
}

TEST(Image, WritesInPlaceWhereNobodyElseLooks) {
  Image image = Image::allocate(4, 4, PixelFormat::kGray8);
  const std::uint8_t* before = image.data();
  EXPECT_EQ(image.mutable_data(), before);
  image.mutable_data()[5] = 7;
  EXPECT_EQ(image.data(), before);
  EXPECT_EQ(image.data()[5], 7);
}

TEST(Image, WritesToACopyWhereAnotherHandleLooks) {
  Image image = Image::allocate(4, 4, PixelFormat::kI420);
  const Image seen = image;
  image.mutable_data(2)[0] = 7;
  EXPECT_EQ(seen.data(2)[0], 0);
  EXPECT_EQ(image.data(2)[0], 7);
  EXPECT_EQ(image.stride(2), seen.stride(2));
}

TEST(Image, WritesToACopyWhileAnOutputHasIt) {
  Image image = Image::allocate(4, 4, PixelFormat::kGray8);
  image.mutable_data()[0] = 1;
  // What an output does: it keeps the buffer, and reads it in its own time.
  GstBuffer* rendered = gst_buffer_ref(gst_sample_get_buffer(image.native()));
  image.mutable_data()[0] = 2;
  std::uint8_t byte = 0;
  gst_buffer_extract(rendered, 0, &byte, 1);
  EXPECT_EQ(byte, 1);
  gst_buffer_unref(rendered);
}

TEST(Image, WhatWasWrittenIsSharedWithAnOutputAndNotCopied) {
  Image image = Image::allocate(4, 4, PixelFormat::kGray8);
  image.mutable_data()[3] = 5;
  // With a time of its own, as an output makes it.
  GstBuffer* rendered = gst_buffer_copy(gst_sample_get_buffer(image.native()));
  GstMapInfo info;
  ASSERT_TRUE(gst_buffer_map(rendered, &info, GST_MAP_READ));
  EXPECT_EQ(info.data, image.data());
  EXPECT_EQ(info.data[3], 5);
  image.mutable_data()[3] = 6;
  EXPECT_EQ(info.data[3], 5);
  gst_buffer_unmap(rendered, &info);
  gst_buffer_unref(rendered);
}

TEST(Image, CloneHasMemoryOfItsOwn) {
  const Image image = Image::allocate(4, 4, PixelFormat::kRgb);
  Image clone = image.clone();
  EXPECT_NE(clone.data(), image.data());
  const std::uint8_t* before = clone.data();
  EXPECT_EQ(clone.mutable_data(), before);
}

TEST(Image, TimeIsOfTheHandleAndThePixelsStayShared) {
  Image image = Image::allocate(4, 4, PixelFormat::kRgb);
  image.set_timestamp(40ms);
  EXPECT_EQ(image.timestamp(), 40ms);
  Image later = image;
  later.set_timestamp(80ms);
  EXPECT_EQ(image.timestamp(), 40ms);
  EXPECT_EQ(later.timestamp(), 80ms);
  EXPECT_EQ(later.data(), image.data());
  later.set_timestamp(std::nullopt);
  EXPECT_EQ(later.timestamp(), std::nullopt);
  EXPECT_THROW(later.set_timestamp(-1ns), Error);
  // Both still have the pixels: writing to one is not seen in the other.
  later.mutable_data()[0] = 1;
  EXPECT_EQ(image.data()[0], 0);
}

TEST(Image, IsReadFromSeveralThreadsAtOnce) {
  const Image image = Image::allocate(64, 64, PixelFormat::kI420);
  std::vector<std::thread> threads;
  std::array<const std::uint8_t*, 4> seen{};
  for (const std::uint8_t*& address : seen)
    threads.emplace_back([image, &address] { address = image.data(1); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, testing::Each(image.data(1)));
}

GstSample* sample_of(const char* caps_text, std::size_t bytes) {
  GstCaps* caps = gst_caps_from_string(caps_text);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  gst_buffer_memset(buffer, 0, 3, bytes);
  GstSample* sample = gst_sample_new(buffer, caps, nullptr, nullptr);
  gst_buffer_unref(buffer);
  gst_caps_unref(caps);
  return sample;
}

Image image_of(const char* caps, std::size_t bytes) {
  GstSample* sample = sample_of(caps, bytes);
  const std::unique_ptr<GstSample, void (*)(GstSample*)> owner(
      sample, [](GstSample* kept) { gst_sample_unref(kept); });
  return Image::from_native(sample);
}

TEST(Image, EncodedFrameIsOnePlaneOfBytes) {
  const Image image =
      image_of("video/x-h264, stream-format=byte-stream, alignment=au, width=640, height=480", 12);
  EXPECT_TRUE(image.is_encoded());
  EXPECT_EQ(image.format(), PixelFormat::kEncoded);
  EXPECT_EQ(image.format_name(), "video/x-h264");
  EXPECT_EQ(image.width(), 640);
  EXPECT_EQ(image.planes(), 1);
  EXPECT_EQ(image.stride(), 0);
  EXPECT_EQ(image.rows(), 0);
  EXPECT_EQ(image.size(), 12U);
  EXPECT_EQ(image.data()[11], 3);
}

TEST(Image, FormatWithoutAConstantHasItsNameAndItsPlanes) {
  const Image image = image_of("video/x-raw, format=GBR, width=4, height=4, framerate=0/1", 48);
  EXPECT_EQ(image.format(), PixelFormat::kOther);
  EXPECT_EQ(image.format_name(), "GBR");
  EXPECT_EQ(image.planes(), 3);
  EXPECT_EQ(image.data(2)[0], 3);
}

TEST(Image, SoundIsNoImage) {
  EXPECT_THROW(image_of("audio/x-raw, format=S16LE, rate=48000, channels=2", 8), Error);
  EXPECT_THROW(image_of("video/x-raw, format=BGR", 8), Error);  // of no size
  EXPECT_THROW(Image::from_native(nullptr), Error);
}

TEST(Image, ShorterThanItsCapsSayIsAnErrorAndNotRead) {
  const Image image = image_of("video/x-raw, format=GRAY8, width=64, height=64, framerate=0/1", 8);
  EXPECT_THROW(image.data(), Error);
}

TEST(PixelFormat, HasGStreamersName) {
  EXPECT_EQ(to_string(PixelFormat::kBgr), "BGR");
  EXPECT_EQ(to_string(PixelFormat::kI420TenBit), "I420_10LE");
  EXPECT_EQ(to_string(PixelFormat::kEncoded), "encoded");
  EXPECT_EQ(webrtcserver::pixel_format("NV12"), PixelFormat::kNv12);
  EXPECT_EQ(webrtcserver::pixel_format("GBR"), PixelFormat::kOther);
  EXPECT_THROW(webrtcserver::pixel_format("bgr "), Error);
  EXPECT_THROW(webrtcserver::pixel_format(""), Error);
}

}  // namespace
