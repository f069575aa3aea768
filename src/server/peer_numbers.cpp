// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/peer_numbers.hpp"

#include <algorithm>

namespace webrtcserver {

namespace {

// webrtcbin has counters of several types, and others in each of its versions; some are only in the
// RTP source's own statistics, which it encloses.
const GValue* find_value(const GstStructure* entry, const char* field) {
  if (const GValue* value = gst_structure_get_value(entry, field)) return value;
  const GValue* source = gst_structure_get_value(entry, "gst-rtpsource-stats");
  return source && GST_VALUE_HOLDS_STRUCTURE(source)
             ? gst_structure_get_value(gst_value_get_structure(source), field)
             : nullptr;
}

// False: there is none, or it is no number.
bool transform(const GstStructure* entry, const char* field, GType type, GValue* into) {
  const GValue* value = find_value(entry, field);
  g_value_init(into, type);
  return value && g_value_type_transformable(G_VALUE_TYPE(value), type) &&
         g_value_transform(value, into);
}

}  // namespace

std::uint64_t PeerNumbers::number(const char* field) const {
  GValue wide = G_VALUE_INIT;
  if (!transform(entry, field, G_TYPE_INT64, &wide)) return 0;
  return static_cast<std::uint64_t>(std::max<gint64>(0, g_value_get_int64(&wide)));
}

double PeerNumbers::real(const char* field) const {
  GValue wide = G_VALUE_INIT;
  if (!transform(entry, field, G_TYPE_DOUBLE, &wide)) return 0;
  return std::max(0.0, g_value_get_double(&wide));
}

void for_each_rtp(const GstStructure* statistics,
                  const std::function<void(const PeerNumbers&)>& take) {
  if (!statistics) return;
  for (gint i = 0; i < gst_structure_n_fields(statistics); ++i) {
    const char* id = gst_structure_nth_field_name(statistics, static_cast<guint>(i));
    const GValue* value = gst_structure_get_value(statistics, id);
    if (!GST_VALUE_HOLDS_STRUCTURE(value)) continue;
    const GstStructure* entry = gst_value_get_structure(value);
    auto type = GstWebRTCStatsType{};
    const char* kind = gst_structure_get_string(entry, "kind");
    if (gst_structure_get(entry, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, nullptr))
      take({id, type, kind, entry});
  }
}

}  // namespace webrtcserver
