// SPDX-License-Identifier: LGPL-2.1-or-later
// offer.hpp — which codecs stand in our offer, and under which payload types.
// Pure functions; usable on any thread.
//
// webrtcbin makes the transport half of an offer (ICE, DTLS, mids, SSRCs). The codec half is
// written here, because up to 1.24 webrtcbin retransmits the first codec only and gives several
// codecs with retransmission duplicate payload types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

inline constexpr char kPlayoutDelayUri[] =
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
inline constexpr char kTransportWideUri[] =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

// As we see it: a stream of ours to the browser, or one of the browser's to us.
enum class Direction { kSend, kReceive };

// A codec with the payload types it has in one offer.
struct OfferedCodec {
  Format format;
  int payload_type;
  int rtx_payload_type;  // −1: no retransmission
};

// One m-line of our offer.
struct OfferedMedia {
  MediaKind kind;
  std::vector<OfferedCodec> codecs;  // in order of preference
  Direction direction = Direction::kSend;
  int playout_delay_id = 2;  // of header extensions
  int transport_wide_id = 3;
};

// Whether a payload type may carry media here: dynamic, and not to be mistaken for RTCP.
bool is_dynamic(int payload_type);

// Payload types for the codecs of every m-line, none used twice.
// Throws Error(kLimit) when the 61 dynamic ones do not suffice, and Error(kFailed) for a media
// without a codec.
std::vector<OfferedMedia> assign_payload_types(
    const std::vector<std::pair<MediaKind, std::vector<Format>>>& media, bool retransmission);

// The caps of one offered codec, as webrtcbin's pads and transceivers want them. `ssrc`: of what we
// send.
Ref<GstCaps> rtp_caps(const OfferedCodec& offered, std::optional<std::uint32_t> ssrc = {});

// Whether the offer ends with the m-line of a data channel, behind `media_count` others.
bool offers_data_channel(const GstSDPMessage* offer, std::size_t media_count);

// Replaces the formats and their attributes in each m-line of webrtcbin's offer by `media`, and
// names one media stream `stream_id` in all of them so that browsers play them in sync. The data
// channel's m-line, if it has one, is the last.
void write_codecs(GstSDPMessage* offer, const std::vector<OfferedMedia>& media,
                  const std::string& stream_id);

// The attributes of one codec in an m-line. `retransmission`: with RTX where it has a payload type
// for it. `transport_wide`: with what the sender's bandwidth estimate needs.
void add_codec(GstSDPMedia* media, const OfferedCodec& offered, bool retransmission,
               bool transport_wide);

void add_extension(GstSDPMedia* media, int id, const char* uri);

}  // namespace webrtcserver
