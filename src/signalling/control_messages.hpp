// SPDX-License-Identifier: LGPL-2.1-or-later
// control_messages.hpp — the JSON of the data channel "control", which the WebSocket speaks too:
// requests of the browser, replies to them, and messages of the application (docs/protocol.md).
// Pure functions; usable on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "signalling/navigation_event.hpp"

namespace webrtcserver {

// {"id":1,"request":{"type":"message","data":…}}
// {"id":2,"request":{"type":"set","values":{"speed":70}}}
// {"id":3,"request":{"type":"controls"}}
// {"id":4,"request":{"type":"action","name":"reset"}}
// {"id":5,"request":{"type":"acquire"}}
// {"id":6,"request":{"type":"release"}}
// {"id":7,"request":{"type":"start"}}
// {"id":8,"request":{"type":"stop"}}
// {"id":9,"request":{"type":"navigationEvent","event":{"event":"MouseMove","x":1,"y":2}}}
struct ControlRequest {
  enum class Type {
    kMessage,
    kSet,
    kControls,
    kAction,
    kAcquire,
    kRelease,
    kStart,
    kStop,
    kNavigation
  };

  std::int64_t id = 0;
  Type type = Type::kMessage;
  std::string data;                  // of a message: JSON, as the browser wrote it
  std::optional<JsonReader> values;  // to be set
  std::string name;                  // of an action
  std::optional<NavigationEvent> navigation = {};
  // It came over that channel: others overtake it, and nobody waits for a reply.
  bool lossy = false;
};

// Why a request is refused; `code` is for programs: "bad-json", "bad-request", "unknown-request",
// "unconnected", "too-large", "rate", of navigation "range" and "off", and those of ControlFault
// with the `control`'s name.
class ControlError : public std::runtime_error {
 public:
  ControlError(std::optional<std::int64_t> id, const char* code, const std::string& message,
               std::string control = {})
      : std::runtime_error(message), id_(id), code_(code), control_(std::move(control)) {}

  std::optional<std::int64_t> id() const { return id_; }  // of the request, where it is known
  const char* code() const { return code_; }
  const std::string& control() const { return control_; }  // empty: of none

 private:
  std::optional<std::int64_t> id_;
  const char* code_;
  std::string control_;
};

// Throws ControlError for what is no request that is understood.
ControlRequest read_request(std::string_view text);

// The id of a request of which only the beginning is there, as our own client writes it.
std::optional<std::int64_t> glimpse_id(std::string_view text);

std::string write_reply(std::int64_t id);
std::string write_reply(const ControlError& error);

// {"type":"message","data":<json>}. Throws Error(kProtocol) for what is not one JSON value.
std::string write_message(std::string_view json);

}  // namespace webrtcserver
