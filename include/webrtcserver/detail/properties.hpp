// SPDX-License-Identifier: LGPL-2.1-or-later
// properties.hpp — C++ values as the properties of a GObject and the fields of a GstStructure. Not
// for applications.
#pragma once

#include <glib-object.h>
#include <gst/gst.h>
#include <webrtcserver/error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace webrtcserver {
inline namespace v1 {
namespace detail {

// A GValue that is emptied by itself, of the type that stands for a C++ one.
class Value {
 public:
  explicit Value(GType type) { g_value_init(&value_, type); }
  ~Value() { g_value_unset(&value_); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  GValue* get() { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

inline GType type_of(const bool&) {
  return G_TYPE_BOOLEAN;
}
inline GType type_of(const int&) {
  return G_TYPE_INT;
}
inline GType type_of(const unsigned&) {
  return G_TYPE_UINT;
}
inline GType type_of(const std::uint64_t&) {
  return G_TYPE_UINT64;
}
inline GType type_of(const double&) {
  return G_TYPE_DOUBLE;
}
inline GType type_of(const std::string&) {
  return G_TYPE_STRING;
}
inline GType type_of(const std::vector<std::string>&) {
  return G_TYPE_STRV;
}

inline void put(GValue* value, bool from) {
  g_value_set_boolean(value, from ? TRUE : FALSE);
}
inline void put(GValue* value, int from) {
  g_value_set_int(value, from);
}
inline void put(GValue* value, unsigned from) {
  g_value_set_uint(value, from);
}
inline void put(GValue* value, std::uint64_t from) {
  g_value_set_uint64(value, from);
}
inline void put(GValue* value, double from) {
  g_value_set_double(value, from);
}
inline void put(GValue* value, const std::string& from) {
  g_value_set_string(value, from.c_str());
}
inline void put(GValue* value, const std::vector<std::string>& from) {
  gchar** strings = g_new0(gchar*, from.size() + 1);
  for (std::size_t i = 0; i < from.size(); ++i) strings[i] = g_strdup(from[i].c_str());
  g_value_take_boxed(value, strings);
}

inline void take(const GValue* value, bool& to) {
  to = g_value_get_boolean(value) != FALSE;
}
inline void take(const GValue* value, int& to) {
  to = g_value_get_int(value);
}
inline void take(const GValue* value, unsigned& to) {
  to = g_value_get_uint(value);
}
inline void take(const GValue* value, std::uint64_t& to) {
  to = g_value_get_uint64(value);
}
inline void take(const GValue* value, double& to) {
  to = g_value_get_double(value);
}
inline void take(const GValue* value, std::string& to) {
  const gchar* text = g_value_get_string(value);
  to = text ? text : "";
}
inline void take(const GValue* value, std::vector<std::string>& to) {
  to.clear();
  const auto* strings = static_cast<gchar* const*>(g_value_get_boxed(value));
  for (; strings && *strings; ++strings) to.emplace_back(*strings);
}

// GLib warns of a value that is out of range and goes on without it; here it is an Error.
template <typename T>
void set_property(GObject* object, const char* name, const T& from) {
  GParamSpec* property = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
  if (!property) {
    throw Error(ErrorCode::kFailed, "The library that is installed has no option \"" +
                                        std::string(name) + "\"; it is older than its headers.");
  }
  Value value(type_of(from));
  put(value.get(), from);
  Value converted(G_PARAM_SPEC_VALUE_TYPE(property));
  if (!g_value_transform(value.get(), converted.get()) ||
      g_param_value_validate(property, converted.get())) {
    gchar* text = g_strdup_value_contents(value.get());
    const std::string message =
        "The option " + std::string(name) + " cannot be " + text + "; it is out of range.";
    g_free(text);
    throw Error(ErrorCode::kFailed, message);
  }
  g_object_set_property(object, name, converted.get());
}

template <typename T>
void get_property(GObject* object, const char* name, T& to) {
  Value value(type_of(to));
  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(object), name)) return;
  g_object_get_property(object, name, value.get());
  take(value.get(), to);
}

// A field that is not there, or is of a type that does not fit, leaves `to` as it is.
template <typename T>
void get_field(const GstStructure* structure, const char* name, T& to) {
  const GValue* field = structure ? gst_structure_get_value(structure, name) : nullptr;
  Value value(type_of(to));
  if (field && g_value_transform(field, value.get())) take(value.get(), to);
}

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
