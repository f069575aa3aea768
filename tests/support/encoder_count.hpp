// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_count.hpp — how many encoders and decoders of video the process has made.
#pragma once

namespace webrtcserver::test {

struct CodecCount {
  unsigned encoders = 0;
  unsigned decoders = 0;
};

// Since the last call. Elements that only were asked whether they work (they never leave READY) do
// not count. The first call begins to look.
CodecCount count_codecs();

}  // namespace webrtcserver::test
