// SPDX-License-Identifier: LGPL-2.1-or-later
// kernels.cu — conversions between what applications have and Y'CbCr 4:2:0, on a CUDA device: one
// pass, each byte read and written once. The arithmetic is conversion_math.hpp's, as on the CPU.
//
// A thread does a block of 8 × 2 pixels, which shares four chroma samples. Where the whole block is
// inside the picture and the planes are aligned, it goes by accesses of up to 16 bytes; at the
// right and lower edges, and in planes that are aligned to nothing, pixel by pixel.
#include "cuda/kernel_job.hpp"
#include "cuda/kernel_memory.hpp"

namespace webrtcserver {
namespace {

constexpr int kColumns = kKernelColumns;

struct Colour {
  unsigned char red;
  unsigned char green;
  unsigned char blue;
};

struct Chroma {
  unsigned char cb;
  unsigned char cr;
};

WEBRTCSERVER_DEVICE unsigned char* at(const KernelPlane& plane, int y, long long bytes) {
  return plane.address + y * plane.stride + bytes;
}

// ---- Layouts of colours: a pixel, and eight neighbours of a row
// -----------------------------------

// Codes of 8 bits, kBytes a pixel, red and blue at their places.
template <int kBytes, int kRed, int kBlue>
struct Packed8 {
  WEBRTCSERVER_DEVICE static Colour load(const KernelJob& job, int x, int y) {
    const unsigned char* pixel = at(job.source[0], y, static_cast<long long>(x) * kBytes);
    return {load_byte(pixel + kRed), load_byte(pixel + 1), load_byte(pixel + kBlue)};
  }

  WEBRTCSERVER_DEVICE static void load_row(const KernelJob& job, int x, int y,
                                           Colour (&colours)[kColumns]) {
    const auto run =
        Run<kColumns * kBytes>::load(at(job.source[0], y, static_cast<long long>(x) * kBytes));
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      colours[i] = {run.byte(i * kBytes + kRed), run.byte(i * kBytes + 1),
                    run.byte(i * kBytes + kBlue)};
    }
  }

  WEBRTCSERVER_DEVICE static void store(const KernelJob& job, int x, int y, const Colour& colour) {
    unsigned char* pixel = at(job.destination[0], y, static_cast<long long>(x) * kBytes);
    store_byte(pixel + kRed, colour.red);
    store_byte(pixel + 1, colour.green);
    store_byte(pixel + kBlue, colour.blue);
    if (kBytes == 4) store_byte(pixel + 3, 255);
  }

  WEBRTCSERVER_DEVICE static void store_row(const KernelJob& job, int x, int y,
                                            const Colour (&colours)[kColumns]) {
    Run<kColumns * kBytes> run;
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      run.set_byte(i * kBytes + kRed, colours[i].red);
      run.set_byte(i * kBytes + 1, colours[i].green);
      run.set_byte(i * kBytes + kBlue, colours[i].blue);
      if (kBytes == 4) run.set_byte(i * kBytes + 3, 255);
    }
    run.store(at(job.destination[0], y, static_cast<long long>(x) * kBytes));
  }
};

struct Rgb8 : Packed8<3, 0, 2> {};
struct Rgba8 : Packed8<4, 0, 2> {};
struct Bgr8 : Packed8<3, 2, 0> {};
struct Bgra8 : Packed8<4, 2, 0> {};

// kFloats a pixel.
template <int kFloats>
struct PackedFloat {
  static constexpr int kBytes = 4 * kFloats;

  WEBRTCSERVER_DEVICE static Colour load(const KernelJob& job, int x, int y) {
    const unsigned char* pixel = at(job.source[0], y, static_cast<long long>(x) * kBytes);
    const Coefficients& c = job.coefficients;
    return {code_of(c, 0, load_float(pixel)), code_of(c, 1, load_float(pixel + 4)),
            code_of(c, 2, load_float(pixel + 8))};
  }

