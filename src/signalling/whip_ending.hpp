// SPDX-License-Identifier: LGPL-2.1-or-later
// whip_ending.hpp — how a session with a WHIP or WHEP server ended, and whether to come again.
// Plain values; usable on any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "net/http_client.hpp"

namespace webrtcserver {

struct WhipEnding {
  enum class Outcome {
    kOver,     // our stream has ended
    kChanged,  // our media did; to be offered anew at once
    kFault,    // another attempt may do better
    kRefused,  // another attempt would be refused as well
  };

  Outcome outcome = Outcome::kOver;
  std::string message;        // a sentence for people
  bool unauthorized = false;  // refused for the token, or for want of one
  std::optional<std::chrono::milliseconds> retry_after = {};  // when the server says to come again

  // What a reply that is no 2xx means. Throws nothing, whatever the server wrote.
  static WhipEnding of(const HttpClient::Reply& reply);
};

}  // namespace webrtcserver
