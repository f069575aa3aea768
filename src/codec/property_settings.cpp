// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/property_settings.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/log.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

GParamSpec* writable_property(GstElement* element, const char* name) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
  return spec && (spec->flags & G_PARAM_WRITABLE) ? spec : nullptr;
}

}  // namespace

void apply_settings(GstElement* element, std::span<const PropertySetting> settings) {
  std::vector<std::string_view> done;
  for (const PropertySetting& setting : settings) {
    if (std::find(done.begin(), done.end(), setting.name) != done.end()) continue;
    GParamSpec* spec = writable_property(element, setting.name);
    if (!spec) {
      GST_DEBUG_OBJECT(element, "This release has no property %s.", setting.name);
      continue;
    }
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
    if (gst_value_deserialize(&value, setting.value)) {
      g_object_set_property(G_OBJECT(element), setting.name, &value);
      done.emplace_back(setting.name);
    } else {
      GST_DEBUG_OBJECT(element, "Property %s does not take %s in this release.", setting.name,
                       setting.value);
    }
    g_value_unset(&value);
  }
}

bool set_number(GstElement* element, const char* property, gint64 value) {
  GParamSpec* spec = writable_property(element, property);
  if (!spec) return false;
  GValue number = G_VALUE_INIT;
  GValue target = G_VALUE_INIT;
  g_value_init(&number, G_TYPE_INT64);
  g_value_init(&target, G_PARAM_SPEC_VALUE_TYPE(spec));
  // Transforming to a narrower type would wrap, so the bound of the common 32-bit types is applied
  // here.
  const gint64 bound = G_PARAM_SPEC_VALUE_TYPE(spec) == G_TYPE_INT    ? G_MAXINT
                       : G_PARAM_SPEC_VALUE_TYPE(spec) == G_TYPE_UINT ? G_MAXUINT
                                                                      : G_MAXINT64;
  g_value_set_int64(&number, std::clamp<gint64>(value, 0, bound));
  const bool transformed = g_value_transform(&number, &target);
  if (transformed) {
    g_param_value_validate(spec, &target);
    g_object_set_property(G_OBJECT(element), property, &target);
  }
  g_value_unset(&target);
  g_value_unset(&number);
  return transformed;
}

}  // namespace webrtcserver
