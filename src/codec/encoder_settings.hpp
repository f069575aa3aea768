// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_settings.hpp — how each encoder is set for low latency; a part of encoder_table.cpp. A
// property or a value that a release lacks is skipped, so several releases share an array.
#pragma once

#include <array>

#include "codec/codec.hpp"

namespace webrtcserver::encoder_settings {

inline constexpr std::array kNvv4l2H26x{
    PropertySetting{"control-rate", "1"},  // constant
    PropertySetting{"preset-level", "1"},  // UltraFastPreset
    PropertySetting{"maxperf-enable", "true"},
    PropertySetting{"insert-sps-pps", "true"},
    PropertySetting{"insert-vui", "true"},
    PropertySetting{"idrinterval", "256"},
    PropertySetting{"iframeinterval", "256"},                    // 30 by itself
    PropertySetting{"tuning-info-id", "UltraLowLatencyPreset"},  // DeepStream on a desktop card
    PropertySetting{"num-B-Frames", "0"},
};
inline constexpr std::array kNvv4l2Vpx{
    PropertySetting{"idrinterval", "256"},     PropertySetting{"iframeinterval", "256"},
    PropertySetting{"control-rate", "1"},      PropertySetting{"preset-level", "1"},
    PropertySetting{"maxperf-enable", "true"},
};

// The names differ between nvcudah264enc, the old nvh264enc and the one that replaced it in 1.26.
inline constexpr std::array kNvcodec{
    PropertySetting{"rc-mode", "cbr"},
    PropertySetting{"rate-control", "cbr"},
    PropertySetting{"preset", "p4"},  // 1.24
    PropertySetting{"preset", "low-latency-hq"},
    PropertySetting{"tune", "ultra-low-latency"},
    PropertySetting{"zerolatency", "true"},
    PropertySetting{"zero-reorder-delay", "true"},
    PropertySetting{"gop-size", "-1"},
    PropertySetting{"bframes", "0"},
    PropertySetting{"b-frames", "0"},
    PropertySetting{"rc-lookahead", "0"},
    PropertySetting{"aud", "false"},
    PropertySetting{"repeat-sequence-header", "true"},
};

inline constexpr std::array kVaapi{
    PropertySetting{"rate-control", "cbr"}, PropertySetting{"b-frames", "0"},
    PropertySetting{"ref-frames", "1"},     PropertySetting{"key-int-max", "1024"},
    PropertySetting{"target-usage", "6"},   PropertySetting{"aud", "false"},
};
// VP9 and AV1 order frames in a pyramid, unless it has one level.
inline constexpr std::array kVaapiPyramid{
    PropertySetting{"rate-control", "cbr"}, PropertySetting{"hierarchical-level", "1"},
    PropertySetting{"ref-frames", "1"},     PropertySetting{"key-int-max", "1024"},
    PropertySetting{"key-int-max", "255"},  PropertySetting{"target-usage", "6"},
};

inline constexpr std::array kQsv{
    PropertySetting{"rate-control", "cbr"}, PropertySetting{"low-latency", "true"},
    PropertySetting{"b-frames", "0"},       PropertySetting{"ref-frames", "1"},
    PropertySetting{"gop-size", "1024"},    PropertySetting{"target-usage", "6"},
};

// The names that the kernel gives the controls; a driver leaves out those that it does not know.
inline constexpr std::array kV4l2H264{
    PropertySetting{"extra-controls",
                    "controls,video_bitrate_mode=1,repeat_sequence_header=1,h264_i_frame_period="
                    "1024,video_gop_size=1024,video_b_frames=0"},
};
inline constexpr std::array kV4l2{
    PropertySetting{"extra-controls",
                    "controls,video_bitrate_mode=1,repeat_sequence_header=1,video_gop_size=1024,"
                    "video_b_frames=0"},
};

inline constexpr std::array kX264{
    PropertySetting{"tune", "zerolatency"},     PropertySetting{"speed-preset", "superfast"},
    PropertySetting{"key-int-max", "2560"},     PropertySetting{"bframes", "0"},
    PropertySetting{"b-adapt", "false"},        PropertySetting{"aud", "false"},
    PropertySetting{"vbv-buf-capacity", "120"},  // ms: a key frame takes four frame times at most
};

inline constexpr std::array kOpenH264{
    PropertySetting{"usage-type", "camera"},    PropertySetting{"complexity", "low"},
    PropertySetting{"rate-control", "bitrate"}, PropertySetting{"gop-size", "2560"},
    PropertySetting{"slice-mode", "n-slices"},
};

// libwebrtc's own settings, in libvpx's units: the buffer in milliseconds, the rest in per cent.
inline constexpr std::array kVp8{
    PropertySetting{"deadline", "1"},
    PropertySetting{"cpu-used", "-16"},  // a positive 16 may take 100 ms for a frame
    PropertySetting{"end-usage", "cbr"},
    PropertySetting{"lag-in-frames", "0"},
    PropertySetting{"keyframe-mode", "disabled"},
    PropertySetting{"keyframe-max-dist", "2000"},
    PropertySetting{"buffer-initial-size", "100"},
    PropertySetting{"buffer-optimal-size", "120"},
    PropertySetting{"buffer-size", "150"},
    PropertySetting{"max-intra-bitrate", "250"},
    PropertySetting{"undershoot", "100"},
    PropertySetting{"overshoot", "15"},
    PropertySetting{"min-quantizer", "2"},
    PropertySetting{"max-quantizer", "56"},
};

inline constexpr std::array kVp9{
    PropertySetting{"deadline", "1"},
    PropertySetting{"cpu-used", "9"},
    PropertySetting{"end-usage", "cbr"},
    PropertySetting{"lag-in-frames", "0"},
    PropertySetting{"keyframe-mode", "disabled"},
    PropertySetting{"keyframe-max-dist", "2000"},
    PropertySetting{"buffer-initial-size", "100"},
    PropertySetting{"buffer-optimal-size", "120"},
    PropertySetting{"buffer-size", "150"},
    PropertySetting{"max-intra-bitrate", "250"},
    PropertySetting{"min-quantizer", "2"},
    PropertySetting{"max-quantizer", "52"},
    PropertySetting{"aq-mode", "cyclic-refresh"},
    PropertySetting{"row-mt", "true"},
    PropertySetting{"tile-columns", "2"},  // log2; libvpx keeps a tile at least 256 wide
    PropertySetting{"frame-parallel-decoding", "true"},
};

inline constexpr std::array kAv1{
    PropertySetting{"usage-profile", "realtime"},
    PropertySetting{"cpu-used", "10"},
    PropertySetting{"end-usage", "cbr"},
    PropertySetting{"lag-in-frames", "0"},
    PropertySetting{"keyframe-mode", "disabled"},
    PropertySetting{"keyframe-max-dist", "2000"},
    PropertySetting{"buf-initial-sz", "100"},
    PropertySetting{"buf-optimal-sz", "120"},
    PropertySetting{"buf-sz", "150"},
    PropertySetting{"tile-columns", "1"},  // log2: 2×2 tiles
    PropertySetting{"tile-rows", "1"},
    PropertySetting{"row-mt", "true"},
};

inline constexpr std::array kSvtAv1{
    PropertySetting{"preset", "10"},
    PropertySetting{"intra-period-length", "-1"},
    // Low-delay prediction, constant bitrate, 2×2 tiles.
    PropertySetting{"parameters-string",
                    "pred-struct=1:rc=2:lookahead=0:tile-columns=1:tile-rows=1"},
};

inline constexpr std::array kOpus{
    PropertySetting{"audio-type", "restricted-lowdelay"},
    PropertySetting{"frame-size", "10"},
    PropertySetting{"inband-fec", "true"},
    // Timestamps that follow a live source's jitter make Chromium drop sound.
    PropertySetting{"perfect-timestamp", "true"},
};

}  // namespace webrtcserver::encoder_settings
