// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/client_messages.hpp"

#include <optional>

#include "base/error.hpp"
#include "base/json.hpp"

namespace webrtcserver {

namespace {

constexpr int kMaxMediaIndex = 255;

[[noreturn]] void refuse(const char* message) {
  throw RefusedMessage("bad-message", message);
}

JsonReader read(std::string_view text) {
  try {
    return JsonReader(text);
  } catch (const Error& error) {
    throw RefusedMessage("bad-json", error.what());
  }
}

ClientMessage read_answer_message(const JsonReader& data) {
  const auto kind = data.string("type");
  auto sdp = data.string("sdp");
  if (kind != "answer" || !sdp)
    refuse("\"sdp\" needs \"type\":\"answer\" and the text as \"sdp\": the server offers.");
  return {ClientMessage::Kind::kAnswer, std::move(*sdp)};
}

ClientMessage read_candidate_message(const JsonReader& data) {
  auto candidate = data.string("candidate");
  // The end of all candidates belongs to no m-line.
  const auto index =
      data.integer("sdpMLineIndex").value_or(candidate && candidate->empty() ? 0 : -1);
  if (!candidate || index < 0 || index > kMaxMediaIndex)
    refuse("\"ice\" needs \"candidate\" and \"sdpMLineIndex\".");
  return {ClientMessage::Kind::kCandidate, std::move(*candidate), static_cast<unsigned>(index)};
}

}  // namespace

ClientMessage read_client_message(std::string_view text) {
  const JsonReader json = read(text);
  const auto type = json.string("type");
  if (!type && json.object("request")) return {ClientMessage::Kind::kRequest, std::string(text)};
  if (!type) refuse("The message has no \"type\".");
  if (*type == "bye") return {ClientMessage::Kind::kBye};
  if (*type != "sdp" && *type != "ice")
    refuse("Messages of this type are not understood; \"sdp\", \"ice\" and \"bye\" are.");
  const auto data = json.object("data");
  if (!data) refuse("The message has no \"data\" object.");
  return *type == "sdp" ? read_answer_message(*data) : read_candidate_message(*data);
}

}  // namespace webrtcserver
