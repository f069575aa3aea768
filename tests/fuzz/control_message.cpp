// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/error.hpp"
#include "base/json.hpp"
#include "fuzz/fuzz.hpp"
#include "signalling/control_messages.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  glimpse_id(text);
  try {
    const ControlRequest request = read_request(text);
    webrtcserver::JsonReader(write_reply(request.id));
    // What the application is given is JSON; it may well send it to the others.
    if (request.type == ControlRequest::Type::kMessage)
      webrtcserver::JsonReader(write_message(request.data));
  } catch (const ControlError& error) {
    webrtcserver::JsonReader(write_reply(error));
  }
  try {
    webrtcserver::JsonReader(write_message(text));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
