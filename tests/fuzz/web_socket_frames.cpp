// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket_frames.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

namespace {

constexpr std::size_t kMaxMessage = 1024;

// The messages, and how the reading ended.
std::vector<std::string> read(std::string_view bytes, std::size_t chunk) {
  std::vector<std::string> seen;
  FrameReader reader(kMaxMessage);
  try {
    while (!bytes.empty()) {
      reader.push(bytes.substr(0, chunk));
      bytes.remove_prefix(std::min(chunk, bytes.size()));
      while (const auto message = reader.next()) {
        fuzz::require(message->payload.size() <= kMaxMessage, "no message is too large");
        seen.push_back(std::to_string(static_cast<int>(message->opcode)) + message->payload);
        if (message->opcode == Opcode::kClose)
          seen.push_back(std::to_string(static_cast<int>(parse_close(message->payload))));
      }
    }
  } catch (const FrameError& error) {
    seen.push_back(std::to_string(static_cast<int>(error.code())));
    make_close_frame(error.code(), error.what());
  }
  return seen;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const auto whole = read(bytes, std::max<std::size_t>(1, size));
  fuzz::require(read(bytes, 1) == whole, "it does not matter how bytes come");
  return 0;
}
