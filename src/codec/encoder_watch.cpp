// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_watch.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

namespace {

// For an answer, once a process goes on that was stopped.
constexpr std::chrono::seconds kGrace{1};

}  // namespace

bool EncoderWatch::note_input(TimePoint now) {
  const std::scoped_lock lock(mutex_);
  if (!waiting_since_) waiting_since_ = now;
  ++unanswered_;
  const Duration patience = answered_ ? patience_ : kToStart * patience_;
  if (now - *waiting_since_ < patience) return false;
  if (unanswered_ < kInputs) {
    // What has waited for a stopped process comes at once: more frames prove nothing without time.
    waiting_since_ = now - patience + std::min<Duration>(patience, kGrace);
    return false;
  }
  return !std::exchange(told_, true);
}

void EncoderWatch::note_output() {
  const std::scoped_lock lock(mutex_);
  waiting_since_.reset();
  unanswered_ = 0;
  answered_ = true;
}

}  // namespace webrtcserver