  WEBRTCSERVER_DEVICE static void load_row(const KernelJob& job, int x, int y,
                                           Colour (&colours)[kColumns]) {
    const auto run =
        Run<kColumns * kBytes>::load(at(job.source[0], y, static_cast<long long>(x) * kBytes));
    const Coefficients& c = job.coefficients;
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      colours[i] = {code_of(c, 0, run.number(i * kFloats)),
                    code_of(c, 1, run.number(i * kFloats + 1)),
                    code_of(c, 2, run.number(i * kFloats + 2))};
    }
  }

  WEBRTCSERVER_DEVICE static void store(const KernelJob& job, int x, int y, const Colour& colour) {
    unsigned char* pixel = at(job.destination[0], y, static_cast<long long>(x) * kBytes);
    const Coefficients& c = job.coefficients;
    store_float(pixel, value_of(c, 0, colour.red));
    store_float(pixel + 4, value_of(c, 1, colour.green));
    store_float(pixel + 8, value_of(c, 2, colour.blue));
    if (kFloats == 4) store_float(pixel + 12, c.white);
  }

  WEBRTCSERVER_DEVICE static void store_row(const KernelJob& job, int x, int y,
                                            const Colour (&colours)[kColumns]) {
    const Coefficients& c = job.coefficients;
    Run<kColumns * kBytes> run;
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      run.set_number(i * kFloats, value_of(c, 0, colours[i].red));
      run.set_number(i * kFloats + 1, value_of(c, 1, colours[i].green));
      run.set_number(i * kFloats + 2, value_of(c, 2, colours[i].blue));
      if (kFloats == 4) run.set_number(i * kFloats + 3, c.white);
    }
    run.store(at(job.destination[0], y, static_cast<long long>(x) * kBytes));
  }
};

struct RgbFloat : PackedFloat<3> {};
struct RgbaFloat : PackedFloat<4> {};

struct PlanarRgbFloat {
  WEBRTCSERVER_DEVICE static Colour load(const KernelJob& job, int x, int y) {
    unsigned char codes[3];
#pragma unroll
    for (int channel = 0; channel < 3; ++channel) {
      codes[channel] =
          code_of(job.coefficients, channel,
                  load_float(at(job.source[channel], y, static_cast<long long>(x) * 4)));
    }
    return {codes[0], codes[1], codes[2]};
  }

  WEBRTCSERVER_DEVICE static void load_row(const KernelJob& job, int x, int y,
                                           Colour (&colours)[kColumns]) {
    const long long bytes = static_cast<long long>(x) * 4;
    const auto red = Run<kColumns * 4>::load(at(job.source[0], y, bytes));
    const auto green = Run<kColumns * 4>::load(at(job.source[1], y, bytes));
    const auto blue = Run<kColumns * 4>::load(at(job.source[2], y, bytes));
    const Coefficients& c = job.coefficients;
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      colours[i] = {code_of(c, 0, red.number(i)), code_of(c, 1, green.number(i)),
                    code_of(c, 2, blue.number(i))};
    }
  }

  WEBRTCSERVER_DEVICE static void store(const KernelJob& job, int x, int y, const Colour& colour) {
    const unsigned char codes[3] = {colour.red, colour.green, colour.blue};
#pragma unroll
    for (int channel = 0; channel < 3; ++channel) {
      store_float(at(job.destination[channel], y, static_cast<long long>(x) * 4),
                  value_of(job.coefficients, channel, codes[channel]));
    }
  }

  WEBRTCSERVER_DEVICE static void store_row(const KernelJob& job, int x, int y,
                                            const Colour (&colours)[kColumns]) {
    const long long bytes = static_cast<long long>(x) * 4;
    const Coefficients& c = job.coefficients;
    Run<kColumns * 4> red;
    Run<kColumns * 4> green;
    Run<kColumns * 4> blue;
#pragma unroll
    for (int i = 0; i < kColumns; ++i) {
      red.set_number(i, value_of(c, 0, colours[i].red));
      green.set_number(i, value_of(c, 1, colours[i].green));
      blue.set_number(i, value_of(c, 2, colours[i].blue));
    }
    red.store(at(job.destination[0], y, bytes));
    green.store(at(job.destination[1], y, bytes));
    blue.store(at(job.destination[2], y, bytes));
  }
};

struct Gray8 {};

