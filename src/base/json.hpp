// SPDX-License-Identifier: LGPL-2.1-or-later
// json.hpp — reading hostile JSON and writing our own, over json-glib.
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

// A parsed JSON object. Getters return nothing when the member is missing or of another type.
class JsonReader {
 public:
  // Throws Error(kProtocol) for text that is not one JSON object in UTF-8, has a number that no
  // double holds (1e999), or nests deeper than kMaxDepth: json-glib parses recursively, so depth is
  // bounded before it sees the text. Strings may have U+0000 in them.
  explicit JsonReader(std::string_view text);

  static constexpr int kMaxDepth = 16;

  std::optional<std::string> string(const char* member) const;
  std::optional<std::int64_t> integer(const char* member) const;
  std::optional<double> number(const char* member) const;
  std::optional<bool> boolean(const char* member) const;
  std::optional<JsonReader> object(const char* member) const;
  // Arrays of nothing else.
  std::optional<std::vector<std::string>> strings(const char* member) const;
  std::optional<std::vector<JsonReader>> objects(const char* member) const;
  std::vector<std::string> members() const;

 private:
  JsonReader(std::shared_ptr<JsonNode> root, JsonObject* object, bool has_nul);

  std::string text_of(const char* text) const;

  JsonNode* member(const char* name) const;

  std::shared_ptr<JsonNode> root_;
  JsonObject* object_ = nullptr;  // lives in root_
  bool has_nul_ = false;          // somewhere in the document
};

// The text of a member of `object`, which is JSON that JsonReader has read, as it stands there;
// empty when the name does not stand there as it is written here. Of several, the last, as in
// JsonReader. What is passed on so keeps its big numbers and its \u0000.
std::string_view json_text(std::string_view object, std::string_view member);

// The beginning of what a stranger wrote, fit for a sentence and for JSON: json-glib makes half a
// character of "\ud800", and a cut may too. A browser ends a WebSocket that sends one.
std::string quotable(const std::string& text);

// Writes one JSON document: JsonWriter().begin().add("type",
// "ice").begin("data")…end().end().text()
class JsonWriter {
 public:
  JsonWriter();

  JsonWriter& begin();                    // an object, as root or array element
  JsonWriter& begin(const char* member);  // an object
  JsonWriter& begin_array(const char* member);
  JsonWriter& end();  // ends the innermost object
  JsonWriter& end_array();
  JsonWriter& add(const char* member, std::string_view value);
  JsonWriter& add(const char* member, const char* value) {
    return add(member, std::string_view(value));
  }
  JsonWriter& add(const char* member, const std::string& value) {
    return add(member, std::string_view(value));
  }
  JsonWriter& add(const char* member, std::int64_t value);
  JsonWriter& add(const char* member, int value) {
    return add(member, static_cast<std::int64_t>(value));
  }
  JsonWriter& add(const char* member, unsigned value) {
    return add(member, static_cast<std::int64_t>(value));
  }
  JsonWriter& add(const char* member,
                  double value);  // null when not finite: JSON has no such number
  JsonWriter& add(const char* member, bool value);
  JsonWriter& add_json(const char* member,
                       const std::string& json);  // a document of our own making
  JsonWriter& element(std::string_view value);    // a string in an array

  std::string text() const;

 private:
  std::shared_ptr<JsonBuilder> builder_;
};

}  // namespace webrtcserver
