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

// A picture with a hole shows green blocks until the next key frame: better to wait, and to ask.
constexpr std::array kVideoDepayloader{PropertySetting{"wait-for-keyframe", "true"},
                                       PropertySetting{"request-keyframe", "true"}};

constexpr std::array kTable{
    Codec{.name = "H264",
          .kind = MediaKind::kVideo,
          .media_type = "video/x-h264",
          .clock_rate = 90000,
          .channels = 0,
          .input_caps = "video/x-h264",
          .parser = "h264parse",
          .payloader_caps = "video/x-h264,stream-format=avc,alignment=au",
          .payloader = "rtph264pay",
          .payloader_settings = kH26xPayloader,
          .fmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
          .parser_settings = kH26xParser,
          .depayloader = "rtph264depay",
          .depayloader_settings = kVideoDepayloader,
          // Level 5.2: browsers send no larger picture than the level takes.
          .receive_fmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
                          "42e034"},
    Codec{.name = "VP8",
          .kind = MediaKind::kVideo,
          .media_type = "video/x-vp8",
          .clock_rate = 90000,
          .channels = 0,
          .input_caps = "video/x-vp8",
          .parser = nullptr,
          .payloader_caps = "video/x-vp8",
          .payloader = "rtpvp8pay",
          .payloader_settings = kVpxPayloader,
          .fmtp = "",
          .parser_settings = {},
          .depayloader = "rtpvp8depay",
          .depayloader_settings = kVideoDepayloader,
          .receive_fmtp = ""},
    Codec{.name = "VP9",
          .kind = MediaKind::kVideo,
          .media_type = "video/x-vp9",
          .clock_rate = 90000,
          .channels = 0,
          .input_caps = "video/x-vp9",
          .parser = "vp9parse",
          .payloader_caps = "video/x-vp9,alignment=super-frame",
          .payloader = "rtpvp9pay",
          .payloader_settings = kVpxPayloader,
          .fmtp = "profile-id=0",
          .parser_settings = {},
          .depayloader = "rtpvp9depay",
          .depayloader_settings = kVideoDepayloader,
          .receive_fmtp = "profile-id=0"},
    Codec{.name = "H265",
          .kind = MediaKind::kVideo,
          .media_type = "video/x-h265",
          .clock_rate = 90000,
          .channels = 0,
          .input_caps = "video/x-h265",
          .parser = "h265parse",
          .payloader_caps = "video/x-h265,stream-format=byte-stream,alignment=au",
          .payloader = "rtph265pay",
          .payloader_settings = kH26xPayloader,
          .fmtp = "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST",
          .parser_settings = kH26xParser,
          .depayloader = "rtph265depay",
          .depayloader_settings = kVideoDepayloader,
          .receive_fmtp = "level-id=156;profile-id=1;tier-flag=0;tx-mode=SRST"},
    Codec{.name = "AV1",
          .kind = MediaKind::kVideo,
          .media_type = "video/x-av1",
          .clock_rate = 90000,
          .channels = 0,
          .input_caps = "video/x-av1",
          .parser = "av1parse",
          .payloader_caps = "video/x-av1,stream-format=obu-stream",
          .payloader = "rtpav1pay",
          .payloader_settings = kPlainPayloader,
          .fmtp = "",
          .parser_settings = {},
          .depayloader = "rtpav1depay",
          .depayloader_settings = kVideoDepayloader,
          .receive_fmtp = ""},
    // RFC 7587 fixes the rtpmap at 48000/2 whatever is inside; browsers take no channel mapping but
    // 0.
    Codec{.name = "OPUS",
          .kind = MediaKind::kAudio,
          .media_type = "audio/x-opus",
          .clock_rate = 48000,
          .channels = 2,
          .input_caps = "audio/x-opus,channel-mapping-family=(int)0",
          .parser = "opusparse",
          .payloader_caps = "audio/x-opus,channel-mapping-family=(int)0",
          .payloader = "rtpopuspay",
          .payloader_settings = kPlainPayloader,
          .fmtp = "minptime=10;useinbandfec=1",
          .parser_settings = {},
          .depayloader = "rtpopusdepay",
          .depayloader_settings = {},
          .receive_fmtp = "minptime=10;stereo=1;useinbandfec=1"},
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

bool can_receive(const Codec& codec) {
  return has_factory(codec.depayloader);
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
