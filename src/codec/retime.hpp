// SPDX-License-Identifier: LGPL-2.1-or-later
// retime.hpp — the same memory with other timestamps.
// Pure function; usable on any thread.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

// A buffer that shares the memory of `buffer`, presented at `time`. The original stays alive with
// it, so that a pool upstream does not write to the memory meanwhile.
Ref<GstBuffer> retime(const Ref<GstBuffer>& buffer, GstClockTime time);

}  // namespace webrtcserver
