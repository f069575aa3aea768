// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "base/json.hpp"
#include "fuzz/fuzz.hpp"
#include "signalling/control_messages.hpp"
#include "signalling/navigation_event.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

// The input is the request: what stands in it is read as in every message.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const NavigationEvent event = read_navigation(1, JsonReader(fuzz::text_of(data, size)));
    if (!std::isfinite(event.x) || !std::isfinite(event.y) || event.key.size() > 64) std::abort();
  } catch (const ControlError& error) {
    JsonReader(write_reply(error));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
