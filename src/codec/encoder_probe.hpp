// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_probe.hpp — whether an encoder makes a frame of a picture, where reaching READY proves
// nothing: stubs without hardware behind them, drivers that list more than they do. Usable on any
// thread; it waits.
#pragma once

#include <chrono>
#include <string>

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

inline constexpr std::chrono::milliseconds kFirstFrameTime{5000};

// Why `encoder` gives no frame for a small picture in system memory, through `input`; empty when it
// does. A driver that never answers is left behind, on a thread of its own, after `patience`.
std::string failure_to_encode(const Encoder& encoder, const EncoderInput& input,
                              std::chrono::milliseconds patience = kFirstFrameTime);

}  // namespace webrtcserver
