// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/fmtp.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

std::string_view text_field(const GstStructure* fields, const char* name) {
  const char* text = gst_structure_get_string(fields, name);
  return text ? text : "";
}

struct H264Profile {
  std::string_view name;
  unsigned idc_and_constraints;  // profile_idc and the constraint flags: the first two bytes
};

constexpr std::array kH264Profiles{
    H264Profile{"constrained-baseline", 0x42e0},
    H264Profile{"baseline", 0x4200},
    H264Profile{"main", 0x4d00},
    H264Profile{"constrained-high", 0x640c},
    H264Profile{"progressive-high", 0x6408},
    H264Profile{"high", 0x6400},
    H264Profile{"extended", 0x5800},
    H264Profile{"high-10", 0x6e00},
    H264Profile{"high-4:2:2", 0x7a00},
    H264Profile{"high-4:4:4", 0xf400},
};

constexpr unsigned kLevel31 = 31;  // 720p30, what browsers offer themselves

// "3.1" → 31, "4" → 40. Level 1b has no number of its own and counts as 1.1, which contains it.
unsigned level_number(std::string_view level) {
  if (level == "1b") return 11;
  if (level.empty() || level[0] < '0' || level[0] > '9') return 0;
  unsigned number = static_cast<unsigned>(level[0] - '0') * 10;
  if (level.size() == 3 && level[1] == '.' && level[2] >= '0' && level[2] <= '9') {
    number += static_cast<unsigned>(level[2] - '0');
  }
  return number;
}

// The three bytes of profile_idc, constraint flags and level_idc of RFC 6184, section 8.1.
std::optional<unsigned> h264_profile_level(const GstStructure* fields) {
  const std::string_view from_payloader = text_field(fields, "profile-level-id");
  if (from_payloader.size() == 6) {
    char* end = nullptr;
    const auto value = std::strtoul(from_payloader.data(), &end, 16);
    if (end == from_payloader.data() + 6) return static_cast<unsigned>(value);
  }

  GstBuffer* codec_data = nullptr;
  if (gst_structure_get(fields, "codec_data", GST_TYPE_BUFFER, &codec_data, nullptr)) {
    const auto buffer = Ref<GstBuffer>::adopt(codec_data);
    std::array<guint8, 4> head{};  // AVCDecoderConfigurationRecord: version 1, then the three bytes
    if (gst_buffer_extract(buffer.get(), 0, head.data(), head.size()) == head.size() &&
        head[0] == 1) {
      return (static_cast<unsigned>(head[1]) << 16U) | (static_cast<unsigned>(head[2]) << 8U) |
             head[3];
    }
  }

  const std::string_view profile = text_field(fields, "profile");
  for (const H264Profile& known : kH264Profiles) {
    if (known.name != profile) continue;
    const unsigned level = level_number(text_field(fields, "level"));
    return (known.idc_and_constraints << 8U) | (level != 0 ? level : kLevel31);
  }
  return {};
}

// The constraint flags of Progressive High (set4) name no profile that a browser knows; what it
// says of the pictures, that none is interlaced, a browser need not hear.
unsigned profile_level_for_browsers(unsigned profile_level) {
  return profile_level >> 8U == 0x6408 ? 0x640000 | (profile_level & 0xffU) : profile_level;
}

std::string h264_fmtp(unsigned profile_level) {
  std::array<char, 7> digits{};
  std::snprintf(digits.data(), digits.size(), "%06x", profile_level & 0xffffffU);
  return std::string("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=") +
         digits.data();
}

std::vector<std::string> h264_fmtps(const Codec& codec, const GstStructure* fields) {
  const auto told = h264_profile_level(fields);
  if (!told) return {codec.fmtp};
  const unsigned profile_level = profile_level_for_browsers(*told);
  std::vector<std::string> fmtps{h264_fmtp(profile_level)};
  const unsigned profile = profile_level >> 16U;
  if (profile == 0x4d || profile == 0x64)
    fmtps.push_back(h264_fmtp(0x42e000 | (profile_level & 0xffU)));
  return fmtps;
}

// RFC 7798, section 7.1: level-id is thirty times the level's number.
std::string h265_fmtp(const Codec& codec, const GstStructure* fields) {
  const std::string_view profile = text_field(fields, "profile");
  const unsigned level = level_number(text_field(fields, "level"));
  if (profile.empty() || level == 0) return codec.fmtp;
  const int profile_id = profile == "main"                 ? 1
                         : profile == "main-10"            ? 2
                         : profile == "main-still-picture" ? 3
                                                           : 4;
  const int tier = text_field(fields, "tier") == "high" ? 1 : 0;
  return "level-id=" + std::to_string(level * 3) + ";profile-id=" + std::to_string(profile_id) +
         ";tier-flag=" + std::to_string(tier) + ";tx-mode=SRST";
}

