// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/stream_uri.hpp"

#include "base/error.hpp"
#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  StreamUri uri;
  try {
    uri = StreamUri::parse(fuzz::text_of(data, size));
  } catch (const Error&) {
    return 0;
  }
  fuzz::require(is_stream_name(uri.stream), "a stream that is named may be named so");
  fuzz::require(StreamUri::parse(uri.text()) == uri, "a URI that is written is read as the same");
  return 0;
}
