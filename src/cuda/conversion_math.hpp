// SPDX-License-Identifier: LGPL-2.1-or-later
// conversion_math.hpp — the arithmetic of one pixel, the same on the CPU and in CUDA kernels bit
// for bit. Nothing here needs the standard library.
//
// The rules that make it so:
// - Colours are integers: floats become 8-bit codes first, and codes become floats last.
// - Every intermediate fits into 16 bits, so that vector code has as many lanes as it can. The only
//   multiplication is high_product(), which vector units and GPUs have. A product loses its
//   fraction (rounds down); the constants added make up for it.
// - A float is multiplied and added in two steps that each round. Compilers would make one fused
//   step of them where the machine has it, and another result: the CPU's code is compiled with
//   -ffp-contract=off, and a GPU's names its instructions.
//
// Against exact arithmetic a result is off by one code value at most (every_colour_test).
#pragma once

#if defined(__CUDACC__) && !defined(__clang__)
#define WEBRTCSERVER_HOST_DEVICE __host__ __device__
#elif defined(__CUDA__)
// clang without CUDA's headers.
#define WEBRTCSERVER_HOST_DEVICE __attribute__((host)) __attribute__((device))
#else
#define WEBRTCSERVER_HOST_DEVICE
#endif
// Always inline: what was compiled for any processor, code for a certain one could only call.
#define WEBRTCSERVER_PIXEL_MATH \
  WEBRTCSERVER_HOST_DEVICE __attribute__((always_inline)) static inline

namespace webrtcserver {

// What a conversion comes to, in the units of the functions below: coefficients_of() makes it of a
// Conversion, and a kernel takes it by value.
struct Coefficients {
  // R'G'B' to Y'CbCr.
  struct Row {
    short red;
    short green;
    short blue;
    short bias;  // the offset of this component and what rounding needs
  };
  Row y, cb, cr;

  // Y'CbCr to R'G'B'.
  short y_offset;
  short y_gain;
  short red_of_cr;
  short green_of_cb;
  short green_of_cr;
  short blue_of_cb;