std::string vp9_fmtp(const Codec& codec, const GstStructure* fields) {
  const std::string_view profile = text_field(fields, "profile");
  return profile.empty() ? codec.fmtp : "profile-id=" + std::string(profile);
}

std::string opus_fmtp(const Codec& codec, const GstStructure* fields) {
  int channels = 0;
  // RFC 7587: without these a receiver may play one channel only. Above two we mix down to two.
  const bool stereo = gst_structure_get_int(fields, "channels", &channels) && channels >= 2;
  return codec.fmtp + std::string(stereo ? ";stereo=1;sprop-stereo=1" : "");
}

std::vector<std::string> encoded_fmtps(const Codec& codec, const GstCaps* caps) {
  if (!caps || gst_caps_get_size(caps) == 0) return {codec.fmtp};
  const GstStructure* fields = gst_caps_get_structure(caps, 0);
  const std::string_view name = codec.name;
  if (name == "H264") return h264_fmtps(codec, fields);
  if (name == "H265") return {h265_fmtp(codec, fields)};
  if (name == "VP9") return {vp9_fmtp(codec, fields)};
  if (name == "OPUS") return {opus_fmtp(codec, fields)};
  return {codec.fmtp};
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

// "a=1; b=2" has "2" for `name` "b".
std::string_view parameter(std::string_view fmtp, std::string_view name,
                           std::string_view otherwise) {
  while (!fmtp.empty()) {
    std::string_view pair = fmtp.substr(0, fmtp.find(';'));
    fmtp.remove_prefix(std::min(pair.size() + 1, fmtp.size()));
    while (!pair.empty() && is_space(pair.front())) pair.remove_prefix(1);
    while (!pair.empty() && is_space(pair.back())) pair.remove_suffix(1);
    const auto equals = pair.find('=');
    if (equals == name.size() && g_ascii_strncasecmp(pair.data(), name.data(), name.size()) == 0)
      return pair.substr(equals + 1);
  }
  return otherwise;
}

// The first `digits` of profile-level-id: two are profile_idc, four have the constraint flags too.
std::string h264_profile(std::string_view fmtp, std::size_t digits) {
  std::string_view id = parameter(fmtp, "profile-level-id", "420010");  // RFC 6184, section 8.1
  id = id.substr(0, digits);
  return take_string(g_ascii_strdown(id.data(), static_cast<gssize>(id.size())));
}

}  // namespace

ProfileMatch match_profiles(const Codec& codec, std::string_view fmtp, std::string_view other,
                            bool packetized_alike) {
  const auto same = [&](const char* name, std::string_view otherwise) {
    return parameter(fmtp, name, otherwise) == parameter(other, name, otherwise);
  };
  const auto exact_if = [](bool equal) {
    return equal ? ProfileMatch::kExact : ProfileMatch::kNone;
  };
  const std::string_view name = codec.name;
  if (name == "H265") return exact_if(same("profile-id", "1") && same("tx-mode", "SRST"));
  if (name == "VP9") return exact_if(same("profile-id", "0"));
  if (name == "AV1") return exact_if(same("profile", "0"));
  if (name != "H264") return ProfileMatch::kExact;
  // Implementations write the constraint flags as they like (42e0, 42c0 and 4200 for the same
  // encoder's output), and a browser's decoder takes all of a profile_idc.
  if (h264_profile(fmtp, 2) != h264_profile(other, 2) ||
      (packetized_alike && !same("packetization-mode", "0")))
    return ProfileMatch::kNone;
  return h264_profile(fmtp, 4) == h264_profile(other, 4) ? ProfileMatch::kExact
                                                         : ProfileMatch::kProfile;
}

std::string fmtp_for_raw(const Codec& codec, const GstCaps* raw_caps) {
  if (codec.kind == MediaKind::kVideo || !raw_caps || gst_caps_get_size(raw_caps) == 0)
    return codec.fmtp;
  return opus_fmtp(codec, gst_caps_get_structure(raw_caps, 0));
}

std::vector<Format> formats_for_encoded(const Codec& codec, const GstCaps* caps) {
  std::vector<Format> formats;
  for (std::string& fmtp : encoded_fmtps(codec, caps)) formats.push_back({&codec, std::move(fmtp)});
  return formats;
}

}  // namespace webrtcserver
