// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/offer.hpp"

#include <string_view>

#include "base/error.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

// The dynamic payload types of RFC 3551 first, then those that RFC 5761 leaves free beside RTCP.
constexpr int kFirstDynamic = 96;
constexpr int kLastDynamic = 127;
constexpr int kFirstSpare = 35;
constexpr int kLastSpare = 63;

// Chromium begins at 300 kbit/s otherwise and needs half a minute to a good picture; what the
// network does not carry, it leaves out within a second. Others ignore it.
constexpr char kStartBitrate[] = "x-google-start-bitrate=2500";

bool is_replaced(const GstSDPAttribute& attribute) {
  const std::string_view key = attribute.key;
  // a=ssrc names a media stream as well, and would contradict a=msid.
  if (key == "ssrc")
    return std::string_view(attribute.value).find(" msid:") != std::string_view::npos;
  return key == "rtpmap" || key == "fmtp" || key == "rtcp-fb" || key == "extmap" ||
         key == "framesize" || key == "framerate" || key == "msid" || key == "bundle-only";
}

template <typename Predicate>
void remove_attributes(GstSDPMedia* media, Predicate&& predicate) {
  for (guint i = gst_sdp_media_attributes_len(media); i > 0; --i) {
    if (predicate(*gst_sdp_media_get_attribute(media, i - 1)))
      gst_sdp_media_remove_attribute(media, i - 1);
  }
}

void clear_codecs(GstSDPMedia* media) {
  while (gst_sdp_media_formats_len(media) > 0) gst_sdp_media_remove_format(media, 0);
  remove_attributes(media, is_replaced);
}

}  // namespace

void add_codec(GstSDPMedia* media, const OfferedCodec& offered, bool retransmission,
               bool transport_wide) {
  const Codec& codec = *offered.format.codec;
  const std::string pt = std::to_string(offered.payload_type);
  gst_sdp_media_add_format(media, pt.c_str());
  std::string rtpmap = pt + " " + codec.name + "/" + std::to_string(codec.clock_rate);
  if (codec.channels > 0) rtpmap += "/" + std::to_string(codec.channels);
  add_attribute(media, "rtpmap", rtpmap);
  std::string fmtp = offered.format.fmtp;
  if (transport_wide && codec.kind == MediaKind::kVideo)
    fmtp += (fmtp.empty() ? "" : ";") + std::string(kStartBitrate);
  if (!fmtp.empty()) add_attribute(media, "fmtp", pt + " " + fmtp);
  if (transport_wide) add_attribute(media, "rtcp-fb", pt + " transport-cc");
  if (codec.kind != MediaKind::kVideo) return;
  add_attribute(media, "rtcp-fb", pt + " nack pli");
  add_attribute(media, "rtcp-fb", pt + " ccm fir");
  if (!retransmission || offered.rtx_payload_type < 0) return;
  add_attribute(media, "rtcp-fb", pt + " nack");
  const std::string rtx = std::to_string(offered.rtx_payload_type);
  gst_sdp_media_add_format(media, rtx.c_str());
  add_attribute(media, "rtpmap", rtx + " rtx/" + std::to_string(codec.clock_rate));
  add_attribute(media, "fmtp", rtx + " apt=" + pt);
}

void add_extension(GstSDPMedia* media, int id, const char* uri) {
  add_attribute(media, "extmap", std::to_string(id) + " " + uri);
}

bool is_dynamic(int payload_type) {
  return (payload_type >= kFirstDynamic && payload_type <= kLastDynamic) ||
         (payload_type >= kFirstSpare && payload_type <= kLastSpare);
}

std::vector<OfferedMedia> assign_payload_types(
    const std::vector<std::pair<MediaKind, std::vector<Format>>>& media, bool retransmission) {
  int next = kFirstDynamic;
  const auto take = [&next] {
    const int taken = next;
    if (taken < 0)
      throw Error(ErrorCode::kLimit, "The stream has more codecs than RTP has payload types.");
    next = taken == kLastDynamic ? kFirstSpare : taken == kLastSpare ? -1 : taken + 1;
    return taken;
  };
  std::vector<OfferedMedia> offered;
  for (const auto& [kind, formats] : media) {
    if (formats.empty()) throw Error(ErrorCode::kFailed, "A media of the stream has no codec.");
    OfferedMedia line{kind, {}};
    for (const Format& format : formats) {
      const int payload_type = take();
      const bool with_rtx = retransmission && kind == MediaKind::kVideo;
      line.codecs.push_back({format, payload_type, with_rtx ? take() : -1});
    }
    offered.push_back(std::move(line));
  }
  return offered;
}

Ref<GstCaps> rtp_caps(const OfferedCodec& offered, std::optional<std::uint32_t> ssrc) {
  const Codec& codec = *offered.format.codec;
  auto caps = Ref<GstCaps>::adopt(
      gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, to_string(codec.kind),
                          "encoding-name", G_TYPE_STRING, codec.name, "clock-rate", G_TYPE_INT,
                          codec.clock_rate, "payload", G_TYPE_INT, offered.payload_type, nullptr));
  if (ssrc) gst_caps_set_simple(caps.get(), "ssrc", G_TYPE_UINT, *ssrc, nullptr);
  if (codec.channels > 0) {
    gst_caps_set_simple(caps.get(), "encoding-params", G_TYPE_STRING,
                        std::to_string(codec.channels).c_str(), nullptr);
  }
  return caps;
}

bool offers_data_channel(const GstSDPMessage* offer, std::size_t media_count) {
  return gst_sdp_message_medias_len(offer) == media_count + 1 &&
         std::string_view(gst_sdp_media_get_media(
             gst_sdp_message_get_media(offer, static_cast<guint>(media_count)))) == "application";
}

void write_codecs(GstSDPMessage* offer, const std::vector<OfferedMedia>& media,
                  const std::string& stream_id) {
  const bool data_channel = offers_data_channel(offer, media.size());
  if (gst_sdp_message_medias_len(offer) != media.size() + (data_channel ? 1 : 0)) {
    throw Error(ErrorCode::kFailed,
                "webrtcbin's offer has " + std::to_string(gst_sdp_message_medias_len(offer)) +
                    " m-lines where " + std::to_string(media.size()) + " were asked for.");
  }
  // The array is the message's own and writable; only the accessor is const.
  const auto line_at = [offer](guint i) {
    return const_cast<GstSDPMedia*>(gst_sdp_message_get_media(offer, i));  // NOLINT
  };
  if (data_channel) {
    GstSDPMedia* line = line_at(static_cast<guint>(media.size()));
    gst_sdp_media_set_port_info(line, 9, 0);
    remove_attributes(line, [](const GstSDPAttribute& attribute) {
      return std::string_view(attribute.key) == "bundle-only";
    });
  }
  for (guint i = 0; i < media.size(); ++i) {
    GstSDPMedia* line = line_at(i);
    clear_codecs(line);
    // webrtcbin leaves all but the first m-line without a transport of their own (bundle-only, port
    // 0): a browser that rejects the first would have none.
    gst_sdp_media_set_port_info(line, 9, 0);
    const bool receives = media[i].direction == Direction::kReceive;
    for (const OfferedCodec& codec : media[i].codecs) add_codec(line, codec, true, receives);
    if (receives) {
      add_extension(line, media[i].transport_wide_id, kTransportWideUri);
      continue;
    }
    if (media[i].kind == MediaKind::kVideo)
      add_extension(line, media[i].playout_delay_id, kPlayoutDelayUri);
    add_attribute(line, "msid", stream_id + " " + gst_sdp_media_get_attribute_val(line, "mid"));
  }
}

}  // namespace webrtcserver
