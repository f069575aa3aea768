// SPDX-License-Identifier: LGPL-2.1-or-later
// media.hpp — a stream with pictures and sound, for what clients say of it.
#pragma once

#include <vector>

#include "rtc/offer.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver::fuzz {

inline std::vector<OfferedMedia> offered_media(int videos) {
  const auto format = [](const char* codec) {
    return Format{find_codec(codec), find_codec(codec)->fmtp};
  };
  const std::vector<Format> video{format("H264"), format("VP8")};
  std::vector<std::pair<MediaKind, std::vector<Format>>> media(static_cast<std::size_t>(videos),
                                                               {MediaKind::kVideo, video});
  media.emplace_back(MediaKind::kAudio, std::vector<Format>{format("OPUS")});
  return assign_payload_types(media, true);
}

}  // namespace webrtcserver::fuzz
