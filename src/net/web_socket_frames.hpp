// SPDX-License-Identifier: LGPL-2.1-or-later
// web_socket_frames.hpp — the framing of RFC 6455, section 5, as a server reads and writes it.
// Arithmetic on bytes; usable on any one thread.
//
// This is not libsoup's SoupWebsocketConnection, because that one bounds neither a message made of
// many fragments (CVE-2025-32049), nor what it queues for a peer who does not read, nor the control
// frames a peer may send, and the versions that distributions ship stay as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace webrtcserver {

// Close codes of RFC 6455, section 7.4.1.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoStatus = 1005,  // never sent; a close frame without a code
  kBadData = 1007,
  kPolicyViolation = 1008,
  kTooLarge = 1009,
  kInternalError = 1011,
  kTryAgainLater = 1013,
};

// The peer broke the framing; its connection cannot be read any further.
class FrameError : public std::runtime_error {
 public:
  FrameError(CloseCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}

  CloseCode code() const { return code_; }

 private:
  CloseCode code_;
};

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// Takes bytes as they come and gives whole messages and control frames.
class FrameReader {
 public:
  struct Message {
    Opcode opcode;        // any but kContinuation
    std::string payload;  // unmasked and reassembled; UTF-8 without null characters when kText
  };

  explicit FrameReader(std::size_t max_message) : max_message_(max_message) {}

  void push(std::string_view bytes);

  // The next message, or nothing until more bytes come. Throws FrameError as soon as a frame's
  // header shows that it is wrong or too large, before its payload is kept.
  std::optional<Message> next();

 private:
  struct Header;

  std::optional<Header> parse_header() const;
  void check(const Header& header) const;

  const std::size_t max_message_;
  std::string buffer_;
  std::size_t at_ = 0;                // where the next frame begins in buffer_
  std::string message_;               // fragments so far
  std::optional<Opcode> fragmented_;  // what they will be
};

// One unmasked frame with the FIN bit.
std::string make_frame(Opcode opcode, std::string_view payload);
// `reason` is cut to what a control frame holds, at a character's boundary.
std::string make_close_frame(CloseCode code, std::string_view reason);
// The code in a close frame's payload; throws FrameError for one that may not be sent.
CloseCode parse_close(std::string_view payload);

}  // namespace webrtcserver
