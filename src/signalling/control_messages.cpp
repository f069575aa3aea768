// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/control_messages.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

std::string reply(std::optional<std::int64_t> id, const ControlError* error) {
  JsonWriter json;
  json.begin().add("type", "ControlResponseMessage");
  id ? json.add("id", *id) : json.add_json("id", "null");
  if (error) {
    json.begin("error").add("code", error->code());
    if (!error->control().empty()) json.add("control", error->control());
    json.add("message", error->what()).end();
  } else {
    json.add_json("error", "null");
  }
  return json.end().text();
}

void check_members(const JsonReader& json, std::optional<std::int64_t> id,
                   std::initializer_list<std::string_view> known) {
  for (const std::string& name : json.members()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw ControlError(
          id, "bad-request",
          "The request has a member that is not understood: \"" + quotable(name) + "\".");
    }
  }
}

}  // namespace

ControlRequest read_request(std::string_view text) {
  std::optional<JsonReader> json;
  try {
    json.emplace(text);
  } catch (const Error& error) {
    throw ControlError(glimpse_id(text), "bad-json", error.what());
  }
  const auto id = json->integer("id");
  if (!id) throw ControlError({}, "bad-request", "A request needs an integer as \"id\".");
  check_members(*json, id, {"id", "request"});
  const auto request = json->object("request");
  const auto type = request ? request->string("type") : std::nullopt;
  if (!type) {
    throw ControlError(id, "bad-request",
                       "A request needs an object as \"request\", with a \"type\".");
  }
  if (*type == "message") {
    check_members(*request, id, {"type", "data"});
    const std::string_view data = json_text(json_text(text, "request"), "data");
    if (data.empty()) throw ControlError(id, "bad-request", "A message needs \"data\".");
    return {*id, ControlRequest::Type::kMessage, std::string(data), {}, {}};
  }
  if (*type == "set") {
    check_members(*request, id, {"type", "values"});
    auto values = request->object("values");
    if (!values) throw ControlError(id, "bad-request", "\"set\" needs an object as \"values\".");
    return {*id, ControlRequest::Type::kSet, {}, std::move(values), {}};
  }
  if (*type == "action") {
    check_members(*request, id, {"type", "name"});
    auto name = request->string("name");
    if (!name) throw ControlError(id, "bad-request", "\"action\" needs a text as \"name\".");
    return {*id, ControlRequest::Type::kAction, {}, {}, std::move(*name)};
  }
  // Those that say all with their type.
  static const std::map<std::string, ControlRequest::Type> kPlain{
      {"controls", ControlRequest::Type::kControls},
      {"acquire", ControlRequest::Type::kAcquire},
      {"release", ControlRequest::Type::kRelease},
      {"start", ControlRequest::Type::kStart},
      {"stop", ControlRequest::Type::kStop}};
  if (const auto plain = kPlain.find(*type); plain != kPlain.end()) {
    check_members(*request, id, {"type"});
    return {*id, plain->second, {}, {}, {}};
  }
  if (*type == "navigationEvent")
    return {*id, ControlRequest::Type::kNavigation, {}, {}, {}, read_navigation(*id, *request)};
  std::string known = "\"message\", \"set\", \"action\", \"navigationEvent\"";
  for (const auto& [name, value] : kPlain) known += ", \"" + name + "\"";
  throw ControlError(id, "unknown-request",
                     "Requests of this type are not understood; those of " + known + " are.");
}

std::optional<std::int64_t> glimpse_id(std::string_view text) {
  constexpr std::string_view kBeginning = R"({"id":)";
  if (!text.starts_with(kBeginning)) return {};
  text.remove_prefix(kBeginning.size());
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  // Digits that go on behind the beginning that is there would be another number.
  if (error != std::errc() || end == text.data() + text.size() || *end != ',') return {};
  return id;
}

std::string write_reply(std::int64_t id) {
  return reply(id, nullptr);
}

std::string write_reply(const ControlError& error) {
  return reply(error.id(), &error);
}

std::string write_message(std::string_view json) {
  std::string wrapped = R"({"type":"message","data":)" + std::string(json) + "}";
  const JsonReader reader(wrapped);
  std::string_view value = json;
  while (!value.empty() && g_ascii_isspace(value.back())) value.remove_suffix(1);
  while (!value.empty() && g_ascii_isspace(value.front())) value.remove_prefix(1);
  if (value.empty() || reader.members().size() != 2 || json_text(wrapped, "data") != value)
    throw Error(ErrorCode::kProtocol, "This is not one JSON value.");
  return wrapped;
}

}  // namespace webrtcserver