// ---- Layouts of Y'CbCr: a chroma sample, and four neighbours of a row
// ------------------------------

struct Nv12 {
  WEBRTCSERVER_DEVICE static Chroma load(const KernelJob& job, int x, int y) {
    const unsigned char* pair = at(job.source[1], y, 2LL * x);
    return {load_byte(pair), load_byte(pair + 1)};
  }

  WEBRTCSERVER_DEVICE static void load_row(const KernelJob& job, int x, int y,
                                           Chroma (&chroma)[kColumns / 2]) {
    const auto run = Run<kColumns>::load(at(job.source[1], y, 2LL * x));
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) chroma[i] = {run.byte(2 * i), run.byte(2 * i + 1)};
  }

  WEBRTCSERVER_DEVICE static void store(const KernelJob& job, int x, int y, const Chroma& chroma) {
    unsigned char* pair = at(job.destination[1], y, 2LL * x);
    store_byte(pair, chroma.cb);
    store_byte(pair + 1, chroma.cr);
  }

  WEBRTCSERVER_DEVICE static void store_row(const KernelJob& job, int x, int y,
                                            const Chroma (&chroma)[kColumns / 2]) {
    Run<kColumns> run;
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) {
      run.set_byte(2 * i, chroma[i].cb);
      run.set_byte(2 * i + 1, chroma[i].cr);
    }
    run.store(at(job.destination[1], y, 2LL * x));
  }
};

struct I420 {
  WEBRTCSERVER_DEVICE static Chroma load(const KernelJob& job, int x, int y) {
    return {load_byte(at(job.source[1], y, x)), load_byte(at(job.source[2], y, x))};
  }

  WEBRTCSERVER_DEVICE static void load_row(const KernelJob& job, int x, int y,
                                           Chroma (&chroma)[kColumns / 2]) {
    const auto cb = Run<kColumns / 2>::load(at(job.source[1], y, x));
    const auto cr = Run<kColumns / 2>::load(at(job.source[2], y, x));
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) chroma[i] = {cb.byte(i), cr.byte(i)};
  }

  WEBRTCSERVER_DEVICE static void store(const KernelJob& job, int x, int y, const Chroma& chroma) {
    store_byte(at(job.destination[1], y, x), chroma.cb);
    store_byte(at(job.destination[2], y, x), chroma.cr);
  }

  WEBRTCSERVER_DEVICE static void store_row(const KernelJob& job, int x, int y,
                                            const Chroma (&chroma)[kColumns / 2]) {
    Run<kColumns / 2> cb;
    Run<kColumns / 2> cr;
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) {
      cb.set_byte(i, chroma[i].cb);
      cr.set_byte(i, chroma[i].cr);
    }
    cb.store(at(job.destination[1], y, x));
    cr.store(at(job.destination[2], y, x));
  }
};

// ---- Blocks
// ----------------------------------------------------------------------------------------

WEBRTCSERVER_DEVICE unsigned char luma_of_colour(const KernelJob& job, const Colour& colour) {
  return luma_of(job.coefficients.y, colour.red, colour.green, colour.blue);
}

WEBRTCSERVER_DEVICE Chroma chroma_of_colours(const KernelJob& job, const Colour& a, const Colour& b,
                                             const Colour& c, const Colour& d) {
  const short red = static_cast<short>(a.red + b.red + c.red + d.red);
  const short green = static_cast<short>(a.green + b.green + c.green + d.green);
  const short blue = static_cast<short>(a.blue + b.blue + c.blue + d.blue);
  return {chroma_of(job.coefficients.cb, red, green, blue),
          chroma_of(job.coefficients.cr, red, green, blue)};
}

WEBRTCSERVER_DEVICE Colour colour_of_yuv(const KernelJob& job, unsigned char y,
                                         const ChromaParts& parts) {
  const short luma = luma_part(job.coefficients, y);
  return {colour_of(luma, parts.red), colour_of(luma, parts.green), colour_of(luma, parts.blue)};
}

// How two layouts meet: the eight by two pixels in one go, and two by two of them, `columns` ×
// `rows` of which are inside the picture.
template <typename Source, typename Destination>
struct Block;

