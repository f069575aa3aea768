// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sdp_fragment.hpp"

#include "base/error.hpp"
#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SdpFragment fragment;
  try {
    fragment = read_sdp_fragment(fuzz::text_of(data, size));
  } catch (const Error&) {
    return 0;
  }
  const std::string text = write_sdp_fragment(fragment);
  fuzz::require(text.find('\0') == std::string::npos, "what is written has no null in it");
  return 0;
}
