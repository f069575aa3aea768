// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/client_messages.hpp"

#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const ClientMessage message = read_client_message(fuzz::text_of(data, size));
    fuzz::require(message.media_index <= 255, "an m-line's index is small");
  } catch (const RefusedMessage&) {
    return 0;
  }
  return 0;
}
