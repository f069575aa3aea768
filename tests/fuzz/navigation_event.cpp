// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cmath>

#include "base/error.hpp"
#include "base/json.hpp"
#include "fuzz/fuzz.hpp"
#include "signalling/control_messages.hpp"
#include "signalling/navigation_event.hpp"

// JsonReader is json-glib's too, in the global namespace.
using webrtcserver::ControlError;
using webrtcserver::Error;
using webrtcserver::NavigationEvent;
namespace fuzz = webrtcserver::fuzz;

// The input is the request: what stands in it is read as in every message.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const NavigationEvent event =
        webrtcserver::read_navigation(1, webrtcserver::JsonReader(fuzz::text_of(data, size)));
    fuzz::require(std::isfinite(event.x) && std::isfinite(event.y), "a place is a number");
    fuzz::require(event.key.size() <= 64, "a key's name is short");
  } catch (const ControlError& error) {
    webrtcserver::JsonReader(webrtcserver::write_reply(error));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