template <typename Source, typename Destination>
struct ColourToYuv {
  WEBRTCSERVER_DEVICE static void whole(const KernelJob& job, int x, int y) {
    Colour colours[2][kColumns];
    Source::load_row(job, x, y, colours[0]);
    Source::load_row(job, x, y + 1, colours[1]);
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      Run<kColumns> luma;
#pragma unroll
      for (int i = 0; i < kColumns; ++i) luma.set_byte(i, luma_of_colour(job, colours[row][i]));
      luma.store(at(job.destination[0], y + row, x));
    }
    Chroma chroma[kColumns / 2];
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) {
      chroma[i] = chroma_of_colours(job, colours[0][2 * i], colours[0][2 * i + 1],
                                    colours[1][2 * i], colours[1][2 * i + 1]);
    }
    Destination::store_row(job, x / 2, y / 2, chroma);
  }

  WEBRTCSERVER_DEVICE static void cell(const KernelJob& job, int x, int y, int columns, int rows) {
    Colour colours[2][2];
#pragma unroll
    for (int row = 0; row < 2; ++row) {
#pragma unroll
      for (int column = 0; column < 2; ++column) {
        // What is outside counts as its neighbour.
        const bool is_inside = column < columns && row < rows;
        colours[row][column] =
            Source::load(job, column < columns ? x + column : x, row < rows ? y + row : y);
        if (is_inside) {
          store_byte(at(job.destination[0], y + row, x + column),
                     luma_of_colour(job, colours[row][column]));
        }
      }
    }
    Destination::store(
        job, x / 2, y / 2,
        chroma_of_colours(job, colours[0][0], colours[0][1], colours[1][0], colours[1][1]));
  }
};

template <typename Source, typename Destination>
struct YuvToColour {
  WEBRTCSERVER_DEVICE static void whole(const KernelJob& job, int x, int y) {
    Chroma chroma[kColumns / 2];
    Source::load_row(job, x / 2, y / 2, chroma);
    ChromaParts parts[kColumns / 2];
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i)
      parts[i] = chroma_parts(job.coefficients, chroma[i].cb, chroma[i].cr);
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      const auto luma = Run<kColumns>::load(at(job.source[0], y + row, x));
      Colour colours[kColumns];
#pragma unroll
      for (int i = 0; i < kColumns; ++i)
        colours[i] = colour_of_yuv(job, luma.byte(i), parts[i / 2]);
      Destination::store_row(job, x, y + row, colours);
    }
  }

  WEBRTCSERVER_DEVICE static void cell(const KernelJob& job, int x, int y, int columns, int rows) {
    const Chroma chroma = Source::load(job, x / 2, y / 2);
    const ChromaParts parts = chroma_parts(job.coefficients, chroma.cb, chroma.cr);
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        const unsigned char luma = load_byte(at(job.source[0], y + row, x + column));
        Destination::store(job, x + column, y + row, colour_of_yuv(job, luma, parts));
      }
    }
  }
};

// Grey has no chroma, and gives none.
template <typename Destination>
struct GreyToYuv {
  WEBRTCSERVER_DEVICE static unsigned char luma(const KernelJob& job, unsigned char grey) {
    return luma_of(job.coefficients.y, grey, grey, grey);
  }

  WEBRTCSERVER_DEVICE static void whole(const KernelJob& job, int x, int y) {
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      const auto grey = Run<kColumns>::load(at(job.source[0], y + row, x));
      Run<kColumns> lumas;
#pragma unroll
      for (int i = 0; i < kColumns; ++i) lumas.set_byte(i, luma(job, grey.byte(i)));
      lumas.store(at(job.destination[0], y + row, x));
    }
    Chroma chroma[kColumns / 2];
#pragma unroll
    for (int i = 0; i < kColumns / 2; ++i) chroma[i] = {128, 128};
    Destination::store_row(job, x / 2, y / 2, chroma);
  }

  WEBRTCSERVER_DEVICE static void cell(const KernelJob& job, int x, int y, int columns, int rows) {
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        store_byte(at(job.destination[0], y + row, x + column),
                   luma(job, load_byte(at(job.source[0], y + row, x + column))));
      }
    }
    Destination::store(job, x / 2, y / 2, {128, 128});
  }
};

