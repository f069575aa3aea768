// SPDX-License-Identifier: LGPL-2.1-or-later
// client_messages.hpp — what a browser says over the WebSocket (docs/protocol.md), read and
// checked. Pure functions; usable on any thread.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace webrtcserver {

struct ClientMessage {
  enum class Kind {
    kAnswer,     // `text` is the SDP
    kCandidate,  // `text` is "candidate:…", or empty at their end
    kBye,
    kRequest,  // of remote control; `text` is the whole message
  };

  Kind kind;
  std::string text = {};
  unsigned media_index = 0;
};

// Why a message is not taken; `code` is for programs: "bad-json", "bad-message".
class RefusedMessage : public std::runtime_error {
 public:
  RefusedMessage(const char* code, const std::string& message)
      : std::runtime_error(message), code_(code) {}

  const char* code() const { return code_; }

 private:
  const char* code_;
};

// Throws RefusedMessage.
ClientMessage read_client_message(std::string_view text);

}  // namespace webrtcserver
