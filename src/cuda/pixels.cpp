// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/pixels.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

struct Layout {
  const char* name;
  int planes;
  int bytes;       // of a pixel, in the first plane
  int components;  // of a sample in the second plane of Y'CbCr
};

// In the order of PixelLayout.
constexpr std::array kLayouts = {
    Layout{"RGB8", 1, 3, 0},        Layout{"RGBA8", 1, 4, 0},
    Layout{"BGR8", 1, 3, 0},        Layout{"BGRA8", 1, 4, 0},
    Layout{"grey", 1, 1, 0},        Layout{"RGB float", 1, 12, 0},
    Layout{"RGBA float", 1, 16, 0}, Layout{"planar RGB float", 3, 4, 0},
    Layout{"NV12", 2, 1, 2},        Layout{"I420", 3, 1, 1},
};

const Layout& layout_of(PixelLayout layout) {
  return kLayouts.at(static_cast<std::size_t>(layout));
}

bool is_chroma(PixelLayout layout, int plane) {
  return plane > 0 && is_yuv(layout);
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::kFailed, message);
}

std::string size_of(const Pixels& pixels) {
  return std::to_string(pixels.width) + "×" + std::to_string(pixels.height);
}

// The bytes that a plane's pixels have, without what lies between its rows.
struct Area {
  std::uintptr_t begin;
  std::uintptr_t stride;
  std::uintptr_t bytes;  // of a row
  std::uintptr_t end;
};

Area area_of(const Pixels& pixels, int plane) {
  const auto index = static_cast<std::size_t>(plane);
  const auto begin = reinterpret_cast<std::uintptr_t>(pixels.planes[index]);
  const auto stride = static_cast<std::uintptr_t>(pixels.strides[index]);
  const auto bytes = static_cast<std::uintptr_t>(row_bytes(pixels.layout, pixels.width, plane));
  const auto rows = static_cast<std::uintptr_t>(row_count(pixels.layout, pixels.height, plane));
  return {begin, stride, bytes, begin + (rows - 1) * stride + bytes};
}

bool overlap(const Area& left, const Area& right) {
  if (left.end <= right.begin || right.end <= left.begin) return false;
  // Two parts of one wide picture lie side by side; with strides of their own nothing is sure.
  if (left.stride != right.stride) return true;
  const std::uintptr_t stride = left.stride;
  const std::uintptr_t distance = left.begin <= right.begin
                                      ? (right.begin - left.begin) % stride
                                      : (stride - (left.begin - right.begin) % stride) % stride;
  return distance < left.bytes || distance + right.bytes > stride;
}

void check_plane(const Pixels& pixels, int plane, const std::string& what) {
  const auto index = static_cast<std::size_t>(plane);
  const std::string name = what + "'s plane " + std::to_string(plane);
  const std::ptrdiff_t bytes = row_bytes(pixels.layout, pixels.width, plane);
  const std::ptrdiff_t stride = pixels.strides[index];
  if (!pixels.planes[index])
    refuse(name + " is null: " + name_of(pixels.layout) + " has " +
           std::to_string(plane_count(pixels.layout)) + " plane(s).");
  if (stride < bytes)
    refuse(name + " has a stride of " + std::to_string(stride) + " bytes, and a row of " +
           std::to_string(pixels.width) + " pixels " + name_of(pixels.layout) + " takes " +
           std::to_string(bytes) + ".");
  if (stride > std::numeric_limits<std::int32_t>::max())
    refuse(name + " has a stride of " + std::to_string(stride) + " bytes: 2 GiB is the limit.");
  constexpr auto kFloat = static_cast<std::ptrdiff_t>(sizeof(float));
  if (is_float(pixels.layout) &&
      (reinterpret_cast<std::uintptr_t>(pixels.planes[index]) % sizeof(float) != 0 ||
       stride % kFloat != 0))
    refuse(name + " holds floats, so its address and stride have to be multiples of 4.");
}

}  // namespace

const char* name_of(PixelLayout layout) {
  return layout_of(layout).name;
}

bool is_yuv(PixelLayout layout) {
  return layout == PixelLayout::kNv12 || layout == PixelLayout::kI420;
}

bool is_float(PixelLayout layout) {
  return layout == PixelLayout::kRgbFloat || layout == PixelLayout::kRgbaFloat ||
         layout == PixelLayout::kPlanarRgbFloat;
}