struct YuvToGrey {
  WEBRTCSERVER_DEVICE static void whole(const KernelJob& job, int x, int y) {
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      const auto luma = Run<kColumns>::load(at(job.source[0], y + row, x));
      Run<kColumns> grey;
#pragma unroll
      for (int i = 0; i < kColumns; ++i) grey.set_byte(i, grey_of(job.coefficients, luma.byte(i)));
      grey.store(at(job.destination[0], y + row, x));
    }
  }

  WEBRTCSERVER_DEVICE static void cell(const KernelJob& job, int x, int y, int columns, int rows) {
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        store_byte(at(job.destination[0], y + row, x + column),
                   grey_of(job.coefficients, load_byte(at(job.source[0], y + row, x + column))));
      }
    }
  }
};

// The same samples, at other places.
template <typename Source, typename Destination>
struct YuvToYuv {
  WEBRTCSERVER_DEVICE static void whole(const KernelJob& job, int x, int y) {
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      Run<kColumns>::load(at(job.source[0], y + row, x)).store(at(job.destination[0], y + row, x));
    }
    Chroma chroma[kColumns / 2];
    Source::load_row(job, x / 2, y / 2, chroma);
    Destination::store_row(job, x / 2, y / 2, chroma);
  }

  WEBRTCSERVER_DEVICE static void cell(const KernelJob& job, int x, int y, int columns, int rows) {
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        store_byte(at(job.destination[0], y + row, x + column),
                   load_byte(at(job.source[0], y + row, x + column)));
      }
    }
    Destination::store(job, x / 2, y / 2, Source::load(job, x / 2, y / 2));
  }
};

template <typename Source>
struct Block<Source, Nv12> : ColourToYuv<Source, Nv12> {};
template <typename Source>
struct Block<Source, I420> : ColourToYuv<Source, I420> {};
template <typename Destination>
struct Block<Nv12, Destination> : YuvToColour<Nv12, Destination> {};
template <typename Destination>
struct Block<I420, Destination> : YuvToColour<I420, Destination> {};
template <>
struct Block<Gray8, Nv12> : GreyToYuv<Nv12> {};
template <>
struct Block<Gray8, I420> : GreyToYuv<I420> {};
template <>
struct Block<Nv12, Gray8> : YuvToGrey {};
template <>
struct Block<I420, Gray8> : YuvToGrey {};
template <>
struct Block<Nv12, Nv12> : YuvToYuv<Nv12, Nv12> {};
template <>
struct Block<Nv12, I420> : YuvToYuv<Nv12, I420> {};
template <>
struct Block<I420, Nv12> : YuvToYuv<I420, Nv12> {};
template <>
struct Block<I420, I420> : YuvToYuv<I420, I420> {};

template <typename Source, typename Destination>
WEBRTCSERVER_DEVICE void convert(const KernelJob& job) {
  const Position thread = position();
  const int x = thread.column * kColumns;
  const int y = thread.row * kKernelRows;
  if (x >= job.width || y >= job.height) return;
  if (job.is_wide && x + kColumns <= job.width && y + kKernelRows <= job.height) {
    Block<Source, Destination>::whole(job, x, y);
    return;
  }
  const int rows = job.height - y < 2 ? 1 : 2;
  const int end = x + kColumns < job.width ? x + kColumns : job.width;
  for (int column = x; column < end; column += 2)
    Block<Source, Destination>::cell(job, column, y, end - column < 2 ? 1 : 2, rows);
}

}  // namespace
}  // namespace webrtcserver

#define WEBRTCSERVER_KERNEL_OF(Source, Destination)                              \
  extern "C" WEBRTCSERVER_KERNEL void WEBRTCSERVER_KERNEL_NAME(                  \
      Source, Destination)(webrtcserver::KernelJob job) {                        \
    webrtcserver::convert<webrtcserver::Source, webrtcserver::Destination>(job); \
  }
WEBRTCSERVER_KERNELS(WEBRTCSERVER_KERNEL_OF)