  // Floats of red, green and blue: code = value × to_code + to_code_offset, and back.
  float to_code[3];
  float to_code_offset[3];
  float of_code[3];
  float of_code_offset[3];
  float white;  // what alpha is
};

WEBRTCSERVER_PIXEL_MATH short high_product(short left, short right) {
  return static_cast<short>((static_cast<int>(left) * static_cast<int>(right)) >> 16);
}

WEBRTCSERVER_PIXEL_MATH unsigned char clamped(short value) {
  const short least = value > 0 ? value : static_cast<short>(0);
  return static_cast<unsigned char>(least < 255 ? least : static_cast<short>(255));
}

// ---- R'G'B' to Y'CbCr: six bits of fraction -----------------------------------------------------

// Both begin by centring what they multiply on zero, which fills 16 bits with their signs:
// compilers know the vector instruction for high_product() only by signs on both sides.

WEBRTCSERVER_PIXEL_MATH short centred(unsigned char code) {
  return static_cast<short>((code - 128) * 256);
}

// Of the sum of four codes.
WEBRTCSERVER_PIXEL_MATH short centred_sum(short sum) {
  return static_cast<short>((sum - 512) * 64);
}

WEBRTCSERVER_PIXEL_MATH unsigned char luma_of(const Coefficients::Row& row, unsigned char red,
                                              unsigned char green, unsigned char blue) {
  const short sum = static_cast<short>(high_product(centred(red), row.red) +
                                       high_product(centred(green), row.green) +
                                       high_product(centred(blue), row.blue) + row.bias);
  return static_cast<unsigned char>(sum >> 6);  // cannot leave 0…255
}

// Of the sums of four pixels.
WEBRTCSERVER_PIXEL_MATH unsigned char chroma_of(const Coefficients::Row& row, short red,
                                                short green, short blue) {
  const short sum = static_cast<short>(high_product(centred_sum(red), row.red) +
                                       high_product(centred_sum(green), row.green) +
                                       high_product(centred_sum(blue), row.blue) + row.bias);
  return clamped(static_cast<short>(sum >> 6));  // full range reaches 255.5
}

// ---- Y'CbCr to R'G'B': five bits of fraction ----------------------------------------------------

// What chroma adds to each colour, the same for the four pixels that share it.
struct ChromaParts {
  short red;
  short green;
  short blue;
};

WEBRTCSERVER_PIXEL_MATH short red_part(const Coefficients& c, unsigned char cr) {
  return high_product(centred(cr), c.red_of_cr);
}

WEBRTCSERVER_PIXEL_MATH short green_part(const Coefficients& c, unsigned char cb,
                                         unsigned char cr) {
  return static_cast<short>(high_product(centred(cb), c.green_of_cb) +
                            high_product(centred(cr), c.green_of_cr));
}

WEBRTCSERVER_PIXEL_MATH short blue_part(const Coefficients& c, unsigned char cb) {
  return high_product(centred(cb), c.blue_of_cb);
}

WEBRTCSERVER_PIXEL_MATH ChromaParts chroma_parts(const Coefficients& c, unsigned char cb,
                                                 unsigned char cr) {
  return {red_part(c, cr), green_part(c, cb, cr), blue_part(c, cb)};
}

// What luma adds to each colour, with what rounding needs.
WEBRTCSERVER_PIXEL_MATH short luma_part(const Coefficients& c, unsigned char y) {
  constexpr short kBias = 16 + 1;  // a half, and the average loss of two products
  return static_cast<short>(high_product(static_cast<short>((y - c.y_offset) * 128), c.y_gain) +
                            kBias);
}

WEBRTCSERVER_PIXEL_MATH unsigned char colour_of(short luma_part, short chroma_part) {
  return clamped(static_cast<short>(static_cast<short>(luma_part + chroma_part) >> 5));
}

// A grey pixel is a luma without chroma.
WEBRTCSERVER_PIXEL_MATH unsigned char grey_of(const Coefficients& c, unsigned char y) {
  return colour_of(luma_part(c, y), 0);
}

// ---- Floats -------------------------------------------------------------------------------------

WEBRTCSERVER_PIXEL_MATH float product_then_sum(float value, float factor, float offset) {
#if defined(__CUDA_ARCH__)
  // By name: clang takes CUDA's functions for these apart and then fuses after all.
  float product = 0;
  float sum = 0;
  asm("mul.rn.f32 %0, %1, %2;" : "=f"(product) : "f"(value), "f"(factor));
  asm("add.rn.f32 %0, %1, %2;" : "=f"(sum) : "f"(product), "f"(offset));
  return sum;
#else
  return value * factor + offset;
#endif
}

// Rounds to the nearest code, since the offset has a half. NaN is black, and what lies beyond black
// and white, even infinitely, is black or white.
WEBRTCSERVER_PIXEL_MATH unsigned char code_of(float value, float factor, float offset) {
  float code = product_then_sum(value, factor, offset);
  // Clamped by the bits, as integers: from 0 on these are in the order of the floats, and all below
  // is negative. NaN makes comparisons of floats so peculiar that compilers do without vector code.
  int bits = 0;
  __builtin_memcpy(&bits, &code, sizeof(bits));
  constexpr int kInfinity = 0x7f800000;
  constexpr int kWhite = 0x437f0000;  // 255
  bits &= ~(bits >> 31);
  bits &= ~((kInfinity - bits) >> 31);  // 0 for NaN, which lies beyond infinity
  bits = bits < kWhite ? bits : kWhite;
  __builtin_memcpy(&code, &bits, sizeof(code));
  return static_cast<unsigned char>(static_cast<int>(code));
}

WEBRTCSERVER_PIXEL_MATH float value_of(unsigned char code, float factor, float offset) {
  return product_then_sum(static_cast<float>(code), factor, offset);
}

// Of channel 0, 1 or 2: red, green or blue.
WEBRTCSERVER_PIXEL_MATH unsigned char code_of(const Coefficients& c, int channel, float value) {
  return code_of(value, c.to_code[channel], c.to_code_offset[channel]);
}

WEBRTCSERVER_PIXEL_MATH float value_of(const Coefficients& c, int channel, unsigned char code) {
  return value_of(code, c.of_code[channel], c.of_code_offset[channel]);
}

}  // namespace webrtcserver