int plane_count(PixelLayout layout) {
  return layout_of(layout).planes;
}

std::ptrdiff_t row_bytes(PixelLayout layout, int width, int plane) {
  const std::ptrdiff_t pixels = width;
  if (is_chroma(layout, plane)) return (pixels + 1) / 2 * layout_of(layout).components;
  return pixels * layout_of(layout).bytes;
}

int row_count(PixelLayout layout, int height, int plane) {
  return is_chroma(layout, plane) ? (height + 1) / 2 : height;
}

PixelBlock pixel_block(PixelLayout layout, int width, int height, int alignment) {
  PixelBlock block;
  std::ptrdiff_t offset = 0;
  for (int plane = 0; plane < plane_count(layout); ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    const std::ptrdiff_t bytes = row_bytes(layout, width, plane);
    block.offsets[index] = offset;
    block.strides[index] = (bytes + alignment - 1) / alignment * alignment;
    offset += block.strides[index] * row_count(layout, height, plane);
  }
  block.size = static_cast<std::size_t>(offset);
  return block;
}

Pixels pixels_in(void* memory, const PixelBlock& block, PixelLayout layout, int width, int height) {
  Pixels pixels{layout, width, height, {}, block.strides};
  for (int plane = 0; plane < plane_count(layout); ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    pixels.planes[index] = static_cast<unsigned char*>(memory) + block.offsets[index];
  }
  return pixels;
}

void check_pixels(const Pixels& pixels, const std::string& what) {
  if (static_cast<std::size_t>(pixels.layout) >= kLayouts.size())
    refuse(what + " has a layout that is not known: number " +
           std::to_string(static_cast<int>(pixels.layout)) + ".");
  if (pixels.width < 1 || pixels.height < 1 || pixels.width > kMaximumSize ||
      pixels.height > kMaximumSize)
    refuse(what + " is said to have " + size_of(pixels) +
           " pixels: width and height go from 1 to " + std::to_string(kMaximumSize) + ".");
  for (int plane = 0; plane < plane_count(pixels.layout); ++plane) check_plane(pixels, plane, what);
}

void check_conversion(const Conversion& conversion) {
  if (conversion.matrix != ColorMatrix::kBt601 && conversion.matrix != ColorMatrix::kBt709)
    refuse("The conversion's matrix is not known: there are BT.601 and BT.709.");
  if (!std::isnormal(conversion.white) || conversion.white < 0)
    refuse("The conversion's white has to be a number above 0, such as 1 or 255.");
  for (std::size_t channel = 0; channel < conversion.mean.size(); ++channel) {
    const float mean = conversion.mean[channel];
    const float deviation = conversion.deviation[channel];
    if (!std::isfinite(mean)) refuse("A mean of the conversion is not a finite number.");
    if (!std::isnormal(deviation) || deviation < 0)
      refuse("A deviation of the conversion is not a number above 0.");
    // Both directions have to fit into floats.
    const double ratio = static_cast<double>(conversion.white) / deviation;
    if (ratio > 1e30 || ratio < 1e-30 || std::abs(static_cast<double>(mean) / deviation) > 1e30 ||
        std::abs(static_cast<double>(mean) / conversion.white) > 1e30)
      refuse("The conversion's white, means and deviations are too far apart for floats.");
  }
}

void check_conversion(const Pixels& source, const Pixels& destination,
                      const Conversion& conversion) {
  check_pixels(source, "The source");
  check_pixels(destination, "The destination");
  check_conversion(conversion);
  if (source.width != destination.width || source.height != destination.height)
    refuse("The source has " + size_of(source) + " pixels and the destination " +
           size_of(destination) + ": a conversion does not scale.");
  if (!is_yuv(source.layout) && !is_yuv(destination.layout))
    refuse(std::string("There is no conversion of ") + name_of(source.layout) + " to " +
           name_of(destination.layout) + ": one of both has to be NV12 or I420.");
  for (int written = 0; written < plane_count(destination.layout); ++written) {
    const Area area = area_of(destination, written);
    for (int read = 0; read < plane_count(source.layout); ++read)
      if (overlap(area, area_of(source, read)))
        refuse("The source and the destination share memory: a conversion is not made in place.");
    for (int other = 0; other < written; ++other)
      if (overlap(area, area_of(destination, other)))
        refuse("Two planes of the destination share memory.");
  }
}

}  // namespace webrtcserver
