// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/session_statistics.hpp"

#include <gtest/gtest.h>

#include <gst/webrtc/webrtc.h>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

// As webrtcbin has it: up to GStreamer 1.20 without a kind.
void put(GstStructure* all, const char* id, Owned<GstStructure> entry, GstWebRTCStatsType type,
         const char* kind) {
  gst_structure_set(entry.get(), "type", GST_TYPE_WEBRTC_STATS_TYPE, type, nullptr);
  if (kind) gst_structure_set(entry.get(), "kind", G_TYPE_STRING, kind, nullptr);
  gst_structure_set(all, id, GST_TYPE_STRUCTURE, entry.get(), nullptr);
}

TEST(SessionStatistics, HaveWhatTheOtherSideSaysOfAllMedia) {
  for (const char* kind : {"video", static_cast<const char*>(nullptr)}) {
    const Owned<GstStructure> all(gst_structure_new_empty("stats"));
    const auto entry = [](const char* text) {
      return Owned<GstStructure>(gst_structure_from_string(text, nullptr));
    };
    put(all.get(), "a", entry("a, nack-count=(uint)3, pli-count=(uint)2, fir-count=(uint)1;"),
        GST_WEBRTC_STATS_OUTBOUND_RTP, kind);
    put(all.get(), "b",
        entry("b, packets-lost=(int)7, jitter=(double)0.25, round-trip-time=(double)0.5;"),
        GST_WEBRTC_STATS_REMOTE_INBOUND_RTP, kind);
    put(all.get(), "c", entry("c, packets-lost=(int)1, jitter=(double)0.125;"),
        GST_WEBRTC_STATS_REMOTE_INBOUND_RTP, kind);
    put(all.get(), "d", entry("d, nack-count=(uint)100;"), GST_WEBRTC_STATS_TRANSPORT, kind);
    const Feedback feedback = feedback_of(all.get());
    EXPECT_EQ(feedback.nacks, 3U);
    EXPECT_EQ(feedback.key_frame_requests, 3U);
    EXPECT_EQ(feedback.lost_packets, 8U);
    EXPECT_EQ(feedback.jitter, 0.25);
    EXPECT_EQ(feedback.round_trip, 0.5);
  }
  EXPECT_EQ(feedback_of(nullptr).lost_packets, 0U);
}

}  // namespace
}  // namespace webrtcserver
