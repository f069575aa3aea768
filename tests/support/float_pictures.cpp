// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/float_pictures.hpp"

#include <cstring>

#include "video/frame_copy.hpp"

namespace webrtcserver::test {

std::vector<std::uint8_t> float_bytes(Colour colour, int width, int height) {
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<float> floats;
  for (const int value : {colour.red, colour.green, colour.blue})
    floats.insert(floats.end(), pixels, static_cast<float>(value) / 255);
  std::vector<std::uint8_t> bytes(floats.size() * sizeof(float));
  std::memcpy(bytes.data(), floats.data(), bytes.size());
  return bytes;
}

ApplicationPixels float_picture(void* address, PixelMemory memory, int width, int height) {
  ApplicationPixels picture;
  picture.pixels = {PixelLayout::kPlanarRgbFloat, width, height, {address}, {}};
  picture.memory = memory;
  complete(picture);
  return picture;
}

Colour middle_of(GstSample* frame, int width, int height) {
  const auto row = static_cast<std::size_t>(width);
  const auto rows = static_cast<std::size_t>(height);
  std::vector<std::uint8_t> rgb(3 * row * rows);
  ApplicationPixels read;
  read.pixels = {PixelLayout::kRgb8, width, height, {rgb.data()}, {}};
  complete(read);
  copy_frame(frame, read);
  const std::size_t middle = 3 * (rows / 2 * row + row / 2);
  return {rgb[middle], rgb[middle + 1], rgb[middle + 2]};
}

}  // namespace webrtcserver::test
