// SPDX-License-Identifier: LGPL-2.1-or-later
// received_video.hpp — what a viewer gets of H.264, packet by packet, and what it would show.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "support/picture_samples.hpp"
#include "support/remote_peer.hpp"

namespace webrtcserver::test {

class ReceivedVideo {
 public:
  // Before the viewer answers. Lives as long as the viewer.
  void listen(RemotePeer& peer);

  // So far, without retransmissions.
  std::size_t packets() const;
  std::size_t key_frames() const;
  // One source, one payload type, and numbers and times that go on: a test fails otherwise. Some
  // may have been lost on the way; another encoder's own numbers would be far off.
  void expect_one_stream() const;
  // Of the middle of each picture that a decoder makes of it.
  std::vector<Colour> colours() const;

 private:
  std::vector<RemotePeer::Packet> copy() const;

  mutable std::mutex mutex_;
  std::vector<RemotePeer::Packet> packets_;  // guarded by mutex_
};

}  // namespace webrtcserver::test
