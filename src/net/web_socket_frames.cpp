// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket_frames.hpp"

#include <glib.h>

#include <algorithm>

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxControl = 125;  // bytes, RFC 6455, section 5.5
constexpr std::size_t kMaskSize = 4;

bool is_control(Opcode opcode) {
  return (static_cast<unsigned>(opcode) & 0x8U) != 0;
}

bool is_utf8(std::string_view text) {
  return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) != FALSE;
}

[[noreturn]] void fail(const std::string& message) {
  throw FrameError(CloseCode::kProtocolError, message);
}

}  // namespace

struct FrameReader::Header {
  bool fin = false;
  unsigned reserved = 0;
  Opcode opcode = Opcode::kContinuation;
  bool masked = false;
  bool minimal = true;  // the length is written in its shortest form
  std::uint64_t length = 0;
  std::size_t size = 0;  // of the header itself, mask included
};

void FrameReader::push(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(bytes);
}

// Nothing until the length is there; the mask may still be missing.
std::optional<FrameReader::Header> FrameReader::parse_header() const {
  const std::size_t available = buffer_.size() - at_;
  if (available < 2) return {};
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(buffer_[at_ + i]));
  };
  Header header;
  header.fin = (byte(0) & 0x80U) != 0;
  header.reserved = static_cast<unsigned>(byte(0) & 0x70U);
  header.opcode = static_cast<Opcode>(byte(0) & 0x0FU);
  header.masked = (byte(1) & 0x80U) != 0;
  header.length = byte(1) & 0x7FU;
  header.size = 2;
  std::size_t length_size = 0;
  if (header.length == 126) length_size = 2;
  if (header.length == 127) length_size = 8;
  if (length_size > 0) {
    if (available < 2 + length_size) return {};
    header.length = 0;
    for (std::size_t i = 0; i < length_size; ++i)
      header.length = (header.length << 8U) | byte(2 + i);
    header.minimal = length_size == 2 ? header.length > 125 : header.length > 0xFFFF;
    header.size += length_size;
  }
  header.size += kMaskSize;
  return header;
}

void FrameReader::check(const Header& header) const {
  switch (header.opcode) {
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      break;
    default:
      fail("A frame has an opcode that the protocol does not define.");
  }
  if (header.reserved != 0) fail("A frame uses an extension that was not negotiated.");
  if (!header.masked) fail("A frame is not masked, as frames to a server must be.");
  if (!header.minimal) fail("A frame's length is not in its shortest form.");
  if (is_control(header.opcode)) {
    if (!header.fin) fail("A control frame is fragmented.");
    if (header.length > kMaxControl) fail("A control frame has more than 125 bytes.");
    return;
  }
  if (header.opcode == Opcode::kContinuation && !fragmented_)
    fail("A continuation frame continues nothing.");
  if (header.opcode != Opcode::kContinuation && fragmented_) {
    fail("A new message begins before the fragments of the last are complete.");
  }
  if (header.length > max_message_ - message_.size()) {
    throw FrameError(CloseCode::kTooLarge,
                     "A message is larger than " + std::to_string(max_message_) + " bytes.");
  }
}

std::optional<FrameReader::Message> FrameReader::next() {
  while (const auto header = parse_header()) {
    check(*header);
    if (buffer_.size() - at_ < header->size + header->length) return {};

    std::string payload = buffer_.substr(at_ + header->size, header->length);
    const std::size_t mask = at_ + header->size - kMaskSize;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = static_cast<char>(payload[i] ^ buffer_[mask + i % kMaskSize]);
    }
    at_ += header->size + header->length;

    if (is_control(header->opcode)) return Message{header->opcode, std::move(payload)};
    message_ += payload;
    const Opcode opcode = fragmented_.value_or(header->opcode);
    if (!header->fin) {
      fragmented_ = opcode;
      continue;
    }
    fragmented_.reset();
    Message message{opcode, std::move(message_)};
    message_.clear();
    if (opcode == Opcode::kText && !is_utf8(message.payload)) {
      throw FrameError(CloseCode::kBadData, "A text message is not valid UTF-8.");
    }
    return message;
  }
  return {};
}

std::string make_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += static_cast<char>(0x80U | static_cast<unsigned>(opcode));
  const auto append_length = [&](std::size_t bytes) {
    for (std::size_t i = bytes; i > 0; --i)
      frame += static_cast<char>((payload.size() >> (8 * (i - 1))) & 0xFFU);
  };
  if (payload.size() <= 125) {
    append_length(1);
  } else if (payload.size() <= 0xFFFF) {
    frame += static_cast<char>(126);
    append_length(2);
  } else {
    frame += static_cast<char>(127);
    append_length(8);
  }
  frame += payload;
  return frame;
}

std::string make_close_frame(CloseCode code, std::string_view reason) {
  if (code == CloseCode::kNoStatus) return make_frame(Opcode::kClose, {});
  std::size_t length = std::min(reason.size(), kMaxControl - 2);
  const auto continues = [&](std::size_t i) {
    return (static_cast<unsigned char>(reason[i]) & 0xC0U) == 0x80U;
  };
  if (length < reason.size()) {
    while (length > 0 && continues(length)) --length;
  }
  const auto number = static_cast<unsigned>(code);
  std::string payload = {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
  payload += reason.substr(0, length);
  return make_frame(Opcode::kClose, payload);
}

CloseCode parse_close(std::string_view payload) {
  if (payload.empty()) return CloseCode::kNoStatus;
  if (payload.size() == 1) fail("A close frame has half a code.");
  const unsigned code =
      static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
  const bool standard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  if (!standard && (code < 3000 || code > 4999))
    fail("A close frame has a code that may not be sent.");
  if (!is_utf8(payload.substr(2)))
    throw FrameError(CloseCode::kBadData, "A close frame's reason is not valid UTF-8.");
  return static_cast<CloseCode>(code);
}

}  // namespace webrtcserver
