// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/structure_json.hpp"

#include "base/json.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

void write_fields(JsonWriter& json, const GstStructure* structure);

void write_field(JsonWriter& json, const char* name, const GValue* value) {
  if (G_VALUE_HOLDS_STRING(value)) {
    const char* text = g_value_get_string(value);
    if (text && g_utf8_validate(text, -1, nullptr)) json.add(name, text);
  } else if (G_VALUE_HOLDS_BOOLEAN(value)) {
    json.add(name, g_value_get_boolean(value) != FALSE);
  } else if (GST_VALUE_HOLDS_STRUCTURE(value)) {
    json.begin(name);
    write_fields(json, gst_value_get_structure(value));
    json.end();
  } else if (GST_VALUE_HOLDS_FRACTION(value)) {
    json.add(name, take_string(gst_value_serialize(value)));
  } else if (G_VALUE_HOLDS_DOUBLE(value) || G_VALUE_HOLDS_FLOAT(value)) {
    GValue number = G_VALUE_INIT;
    g_value_init(&number, G_TYPE_DOUBLE);
    g_value_transform(value, &number);
    json.add(name, g_value_get_double(&number));
  } else if (g_value_type_transformable(G_VALUE_TYPE(value), G_TYPE_INT64)) {
    GValue number = G_VALUE_INIT;
    g_value_init(&number, G_TYPE_INT64);
    g_value_transform(value, &number);
    json.add(name, static_cast<std::int64_t>(g_value_get_int64(&number)));
  }
}

void write_fields(JsonWriter& json, const GstStructure* structure) {
  for (int i = 0; i < gst_structure_n_fields(structure); ++i) {
    const char* name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    write_field(json, name, gst_structure_get_value(structure, name));
  }
}

}  // namespace

std::string to_json(const GstStructure* structure) {
  JsonWriter json;
  json.begin();
  write_fields(json, structure);
  return json.end().text();
}

}  // namespace webrtcserver
