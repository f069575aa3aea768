// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/cpu_conversion.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "cuda/coefficients.hpp"

namespace webrtcserver {

namespace {

template <typename T = unsigned char>
T* row_of(const Pixels& pixels, int plane, int row) {
  const auto index = static_cast<std::size_t>(plane);
  auto* begin = static_cast<unsigned char*>(pixels.planes[index]);
  return reinterpret_cast<T*>(begin + row * pixels.strides[index]);
}

// As ConstChromaRows.
struct ChromaRows {
  unsigned char* cb;
  unsigned char* cr;
  int step;
};

ChromaRows chroma_rows(const Pixels& pixels, int row) {
  if (pixels.layout == PixelLayout::kNv12) {
    unsigned char* pairs = row_of(pixels, 1, row);
    return {pairs, pairs + 1, 2};
  }
  return {row_of(pixels, 1, row), row_of(pixels, 2, row), 1};
}

bool is_swapped(PixelLayout layout) {
  return layout == PixelLayout::kBgr8 || layout == PixelLayout::kBgra8;
}

int channels_of(PixelLayout layout) {
  if (layout == PixelLayout::kPlanarRgbFloat) return 1;
  return layout == PixelLayout::kRgbaFloat || layout == PixelLayout::kRgba8 ||
                 layout == PixelLayout::kBgra8
             ? 4
             : 3;
}

// Rows of one width for each colour, which stay in the cache from one step to the next.
class Rows {
 public:
  explicit Rows(int width) : width_(width), bytes_(3 * stride()) {}

  ColorRows colors() { return {row(0), row(1), row(2)}; }
  ConstColorRows const_colors() { return {row(0), row(1), row(2)}; }

  // At an odd width chroma sees the last pixel twice.
  void repeat_last() {
    for (std::size_t color = 0; color < 3; ++color) row(color)[width_] = row(color)[width_ - 1];
  }

 private:
  // An odd number of cache lines: rows a whole page apart would push one another out of the cache.
  std::size_t stride() const { return ((static_cast<std::size_t>(width_) / 64 + 2) | 1) * 64; }
  unsigned char* row(std::size_t color) { return bytes_.data() + color * stride(); }

  int width_;
  std::vector<unsigned char> bytes_;
};

// One conversion, row by row.
class Work {
 public:
  Work(const Pixels& source, const Pixels& destination, const Conversion& conversion,
       const RowFunctions& functions)
      : source_(source),
        destination_(destination),
        coefficients_(coefficients_of(conversion)),
        functions_(functions),
        width_(source.width),
        height_(source.height),
        chroma_width_((source.width + 1) / 2),
        chroma_height_((source.height + 1) / 2) {}

  void encode() {
    Rows upper(width_);
    Rows lower(width_);
    std::vector<unsigned char> pairs(2 * static_cast<std::size_t>(chroma_width_));
    for (int row = 0; row < chroma_height_; ++row) {
      const ConstColorRows above = encode_row(2 * row, upper);
      const bool last = 2 * row + 1 == height_;
      const ConstColorRows below = last ? above : encode_row(2 * row + 1, lower);
      const ChromaRows chroma = chroma_rows(destination_, row);
      unsigned char* to = chroma.step == 2 ? chroma.cb : pairs.data();
      functions_.to_chroma(coefficients_, above, below, to, chroma_width_);
      if (chroma.step == 1) functions_.split(to, chroma.cb, chroma.cr, chroma_width_);
    }
  }

  void encode_grey() {
    for (int row = 0; row < height_; ++row) {
      const unsigned char* grey = row_of(source_, 0, row);
      functions_.to_luma(coefficients_, {grey, grey, grey}, row_of(destination_, 0, row), width_);
    }
    constexpr int kNoColor = 128;
    for (int plane = 1; plane < plane_count(destination_.layout); ++plane)
      for (int row = 0; row < chroma_height_; ++row)
        std::memset(row_of(destination_, plane, row), kNoColor,
                    static_cast<std::size_t>(row_bytes(destination_.layout, width_, plane)));
  }

