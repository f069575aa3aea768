// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/json.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && g_ascii_isdigit(text[at])) ++at;
  return at;
}

// RFC 8259, section 6.
bool is_number(std::string_view word) {
  const std::size_t whole = word.starts_with('-') ? 1 : 0;
  std::size_t at = skip_digits(word, whole);
  if (at == whole || (word[whole] == '0' && at > whole + 1)) return false;
  if (at < word.size() && word[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(word, fraction);
    if (at == fraction) return false;
  }
  if (at < word.size() && (word[at] == 'e' || word[at] == 'E')) {
    ++at;
    if (at < word.size() && (word[at] == '+' || word[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(word, exponent);
    if (at == exponent) return false;
  }
  return at == word.size();
}

// Behind the number, true, false or null that begins at `at`; `at` where there is none.
std::size_t skip_word(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (g_ascii_isalnum(text[end]) ||
                               std::string_view("+-.").find(text[end]) != std::string_view::npos))
    ++end;
  const std::string_view word = text.substr(at, end - at);
  return word == "true" || word == "false" || word == "null" || is_number(word) ? end : at;
}

// Behind the string that begins at `at`; `at` where it is none, or does not end.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20) return at;
    if (text[i] == '"') return i + 1;
    if (text[i] != '\\') continue;
    if (++i == text.size()) return at;
    if (text[i] == 'u') {
      const std::string_view digits = text.substr(i + 1, 4);
      if (digits.size() < 4 ||
          !std::all_of(digits.begin(), digits.end(), [](char c) { return g_ascii_isxdigit(c); }))
        return at;
      i += 4;
    } else if (std::string_view("\"\\/bfnrt").find(text[i]) == std::string_view::npos) {
      return at;
    }
  }
  return at;
}

// json-glib ends a string at U+0000, and what stands behind it would be lost without a word. A
// character that nobody writes takes its place for the while. In JSON a backslash is in a string,
// or is what the outline refuses.
constexpr std::string_view kNul = "u0000";
constexpr std::string_view kStandIn = "ufffe";
constexpr std::string_view kStandInText = "\xef\xbf\xbe";

bool replace_nul(std::string& text) {
  bool replaced = false;
  for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
    if (text.compare(at + 1, kNul.size(), kNul) != 0) continue;
    text.replace(at + 1, kNul.size(), kStandIn);
    replaced = true;
  }
  return replaced;
}

std::string restore_nul(std::string text) {
  for (std::size_t at = text.find(kStandInText); at != std::string::npos;
       at = text.find(kStandInText, at + 1))
    text.replace(at, kStandInText.size(), 1, '\0');
  return text;
}

// Nothing when the text is at most one document of at most `limit` levels whose words and strings
// are those of RFC 8259, else what is wrong. json-glib reads more: comments and single quotes, in
// which brackets could hide from the count, hexadecimal numbers, line breaks in strings. What is
// passed on is passed on to those who do not.
const char* outline_error(std::string_view text, int limit) {
  int depth = 0;
  bool ended = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (ended && !is_space(c)) return "Something follows the JSON document.";
    if (c == '"') {
      const std::size_t end = skip_string(text, i);
      if (end == i) return "This is not JSON: a string does not end, or has what needs an escape.";
      i = end;
      continue;
    }
    if (c == '{' || c == '[') {
      if (++depth > limit) return "The JSON nests too deep.";
    } else if (c == '}' || c == ']') {
      ended = --depth <= 0;
    } else if (!is_space(c) && c != ':' && c != ',') {
      const std::size_t end = skip_word(text, i);
      if (end == i) return "This is not JSON: there is a word that is no number or literal.";
      i = end;
      continue;
    }
    ++i;
  }
  return nullptr;
}

bool is_finite(JsonNode* node) {
  if (JSON_NODE_HOLDS_VALUE(node))
    return json_node_get_value_type(node) != G_TYPE_DOUBLE ||
           std::isfinite(json_node_get_double(node));
  Owned<GList> nodes;
  if (JSON_NODE_HOLDS_OBJECT(node)) nodes.reset(json_object_get_values(json_node_get_object(node)));
  if (JSON_NODE_HOLDS_ARRAY(node)) nodes.reset(json_array_get_elements(json_node_get_array(node)));
  for (GList* item = nodes.get(); item; item = item->next) {
    if (!is_finite(static_cast<JsonNode*>(item->data))) return false;
  }
  return true;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// Behind the value that begins at `at`. The text is JSON: brackets match, strings end.
std::size_t skip_value(std::string_view text, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = false;
        if (depth == 0) return at + 1;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (depth == 0 && (c == ',' || c == ':' || is_space(c))) {
      return at;
    }
  }
  return text.size();
}

}  // namespace

JsonReader::JsonReader(std::string_view text) {
  if (const char* error = outline_error(text, kMaxDepth)) throw Error(ErrorCode::kProtocol, error);
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) {
    throw Error(ErrorCode::kProtocol, "The JSON is not valid UTF-8.");
  }
  const auto parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  GError* error = nullptr;
  std::string safe(text);
  has_nul_ = replace_nul(safe);
  if (!json_parser_load_from_data(parser.get(), safe.data(), static_cast<gssize>(safe.size()),
                                  &error)) {
    const Owned<GError> owned(error);
    // It quotes the text, and may cut a character in half.
    const Owned<gchar> message(g_utf8_make_valid(owned->message, -1));
    throw Error(ErrorCode::kProtocol, std::string("This is not JSON: ") + message.get());
  }
  JsonNode* root = json_parser_get_root(parser.get());
  if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
    throw Error(ErrorCode::kProtocol, "The JSON is not an object.");
  }
  if (!is_finite(root)) throw Error(ErrorCode::kProtocol, "The JSON has a number out of range.");
  root_ = std::shared_ptr<JsonNode>(json_node_ref(root), json_node_unref);
  object_ = json_node_get_object(root_.get());
}

