// SPDX-License-Identifier: LGPL-2.1-or-later
// retime.hpp — the same memory in a buffer of its own, with other timestamps.
// Pure functions; usable on any thread.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

// A buffer that shares the memory of `buffer` and has its timestamps, flags and metadata. The
// original stays alive with it, so that a pool upstream does not write to the memory meanwhile.
Ref<GstBuffer> share(const Ref<GstBuffer>& buffer);

// As gst_buffer_copy(), which keeps the original alive for its memory alone; but memory that is
// marked unshareable is shared too.
Ref<GstBuffer> shallow_copy(GstBuffer* buffer);

// What share() gives, presented at `time`.
Ref<GstBuffer> retime(const Ref<GstBuffer>& buffer, GstClockTime time);

}  // namespace webrtcserver
