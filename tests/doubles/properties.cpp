// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/properties.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace webrtcserver::doubles {

namespace {

// Types want names of letters, digits and some signs.
std::string type_name(const ElementContract& contract, const Property& property) {
  std::string name = std::string("WebRTCServerDouble-") + contract.factory + "-" +
                     contract.release + "-" + property.name;
  for (char& letter : name) {
    if (!g_ascii_isalnum(letter) && letter != '-' && letter != '_') letter = '_';
  }
  return name;
}

// A type stays for the life of the process, and its values with it.
template <typename Value>
std::vector<Value>& kept_values() {
  static auto& all = *new std::deque<std::vector<Value>>;
  return all.emplace_back();
}

GType enum_type(const ElementContract& contract, const Property& property) {
  const std::string name = type_name(contract, property);
  if (const GType known = g_type_from_name(name.c_str())) return known;
  auto& values = kept_values<GEnumValue>();
  for (const Choice& choice : property.choices)
    values.push_back({choice.value, choice.nick, choice.nick});
  values.push_back({0, nullptr, nullptr});
  return g_enum_register_static(name.c_str(), values.data());
}

GType flags_type(const ElementContract& contract, const Property& property) {
  const std::string name = type_name(contract, property);
  if (const GType known = g_type_from_name(name.c_str())) return known;
  auto& values = kept_values<GFlagsValue>();
  for (const Choice& choice : property.choices)
    values.push_back({static_cast<guint>(choice.value), choice.nick, choice.nick});
  values.push_back({0, nullptr, nullptr});
  return g_flags_register_static(name.c_str(), values.data());
}

}  // namespace

const Property* find_property(const ElementContract& contract, const char* name) {
  for (const auto& group : contract.properties) {
    for (const Property& property : group) {
      if (std::string_view(property.name) == name) return &property;
    }
  }
  return nullptr;
}

std::vector<const Property*> all_properties(const ElementContract& contract) {
  std::vector<const Property*> all;
  for (const auto& group : contract.properties) {
    for (const Property& property : group) all.push_back(&property);
  }
  return all;
}

GParamSpec* make_param_spec(const ElementContract& contract, const Property& property) {
  const auto flags = static_cast<GParamFlags>(
      (property.writable ? G_PARAM_READWRITE : G_PARAM_READABLE) | G_PARAM_STATIC_STRINGS);
  const char* name = property.name;
  switch (property.type) {
    case Property::Type::kBoolean:
      return g_param_spec_boolean(name, name, name, property.initial != 0, flags);
    case Property::Type::kInt:
      return g_param_spec_int(name, name, name, static_cast<gint>(property.low),
                              static_cast<gint>(property.high), static_cast<gint>(property.initial),
                              flags);
    case Property::Type::kUint:
      return g_param_spec_uint(name, name, name, static_cast<guint>(property.low),
                               static_cast<guint>(property.high),
                               static_cast<guint>(property.initial), flags);
    case Property::Type::kUint64:
      return g_param_spec_uint64(name, name, name, 0, G_MAXUINT64,
                                 static_cast<guint64>(property.initial), flags);
    case Property::Type::kDouble:
      return g_param_spec_double(name, name, name, property.low, property.high, property.initial,
                                 flags);
    case Property::Type::kEnum:
      return g_param_spec_enum(name, name, name, enum_type(contract, property),
                               static_cast<gint>(property.initial), flags);
    case Property::Type::kFlags:
      return g_param_spec_flags(name, name, name, flags_type(contract, property),
                                static_cast<guint>(property.initial), flags);
    case Property::Type::kString:
      return g_param_spec_string(name, name, name, nullptr, flags);
    case Property::Type::kStructure:
      return g_param_spec_boxed(name, name, name, GST_TYPE_STRUCTURE, flags);
  }
  return nullptr;
}

}  // namespace webrtcserver::doubles
