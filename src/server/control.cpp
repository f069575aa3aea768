// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace webrtcserver {

namespace {

using Type = ControlSpec::Type;

const char* name_of(Type type) {
  switch (type) {
    case Type::kString:
      return "string";
    case Type::kNumber:
      return "number";
    case Type::kBoolean:
      return "boolean";
    case Type::kEnum:
      return "enum";
    case Type::kFlags:
      return "flags";
    case Type::kColor:
      return "color";
    case Type::kFraction:
      return "fraction";
    case Type::kAction:
      return "action";
  }
  return "string";
}

[[noreturn]] void refuse(const ControlSpec& spec, const char* code, const std::string& takes) {
  throw ControlFault(code, spec.name, "\"" + spec.name + "\" takes " + takes + ".");
}

// "5" and "0.25", as a person writes them.
std::string text_of(double number) {
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> text{};
  return g_ascii_formatd(text.data(), static_cast<int>(text.size()), "%.15g", number);
}

std::string list(const std::vector<ControlSpec::Choice>& choices) {
  std::string names;
  for (const auto& choice : choices) names += (names.empty() ? "" : ", ") + choice.value;
  return names;
}

bool is_choice(const ControlSpec& spec, std::string_view value) {
  return std::any_of(spec.choices.begin(), spec.choices.end(),
                     [value](const auto& choice) { return choice.value == value; });
}

bool are_choices(const ControlSpec& spec, std::string_view value) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find('+'), value.size());
    if (!is_choice(spec, value.substr(0, end))) return false;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return true;
}

bool is_color(std::string_view text) {
  return (text.size() == 7 || text.size() == 9) && text[0] == '#' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return g_ascii_isxdigit(c); });
}

std::optional<double> fraction(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto number = [](std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional<int>(value)
                                                                        : std::nullopt;
  };
  if (slash == std::string_view::npos) return {};
  const auto numerator = number(text.substr(0, slash));
  const auto denominator = number(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator <= 0) return {};
  return static_cast<double>(*numerator) / *denominator;
}

std::string numbers_of(const ControlSpec& spec) {
  std::string numbers = spec.whole ? "whole numbers" : "numbers";
  if (!std::isfinite(spec.max - spec.min)) return numbers;
  return numbers + " from " + text_of(spec.min) + " to " + text_of(spec.max);
}

void check_number(const ControlSpec& spec, double number) {
  if (!std::isfinite(number) || (spec.whole && number != std::floor(number)))
    refuse(spec, "type", numbers_of(spec));
  if (number < spec.min || number > spec.max) refuse(spec, "range", numbers_of(spec));
}

// What is as good as unlimited need not be read: properties go up to 2147483647/1.
std::string range_of_fractions(const ControlSpec& spec) {
  constexpr double kHuge = 1e9;
  constexpr double kTiny = 1e-6;
  std::string range;
  if (spec.min > -kHuge) range += " from " + text_of(std::abs(spec.min) < kTiny ? 0 : spec.min);
  if (spec.max < kHuge) return range + " to " + text_of(spec.max);
  return range.empty() ? range : range + " up";
}

void check_text(const ControlSpec& spec, const std::string& text) {
  switch (spec.type) {
    case Type::kString: {
      if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
        refuse(spec, "type", "text in UTF-8, without NUL");
      if (g_utf8_strlen(text.data(), static_cast<gssize>(text.size())) > spec.max_length)
        refuse(spec, "too-long", "at most " + std::to_string(spec.max_length) + " characters");
      return;
    }
    case Type::kEnum:
      if (!is_choice(spec, text)) refuse(spec, "range", "one of " + list(spec.choices));
      return;
    case Type::kFlags:
      if (!are_choices(spec, text))
        refuse(spec, "range", "some of " + list(spec.choices) + ", joined by +");
      return;
    case Type::kColor:
      if (!is_color(text)) refuse(spec, "range", "#rrggbb or #aarrggbb");
      return;
    case Type::kFraction: {
      const auto value = fraction(text);
      if (!value || *value < spec.min || *value > spec.max) {
        refuse(spec, "range", "a fraction such as \"30/1\"" + range_of_fractions(spec));
      }
      return;
    }
    default:
      refuse(spec, "type", spec.type == Type::kBoolean ? "true or false" : "a number");
  }
}

}  // namespace

bool is_control_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
  });
}

void check_value(const ControlSpec& spec, const ControlValue& value) {
  if (spec.type == Type::kAction)
    throw ControlFault("type", spec.name, "\"" + spec.name + "\" is an action, without a value.");
  if (const auto* text = std::get_if<std::string>(&value)) return check_text(spec, *text);
  if (const auto* number = std::get_if<double>(&value); number && spec.type == Type::kNumber)
    return check_number(spec, *number);
  if (std::holds_alternative<bool>(value) && spec.type == Type::kBoolean) return;
  switch (spec.type) {
    case Type::kNumber:
      refuse(spec, "type", "a number");
    case Type::kBoolean:
      refuse(spec, "type", "true or false");
    default:
      refuse(spec, "type", "text");
  }
}

ControlValue read_value(const ControlSpec& spec, const JsonReader& values) {
  if (spec.read_only)
    throw ControlFault("read-only", spec.name, "\"" + spec.name + "\" cannot be changed.");
  const char* name = spec.name.c_str();
  std::optional<ControlValue> value;
  if (const auto text = values.string(name)) value = *text;
  if (const auto flag = values.boolean(name)) value = *flag;
  if (const auto number = values.number(name)) value = *number;
  if (!value)
    throw ControlFault("type", spec.name, "\"" + spec.name + "\" takes a text, number or boolean.");
  check_value(spec, *value);
  return *value;
}

void write_value(JsonWriter& json, const char* member, const ControlValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) json.add(member, *text);
  if (const auto* flag = std::get_if<bool>(&value)) json.add(member, *flag);
  if (const auto* number = std::get_if<double>(&value)) {
    constexpr double kExact = 9007199254740992;  // 2^53
    if (*number == std::floor(*number) && std::abs(*number) < kExact) {
      json.add(member, static_cast<std::int64_t>(*number));
    } else {
      json.add(member, *number);
    }
  }
}

void write_control(JsonWriter& json, const ControlSpec& spec, const ControlValue& value) {
  json.begin().add("name", spec.name).add("label", spec.label).add("type", name_of(spec.type));
  if (spec.type == Type::kNumber) {
    if (std::isfinite(spec.min)) write_value(json, "min", spec.min);
    if (std::isfinite(spec.max)) write_value(json, "max", spec.max);
    if (spec.step > 0) write_value(json, "step", spec.step);
  }
  if (spec.type == Type::kString) json.add("maxLength", spec.max_length);
  if (!spec.choices.empty()) {
    json.begin_array("choices");
    for (const auto& choice : spec.choices)
      json.begin().add("value", choice.value).add("label", choice.label).end();
    json.end_array();
  }
  if (spec.read_only) json.add("readOnly", true);
  if (spec.type != Type::kAction) write_value(json, "value", value);
  json.end();
}

}  // namespace webrtcserver