  void decode() {
    Rows rows(width_);
    const auto count = 2 * static_cast<std::size_t>(chroma_width_);
    std::vector<short> numbers(3 * count);
    const PartRows parts = {numbers.data(), numbers.data() + count, numbers.data() + 2 * count};
    for (int row = 0; row < chroma_height_; ++row) {
      const ChromaRows chroma = chroma_rows(source_, row);
      functions_.to_parts(coefficients_, {chroma.cb, chroma.cr, chroma.step}, parts, chroma_width_);
      for (int y = 2 * row; y < std::min(2 * row + 2, height_); ++y) {
        functions_.to_colors(coefficients_, row_of(source_, 0, y), parts, rows.colors(), width_);
        pack(rows.const_colors(), y);
      }
    }
  }

  void decode_grey() {
    for (int row = 0; row < height_; ++row)
      functions_.to_grey(coefficients_, row_of(source_, 0, row), row_of(destination_, 0, row),
                         width_);
  }

  void copy() {
    for (int row = 0; row < height_; ++row)
      std::memcpy(row_of(destination_, 0, row), row_of(source_, 0, row),
                  static_cast<std::size_t>(width_));
    for (int row = 0; row < chroma_height_; ++row) copy_chroma(row);
  }

 private:
  ConstColorRows encode_row(int row, Rows& rows) {
    unpack(row, rows.colors());
    rows.repeat_last();
    functions_.to_luma(coefficients_, rows.const_colors(), row_of(destination_, 0, row), width_);
    return rows.const_colors();
  }

  void unpack(int row, const ColorRows& colors) {
    const int channels = channels_of(source_.layout);
    if (!is_float(source_.layout)) {
      functions_.unpack(row_of(source_, 0, row), channels, is_swapped(source_.layout), colors,
                        width_);
      return;
    }
    const bool planar = channels == 1;
    const float* const values[3] = {row_of<float>(source_, 0, row),
                                    planar ? row_of<float>(source_, 1, row) : nullptr,
                                    planar ? row_of<float>(source_, 2, row) : nullptr};
    functions_.unpack_floats(coefficients_, values, channels, colors, width_);
  }

  void pack(const ConstColorRows& colors, int row) {
    const int channels = channels_of(destination_.layout);
    if (!is_float(destination_.layout)) {
      functions_.pack(colors, row_of(destination_, 0, row), channels,
                      is_swapped(destination_.layout), width_);
      return;
    }
    const bool planar = channels == 1;
    float* const values[3] = {row_of<float>(destination_, 0, row),
                              planar ? row_of<float>(destination_, 1, row) : nullptr,
                              planar ? row_of<float>(destination_, 2, row) : nullptr};
    functions_.pack_floats(coefficients_, colors, values, channels, width_);
  }

  void copy_chroma(int row) {
    const ChromaRows from = chroma_rows(source_, row);
    const ChromaRows to = chroma_rows(destination_, row);
    const auto bytes = static_cast<std::size_t>(chroma_width_);
    if (from.step == 2 && to.step == 2) {
      std::memcpy(to.cb, from.cb, 2 * bytes);
    } else if (from.step == 2) {
      functions_.split(from.cb, to.cb, to.cr, chroma_width_);
    } else if (to.step == 2) {
      functions_.join(from.cb, from.cr, to.cb, chroma_width_);
    } else {
      std::memcpy(to.cb, from.cb, bytes);
      std::memcpy(to.cr, from.cr, bytes);
    }
  }

  const Pixels& source_;
  const Pixels& destination_;
  const Coefficients coefficients_;
  const RowFunctions& functions_;
  const int width_;
  const int height_;
  const int chroma_width_;
  const int chroma_height_;
};

}  // namespace

void convert_on_cpu(const Pixels& source, const Pixels& destination, const Conversion& conversion,
                    const RowFunctions& functions) {
  check_conversion(source, destination, conversion);
  Work work(source, destination, conversion, functions);
  if (is_yuv(source.layout) && is_yuv(destination.layout)) {
    work.copy();
  } else if (source.layout == PixelLayout::kGray8) {
    work.encode_grey();
  } else if (destination.layout == PixelLayout::kGray8) {
    work.decode_grey();
  } else if (is_yuv(destination.layout)) {
    work.encode();
  } else {
    work.decode();
  }
}

}  // namespace webrtcserver
