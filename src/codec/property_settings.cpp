// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/property_settings.hpp"

#include <algorithm>
#include <memory>
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

// Makes a value for `spec` of the setting's text and gives it to `use`; else says why not.
template <typename Use>
std::string with_value(GParamSpec* spec, const PropertySetting& setting, const Use& use) {
  const std::string what = std::string(setting.name) + " does not take " + setting.value;
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
  std::string reason;
  if (!gst_value_deserialize(&value, setting.value)) {
    reason = what + ".";
  } else if (g_param_value_validate(spec, &value)) {
    // Validation has brought it into the range: it was outside.
    reason = what + ", which is out of its range.";
  } else {
    use(value);
  }
  g_value_unset(&value);
  return reason;
}

struct StructureDeleter {
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
};
using OwnedStructure = std::unique_ptr<GstStructure, StructureDeleter>;

// The structure that `property` has, or one to begin with; null where there is no such property.
OwnedStructure structure_of(GstElement* element, const char* property) {
  const GParamSpec* spec = writable_property(element, property);
  if (!spec || G_PARAM_SPEC_VALUE_TYPE(spec) != GST_TYPE_STRUCTURE) return nullptr;
  GstStructure* structure = nullptr;
  g_object_get(element, property, &structure, nullptr);
  return OwnedStructure(structure ? structure : gst_structure_new_empty("controls"));
}

}  // namespace

std::string why_refused(GstElement* element, const PropertySetting& setting) {
  GParamSpec* spec = writable_property(element, setting.name);
  if (!spec) return std::string("it has no writable property ") + setting.name + ".";
  return with_value(spec, setting, [](const GValue& /*value*/) {});
}

void apply_settings(GstElement* element, std::span<const PropertySetting> settings) {
  std::vector<std::string_view> done;
  for (const PropertySetting& setting : settings) {
    if (std::find(done.begin(), done.end(), setting.name) != done.end()) continue;
    GParamSpec* spec = writable_property(element, setting.name);
    const std::string refused =
        !spec ? std::string("it has no writable property ") + setting.name + "."
              : with_value(spec, setting, [&](const GValue& value) {
                  g_object_set_property(G_OBJECT(element), setting.name, &value);
                  done.emplace_back(setting.name);
                });
    if (refused.empty()) continue;
    if (setting.demanded) {
      GST_WARNING_OBJECT(element, "A setting is left out: %s", refused.c_str());
    } else {
      GST_DEBUG_OBJECT(element, "In this release: %s", refused.c_str());
    }
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

bool set_field(GstElement* element, const char* property, const char* field, gint64 value) {
  const OwnedStructure structure = structure_of(element, property);
  if (!structure) return false;
  gst_structure_set(structure.get(), field, G_TYPE_INT,
                    static_cast<gint>(std::clamp<gint64>(value, G_MININT, G_MAXINT)), nullptr);
  g_object_set(element, property, structure.get(), nullptr);
  return true;
}

bool clear_field(GstElement* element, const char* property, const char* field) {
  const OwnedStructure structure = structure_of(element, property);
  if (!structure) return false;
  gst_structure_remove_field(structure.get(), field);
  g_object_set(element, property, structure.get(), nullptr);
  return true;
}

}  // namespace webrtcserver
