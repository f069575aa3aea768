// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/random_access.hpp"

#include <gst/rtp/rtp.h>

#include <string_view>

namespace webrtcserver {

namespace {

// How a payload format (RFC 6184, RFC 7798) tells which NAL units a packet holds.
struct Packing {
  std::size_t header;  // bytes of a NAL unit's header
  unsigned aggregation;
  unsigned fragment;
  unsigned (*type)(const guint8* nal);
  unsigned (*fragment_type)(guint8 header);
  bool (*is_random_access)(unsigned type);
};

constexpr Packing kH264{1,
                        24,
                        28,
                        [](const guint8* nal) { return nal[0] & 0x1fU; },
                        [](guint8 header) { return header & 0x1fU; },
                        [](unsigned type) { return type == 5; }};

constexpr Packing kH265{2,
                        48,
                        49,
                        [](const guint8* nal) { return (nal[0] >> 1U) & 0x3fU; },
                        [](guint8 header) { return header & 0x3fU; },
                        [](unsigned type) { return type >= 16 && type <= 23; }};

bool holds(const Packing& packing, const guint8* payload, std::size_t size) {
  if (size <= packing.header) return false;
  const unsigned type = packing.type(payload);
  if (type == packing.fragment)
    return packing.is_random_access(packing.fragment_type(payload[packing.header]));
  if (type != packing.aggregation) return packing.is_random_access(type);
  for (std::size_t at = packing.header; at + 2 + packing.header <= size;) {
    if (packing.is_random_access(packing.type(payload + at + 2))) return true;
    at += 2 + ((static_cast<std::size_t>(payload[at]) << 8U) | payload[at + 1]);
  }
  return false;
}

template <const Packing& packing>
bool packet_holds(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return false;
  const bool found = holds(packing, static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp)),
                           gst_rtp_buffer_get_payload_len(&rtp));
  gst_rtp_buffer_unmap(&rtp);
  return found;
}

}  // namespace

HoldsRandomAccess random_access_of(const Codec& codec) {
  const std::string_view name = codec.name;
  if (name == "H264") return packet_holds<kH264>;
  if (name == "H265") return packet_holds<kH265>;
  return nullptr;
}

}  // namespace webrtcserver
