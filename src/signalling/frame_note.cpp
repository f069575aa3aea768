// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/frame_note.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "signalling/control_messages.hpp"

namespace webrtcserver {

namespace {

constexpr std::string_view kBeginning = R"({"type":"frame","rtp":)";
constexpr std::size_t kLongestTimestamp = 10;  // 4294967295

}  // namespace

FrameNote::FrameNote(Frame frame, std::string_view data) : frame_(std::move(frame)) {
  JsonWriter json;
  json.begin().add("media", frame_.media);
  if (frame_.width > 0 && frame_.height > 0)
    json.add("width", frame_.width).add("height", frame_.height);
  rest_ = json.end().text();
  rest_.front() = ',';
  rest_.back() = ',';
  rest_ += R"("data":)";
  rest_ += data;
  rest_ += '}';
  const std::size_t size = kBeginning.size() + kLongestTimestamp + rest_.size();
  if (size > kMaxSize) {
    throw Error(ErrorCode::kLimit, "With what is known of the frame the message has " +
                                       std::to_string(size) + " bytes; browsers are sent " +
                                       std::to_string(kMaxSize) + ".");
  }
  write_message(data);
}

std::string FrameNote::text(std::uint32_t rtp) const {
  std::string text;
  text.reserve(kBeginning.size() + kLongestTimestamp + rest_.size());
  text += kBeginning;
  text += std::to_string(rtp);
  return text += rest_;
}

}  // namespace webrtcserver
