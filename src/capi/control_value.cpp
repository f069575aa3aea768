// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/control_value.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace webrtcserver {

namespace {

bool is_number(const GValue* value) {
  static constexpr std::array<GType, 9> kNumbers{G_TYPE_DOUBLE, G_TYPE_FLOAT, G_TYPE_INT,
                                                 G_TYPE_UINT,   G_TYPE_INT64, G_TYPE_UINT64,
                                                 G_TYPE_LONG,   G_TYPE_ULONG, G_TYPE_UCHAR};
  for (const GType type : kNumbers)
    if (G_VALUE_TYPE(value) == type) return true;
  return false;
}

double number_of(const GValue* value) {
  GValue number = G_VALUE_INIT;
  g_value_init(&number, G_TYPE_DOUBLE);
  g_value_transform(value, &number);
  return g_value_get_double(&number);
}

guint color_number(const std::string& text) {
  const auto digits = static_cast<guint>(std::strtoul(text.c_str() + 1, nullptr, 16));
  return text.size() == 7 ? digits | 0xff000000U : digits;
}

}  // namespace

std::string color_text(guint argb) {
  std::array<char, 10> text{};
  std::snprintf(text.data(), text.size(), "#%08x", argb);
  return text.data();
}

ControlValue control_value_of(const ControlSpec& control, const GValue* value) {
  if (G_VALUE_HOLDS_BOOLEAN(value)) return g_value_get_boolean(value) != FALSE;
  if (control.type == ControlSpec::Type::kColor && G_VALUE_HOLDS_UINT(value))
    return color_text(g_value_get_uint(value));
  // Python has one type for whole numbers, which comes as gint.
  if (control.type == ControlSpec::Type::kColor && is_number(value)) {
    const double number = number_of(value);
    if (number >= 0 && number <= G_MAXUINT) return color_text(static_cast<guint>(number));
  }
  if (G_VALUE_HOLDS_STRING(value)) {
    const gchar* text = g_value_get_string(value);
    return std::string(text ? text : "");
  }
  if (is_number(value)) return number_of(value);
  throw ControlFault("type", control.name,
                     "\"" + control.name + "\" takes a text, a number or a boolean, and no " +
                         G_VALUE_TYPE_NAME(value) + ".");
}

void give_control_value(const ControlSpec& control, const ControlValue& value, GValue* to) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    g_value_init(to, G_TYPE_BOOLEAN);
    g_value_set_boolean(to, *flag ? TRUE : FALSE);
  } else if (const auto* number = std::get_if<double>(&value)) {
    g_value_init(to, G_TYPE_DOUBLE);
    g_value_set_double(to, *number);
  } else if (control.type == ControlSpec::Type::kColor) {
    g_value_init(to, G_TYPE_UINT);
    g_value_set_uint(to, color_number(std::get<std::string>(value)));
  } else {
    g_value_init(to, G_TYPE_STRING);
    g_value_set_string(to, std::get<std::string>(value).c_str());
  }
}

}  // namespace webrtcserver
