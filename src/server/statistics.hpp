// SPDX-License-Identifier: LGPL-2.1-or-later
// statistics.hpp — what a stream's browsers get or send, as a GstStructure.
#pragma once

#include <memory>

#include "base/ref.hpp"
#include "server/input_stream.hpp"
#include "server/output_stream.hpp"

namespace webrtcserver {

// From any thread but the server's; waits up to a second for webrtcbin's answers.
// application/x-webrtc-server-stats
//   viewers   uint
//   encoders  structure   "<pad>-<codec>" → factory name, of encoders that run now
//   ice-failures structure  reason (ice_report.hpp) → uint64: sessions that found no network path
//   sessions  structure   session name → application/x-webrtc-server-session:
//     connected boolean
//     tracks    structure   pad name → structure: codec (string), frames, key-frames, bytes,
//     dropped-frames (uint64;
//                           dropped before sending because the peer fell behind or had no key frame
//                           yet)
//     ice       structure   local, remote: structures with host, reflexive, relay, udp, tcp,
//     hidden,
//                           left-out (uint, of candidates); failure (string, a reason)
//     webrtc    structure   webrtcbin's get-stats, absent when it did not answer in time
Owned<GstStructure> collect_statistics(const std::shared_ptr<OutputStream>& stream);

// The same with publishers in place of viewers, no encoders, and tracks with codec, decoder
// (string; absent where nothing is decoded), packets, bytes, frames, dropped-frames (uint64; not
// taken by the pipeline in time).
Owned<GstStructure> collect_statistics(const std::shared_ptr<InputStream>& stream);

}  // namespace webrtcserver
