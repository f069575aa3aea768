// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/key_frame_requests.hpp"

namespace webrtcserver {

namespace {

// Two answers off the beat are no coincidence.
constexpr int kProof = 2;

}  // namespace

bool KeyFrameRequests::request(TimePoint now) {
  wanted_ = true;
  return poll(now);
}

bool KeyFrameRequests::poll(TimePoint now) {
  if (learns_ && unanswered_ && now - *unanswered_ > kAnswerTime) {
    source_ = Source::kIgnores;
    granted_ = 0;
  }
  return due(now) && ask(now);
}

bool KeyFrameRequests::due(TimePoint now) const {
  if (asked_ && now - *asked_ < kInterval) return false;
  if (unanswered_) {
    // Whoever wants one now is served by the one that is on its way, unless that got lost.
    return now - *asked_ >= kRepeat && (wanted_ || source_ != Source::kIgnores);
  }
  return wanted_;
}

bool KeyFrameRequests::ask(TimePoint now) {
  wanted_ = false;
  asked_ = now;
  if (!unanswered_) unanswered_ = now;
  return true;
}

void KeyFrameRequests::on_key_frame(TimePoint now) {
  if (learns_) learn_from(now);
  last_key_ = now;
  unanswered_.reset();
  wanted_ = false;
}

void KeyFrameRequests::learn_from(TimePoint now) {
  std::optional<Duration> interval;
  if (last_key_) interval = now - *last_key_;
  if (unanswered_ && interval) {
    if (now - *unanswered_ > kAnswerTime) {
      source_ = Source::kIgnores;
      granted_ = 0;
    } else if (usual_interval_) {
      // A camera with a short, regular group of pictures answers every request by chance.
      const Duration difference = *interval > *usual_interval_ ? *interval - *usual_interval_
                                                               : *usual_interval_ - *interval;
      if (difference * 5 > *usual_interval_ && ++granted_ >= kProof) source_ = Source::kObeys;
    }
  }
  if (interval) usual_interval_ = interval;
}

void KeyFrameRequests::restart() {
  unanswered_.reset();
  last_key_.reset();
  usual_interval_.reset();
}

}  // namespace webrtcserver
