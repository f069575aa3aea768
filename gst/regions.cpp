// SPDX-License-Identifier: LGPL-2.1-or-later
#include "regions.hpp"

#include <gst/video/gstvideometa.h>

#include "base/json.hpp"
#include "base/structure_json.hpp"

namespace webrtcserver {

namespace {

// What an element has found out about a region, by the name of its structure.
void write_params(JsonWriter& json, const GstVideoRegionOfInterestMeta& region) {
  if (!region.params) return;
  json.begin("params");
  for (const GList* item = region.params; item; item = item->next) {
    const auto* structure = static_cast<const GstStructure*>(item->data);
    json.add_json(gst_structure_get_name(structure), to_json(structure));
  }
  json.end();
}

std::string write_region(const GstVideoRegionOfInterestMeta& region) {
  const gchar* type = g_quark_to_string(region.roi_type);
  JsonWriter json;
  json.begin().add("type", type && g_utf8_validate(type, -1, nullptr) ? type : "");
  json.add("x", region.x).add("y", region.y).add("width", region.w).add("height", region.h);
  // Regions without a number have -1 or, where nobody has thought of it, 0.
  if (region.id > 0) json.add("id", region.id);
  if (region.parent_id > 0) json.add("parent", region.parent_id);
  write_params(json, region);
  return json.end().text();
}

}  // namespace

Regions read_regions(GstBuffer* buffer, std::size_t budget) {
  constexpr const char* kEnd = "]}";
  Regions regions;
  regions.json = R"({"regions":[)";
  gpointer state = nullptr;
  while (const GstMeta* meta = gst_buffer_iterate_meta_filtered(
             buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    const std::string region =
        write_region(*reinterpret_cast<const GstVideoRegionOfInterestMeta*>(meta));
    if (regions.json.size() + region.size() + 3 > budget) {
      regions.complete = false;
      break;
    }
    if (regions.count++ > 0) regions.json += ',';
    regions.json += region;
  }
  regions.json += kEnd;
  return regions;
}

}  // namespace webrtcserver
