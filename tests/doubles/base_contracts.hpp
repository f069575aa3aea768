// SPDX-License-Identifier: LGPL-2.1-or-later
// base_contracts.hpp — what every element has from GStreamer's base classes for encoders and
// decoders of video, 1.20 to 1.28 (gstvideoencoder.c, gstvideodecoder.c).
#pragma once

#include "doubles/contract.hpp"

namespace webrtcserver::doubles {

inline constexpr std::array kVideoEncoder{
    boolean("qos", false, Until::kAlways),
    natural64("min-force-key-unit-interval", 0, Until::kAlways),
};

inline constexpr std::array kSyncPointFlags{Choice{1, "discard-input"},
                                            Choice{2, "corrupt-output"}};

inline constexpr std::array kVideoDecoder{
    boolean("qos", true, Until::kAlways),
    whole("max-errors", -1, kMaxInt, -1, Until::kAlways),
    natural64("min-force-key-unit-interval", 0, Until::kAlways),
    boolean("discard-corrupted-frames", false, Until::kAlways),
    boolean("automatic-request-sync-points", false, Until::kAlways),
    Property{"automatic-request-sync-point-flags", Property::Type::kFlags, 0, 0, 3, kSyncPointFlags,
             Until::kAlways},
};

}  // namespace webrtcserver::doubles
