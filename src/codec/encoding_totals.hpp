// SPDX-License-Identifier: LGPL-2.1-or-later
// encoding_totals.hpp — what has been encoded for one codec of one pad, by however many encoders
// came and went. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace webrtcserver {

struct EncodingTotals {
  std::atomic<std::uint64_t> frames{0};
  std::atomic<std::uint64_t> key_frames{0};
  std::atomic<std::uint64_t> bytes{0};  // as RTP
  // That the encoder, or the source of encoded input, was asked for.
  std::atomic<std::uint64_t> requested_key_frames{0};
  // The log has said that pictures have to be downloaded from a GPU.
  std::atomic<bool> download_told{false};
};

}  // namespace webrtcserver
