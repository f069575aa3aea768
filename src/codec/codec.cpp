// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec.hpp"

#include <algorithm>
#include <array>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

// 1200 bytes of RTP leave room for SRTP, header extensions, TURN and IPv6 below the 1280 bytes that
// every IPv6 path carries. The RTP timestamp starts at zero: it then follows the clock alone and
// continues when an encoder is replaced; each peer adds an offset of its own.
constexpr PropertySetting kMtu{"mtu", "1200"};
constexpr PropertySetting kTimestampOffset{"timestamp-offset", "0"};

// The parameter sets go with every key frame, since any key frame may be a viewer's first. The
// parser sees to it: up to 1.22 the payloaders repeat them ahead of each slice of the key frame.
constexpr std::array kH26xParser{PropertySetting{"config-interval", "-1"}};
constexpr std::array kH26xPayloader{kMtu, kTimestampOffset,
                                    PropertySetting{"aggregate-mode", "zero-latency"},
                                    PropertySetting{"config-interval", "0"}};
constexpr std::array kVpxPayloader{kMtu, kTimestampOffset,
                                   PropertySetting{"picture-id-mode", "15-bit"}};
constexpr std::array kPlainPayloader{kMtu, kTimestampOffset};

constexpr std::array kTable{
    Codec{"H264", MediaKind::kVideo, "video/x-h264", 90000, 0, "video/x-h264", "h264parse",
          "video/x-h264,stream-format=avc,alignment=au", "rtph264pay", kH26xPayloader,
          "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", kH26xParser},
    Codec{"VP8", MediaKind::kVideo, "video/x-vp8", 90000, 0, "video/x-vp8", nullptr, "video/x-vp8",
          "rtpvp8pay", kVpxPayloader, ""},
    Codec{"VP9", MediaKind::kVideo, "video/x-vp9", 90000, 0, "video/x-vp9", "vp9parse",
          "video/x-vp9,alignment=super-frame", "rtpvp9pay", kVpxPayloader, "profile-id=0"},
    Codec{"H265", MediaKind::kVideo, "video/x-h265", 90000, 0, "video/x-h265", "h265parse",
          "video/x-h265,stream-format=byte-stream,alignment=au", "rtph265pay", kH26xPayloader,
          "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST", kH26xParser},
    Codec{"AV1", MediaKind::kVideo, "video/x-av1", 90000, 0, "video/x-av1", "av1parse",
          "video/x-av1,stream-format=obu-stream", "rtpav1pay", kPlainPayloader, ""},
    // RFC 7587 fixes the rtpmap at 48000/2 whatever is inside; browsers take no channel mapping but
    // 0.
    Codec{"OPUS", MediaKind::kAudio, "audio/x-opus", 48000, 2,
          "audio/x-opus,channel-mapping-family=(int)0", "opusparse",
          "audio/x-opus,channel-mapping-family=(int)0", "rtpopuspay", kPlainPayloader,
          "minptime=10;useinbandfec=1"},
};

bool has_factory(const char* name) {
  return static_cast<bool>(Ref<GstElementFactory>::adopt(gst_element_factory_find(name)));
}

const std::vector<Codec>& installed() {
  static const std::vector<Codec> rows = [] {
    std::vector<Codec> found;
    for (const Codec& row : kTable) {
      if (has_factory(row.payloader) && (!row.parser || has_factory(row.parser)))
        found.push_back(row);
    }
    return found;
  }();
  return rows;
}

}  // namespace

const char* to_string(MediaKind kind) {
  return kind == MediaKind::kVideo ? "video" : "audio";
}

std::span<const Codec> codecs() {
  return installed();
}

const Codec* find_codec(std::string_view name) {
  const auto& rows = installed();
  const auto found = std::find_if(rows.begin(), rows.end(), [name](const Codec& row) {
    return name.size() == std::string_view(row.name).size() &&
           g_ascii_strncasecmp(row.name, name.data(), name.size()) == 0;
  });
  return found == rows.end() ? nullptr : &*found;
}

const Codec* codec_of_caps(const GstCaps* encoded_caps) {
  if (!encoded_caps || gst_caps_is_empty(encoded_caps) || gst_caps_is_any(encoded_caps))
    return nullptr;
  for (const Codec& row : installed()) {
    const auto accepted = Ref<GstCaps>::adopt(gst_caps_from_string(row.input_caps));
    if (gst_caps_can_intersect(encoded_caps, accepted.get())) return &row;
  }
  return nullptr;
}

}  // namespace webrtcserver
