// SPDX-License-Identifier: LGPL-2.1-or-later
// card.hpp — a machine with an NVIDIA card, for the whole process: a catalogue looks once at what
// there is. The driver is the double of tests/doubles/libcuda, the elements are doubles of
// GStreamer 1.22's; the CUDA memory between them is GStreamer's own.
#pragma once

#include <cstddef>

#include "doubles/converters.hpp"
#include "support/picture_samples.hpp"
#include "unit/cuda/gpu.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver {

class Card : public Gpu {
 protected:
  static constexpr int kWidth = 320;
  static constexpr int kHeight = 240;

  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  // What has gone over the bus since SetUp(), or the last call: pictures that somebody brought down
  // or up, by an element made for it or behind the back of all.
  struct Bus {
    unsigned by_elements = 0;
    std::size_t otherwise = 0;
    unsigned contexts = 0;  // that elements have made of their own, whose memory is not the others'
    bool operator==(const Bus&) const = default;
  };
  Bus take_bus();

  // A tensor of the application's, of one colour, whose memory lives as long as the test.
  ApplicationPixels tensor(test::Colour colour, int width = kWidth, int height = kHeight);
  // The same on the CPU.
  ApplicationPixels on_host(test::Colour colour);

 private:
  static doubles::Machine elements;
  static doubles::Machine encoders;

  std::vector<std::unique_ptr<GpuBytes>> tensors_;
  std::vector<std::vector<std::uint8_t>> arrays_;
  Bus since_;
};

}  // namespace webrtcserver
