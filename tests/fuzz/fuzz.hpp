// SPDX-License-Identifier: LGPL-2.1-or-later
// fuzz.hpp — what the fuzz targets share. Each defines LLVMFuzzerTestOneInput, which may refuse its
// input as the function it tests does, and must do nothing else to the process.
#pragma once

#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// libFuzzer's, and corpus_driver.cpp's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace webrtcserver::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};  // NOLINT: bytes are characters here
}

// What must hold for every input; true in a build without assertions, too.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: it does not hold that %s\n", what);
  std::abort();
}

// A codec is known where its payloader is installed.
inline void init_gstreamer() {
  static const bool done = [] {
    gst_init(nullptr, nullptr);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace webrtcserver::fuzz
