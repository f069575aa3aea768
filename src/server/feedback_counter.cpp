// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/feedback_counter.hpp"

#include <gst/webrtc/webrtc.h>

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

std::uint64_t number(const GstStructure* entry, const char* field) {
  const GValue* value = find_value(entry, field);
  GValue wide = G_VALUE_INIT;
  g_value_init(&wide, G_TYPE_INT64);
  const bool is_number = value && g_value_type_transformable(G_VALUE_TYPE(value), G_TYPE_INT64) &&
                         g_value_transform(value, &wide);
  return is_number ? static_cast<std::uint64_t>(std::max<gint64>(0, g_value_get_int64(&wide))) : 0;
}

}  // namespace

void FeedbackCounter::take(const GstStructure* statistics) {
  if (!statistics) return;
  for (gint i = 0; i < gst_structure_n_fields(statistics); ++i) {
    const char* id = gst_structure_nth_field_name(statistics, static_cast<guint>(i));
    const GValue* value = gst_structure_get_value(statistics, id);
    if (GST_VALUE_HOLDS_STRUCTURE(value)) take(id, gst_value_get_structure(value));
  }
}

void FeedbackCounter::take(const std::string& id, const GstStructure* entry) {
  auto type = GstWebRTCStatsType{};
  const char* kind = gst_structure_get_string(entry, "kind");
  if (!kind || !gst_structure_get(entry, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, nullptr))
    return;
  const auto count = [&](CounterFamily& family, const char* field) {
    std::uint64_t& highest = highest_[id + "." + field];
    const std::uint64_t now = number(entry, field);
    if (now <= highest) return;
    family.add({stream_, kind}, now - highest);
    highest = now;
  };
  switch (type) {
    case GST_WEBRTC_STATS_OUTBOUND_RTP:
      count(metrics_->received_nacks, "nack-count");
      count(metrics_->received_picture_losses, "pli-count");
      count(metrics_->received_picture_losses, "fir-count");
      break;
    case GST_WEBRTC_STATS_REMOTE_INBOUND_RTP:
      count(metrics_->sent_lost_packets, "packets-lost");
      break;
    case GST_WEBRTC_STATS_INBOUND_RTP:
      count(metrics_->received_lost_packets, "packets-lost");
      count(metrics_->sent_nacks, "nack-count");
      count(metrics_->sent_picture_losses, "pli-count");
      count(metrics_->sent_picture_losses, "fir-count");
      break;
    default:
      break;
  }
}

}  // namespace webrtcserver
