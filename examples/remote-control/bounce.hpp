// SPDX-License-Identifier: LGPL-2.1-or-later
// bounce.hpp — one coordinate of something that goes to and fro between two walls.
#pragma once

#include <algorithm>
#include <cmath>

// The walls are at 0 and at `room`, in pixels. Any thread, one at a time.
class Bounce {
 public:
  Bounce(double position, double direction) : position_(position), direction_(direction) {}

  double position() const { return position_; }

  // A step of direction × speed; true where it met a wall. What is beyond a wall is reflected, and
  // a step that is longer than the room ends at a wall.
  bool advance(double speed, double room) {
    room = std::max(room, 0.0);
    // The room may have become smaller: that is no bounce.
    position_ = std::min(position_, room) + direction_ * speed;
    if (position_ >= 0 && position_ <= room) return false;
    const bool low = position_ < 0;
    position_ = std::clamp(low ? -position_ : 2 * room - position_, 0.0, room);
    direction_ = low ? std::abs(direction_) : -std::abs(direction_);
    // Without room there are no walls to meet.
    return room > 0;
  }

 private:
  double position_;   // pixels
  double direction_;  // pixels for each frame and unit of speed
};
