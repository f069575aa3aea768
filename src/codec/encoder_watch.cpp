// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_watch.hpp"

#include <utility>

namespace webrtcserver {

bool EncoderWatch::note_input(TimePoint now) {
  const std::scoped_lock lock(mutex_);
  if (!waiting_since_) waiting_since_ = now;
  ++unanswered_;
  const Duration patience = answered_ ? patience_ : kToStart * patience_;
  if (unanswered_ < kInputs || now - *waiting_since_ < patience) return false;
  return !std::exchange(told_, true);
}

void EncoderWatch::note_output() {
  const std::scoped_lock lock(mutex_);
  waiting_since_.reset();
  unanswered_ = 0;
  answered_ = true;
}

}  // namespace webrtcserver