JsonReader::JsonReader(std::shared_ptr<JsonNode> root, JsonObject* object, bool has_nul)
    : root_(std::move(root)), object_(object), has_nul_(has_nul) {}

std::string JsonReader::text_of(const char* text) const {
  return has_nul_ ? restore_nul(text) : text;
}

JsonNode* JsonReader::member(const char* name) const {
  return json_object_get_member(object_, name);
}

std::optional<std::string> JsonReader::string(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return {};
  return text_of(json_node_get_string(node));
}

std::optional<std::int64_t> JsonReader::integer(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)
    return {};
  return json_node_get_int(node);
}

std::optional<double> JsonReader::number(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node)) return {};
  const GType type = json_node_get_value_type(node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64) return {};
  return json_node_get_double(node);
}

std::optional<bool> JsonReader::boolean(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
    return {};
  return json_node_get_boolean(node) != FALSE;
}

std::optional<JsonReader> JsonReader::object(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_OBJECT(node)) return {};
  return JsonReader(root_, json_node_get_object(node), has_nul_);
}

std::optional<std::vector<std::string>> JsonReader::strings(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_ARRAY(node)) return {};
  std::vector<std::string> texts;
  const Owned<GList> list(json_array_get_elements(json_node_get_array(node)));
  for (const GList* item = list.get(); item; item = item->next) {
    auto* element = static_cast<JsonNode*>(item->data);
    if (!JSON_NODE_HOLDS_VALUE(element) || json_node_get_value_type(element) != G_TYPE_STRING)
      return {};
    texts.push_back(text_of(json_node_get_string(element)));
  }
  return texts;
}

std::optional<std::vector<JsonReader>> JsonReader::objects(const char* name) const {
  JsonNode* node = member(name);
  if (!node || !JSON_NODE_HOLDS_ARRAY(node)) return {};
  std::vector<JsonReader> objects;
  const Owned<GList> list(json_array_get_elements(json_node_get_array(node)));
  for (const GList* item = list.get(); item; item = item->next) {
    auto* element = static_cast<JsonNode*>(item->data);
    if (!JSON_NODE_HOLDS_OBJECT(element)) return {};
    objects.push_back(JsonReader(root_, json_node_get_object(element), has_nul_));
  }
  return objects;
}

std::vector<std::string> JsonReader::members() const {
  std::vector<std::string> names;
  const Owned<GList> list(json_object_get_members(object_));
  for (const GList* item = list.get(); item; item = item->next)
    names.emplace_back(static_cast<const char*>(item->data));
  return names;
}

std::string_view json_text(std::string_view object, std::string_view member) {
  std::string_view found;
  std::size_t at = skip_space(object, 0) + 1;  // behind the {
  while (true) {
    at = skip_space(object, at);
    if (at >= object.size() || object[at] == '}') return found;
    const std::size_t name_end = skip_value(object, at);
    const std::string_view name = object.substr(at, name_end - at);
    at = skip_space(object, skip_space(object, name_end) + 1);  // behind the colon
    const std::size_t value_end = skip_value(object, at);
    if (name.size() == member.size() + 2 && name.substr(1, member.size()) == member)
      found = object.substr(at, value_end - at);
    at = skip_space(object, value_end) + 1;  // behind the comma, or the end
    if (value_end >= object.size() || object[at - 1] != ',') return found;
  }
}

std::string quotable(const std::string& text) {
  constexpr std::size_t kMaxQuoted = 40;
  const std::size_t size = std::min(text.size(), kMaxQuoted);
  return take_string(g_utf8_make_valid(text.data(), static_cast<gssize>(size)));
}

JsonWriter::JsonWriter() : builder_(json_builder_new_immutable(), g_object_unref) {}

JsonWriter& JsonWriter::begin() {
  json_builder_begin_object(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::begin(const char* member) {
  json_builder_set_member_name(builder_.get(), member);
  return begin();
}

JsonWriter& JsonWriter::begin_array(const char* member) {
  json_builder_set_member_name(builder_.get(), member);
  json_builder_begin_array(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::end() {
  json_builder_end_object(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  json_builder_end_array(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::add(const char* member, std::string_view value) {
  json_builder_set_member_name(builder_.get(), member);
  return element(value);
}

JsonWriter& JsonWriter::add(const char* member, std::int64_t value) {
  json_builder_set_member_name(builder_.get(), member);
  json_builder_add_int_value(builder_.get(), value);
  return *this;
}

JsonWriter& JsonWriter::add(const char* member, double value) {
  json_builder_set_member_name(builder_.get(), member);
  if (std::isfinite(value)) {
    json_builder_add_double_value(builder_.get(), value);
  } else {
    json_builder_add_null_value(builder_.get());
  }
  return *this;
}

JsonWriter& JsonWriter::add(const char* member, bool value) {
  json_builder_set_member_name(builder_.get(), member);
  json_builder_add_boolean_value(builder_.get(), value ? TRUE : FALSE);
  return *this;
}

JsonWriter& JsonWriter::add_json(const char* member, const std::string& json) {
  json_builder_set_member_name(builder_.get(), member);
  json_builder_add_value(builder_.get(), json_from_string(json.c_str(), nullptr));
  return *this;
}

JsonWriter& JsonWriter::element(std::string_view value) {
  json_builder_add_string_value(builder_.get(), std::string(value).c_str());
  return *this;
}

std::string JsonWriter::text() const {
  const std::unique_ptr<JsonNode, decltype(&json_node_unref)> root(
      json_builder_get_root(builder_.get()), json_node_unref);
  return take_string(json_to_string(root.get(), FALSE));
}

}  // namespace webrtcserver
