// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation_event.hpp — what somebody does with mouse, keyboard or fingers on the picture, in the
// words of gst-plugins-rs's webrtcsink (docs/navigation.md). Pure functions; usable on any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/json.hpp"

namespace webrtcserver {

struct NavigationEvent {
  enum class Type {
    kMouseMove,
    kMouseButtonPress,
    kMouseButtonRelease,
    kMouseScroll,
    kKeyPress,
    kKeyRelease,
    kTouchDown,
    kTouchMotion,
    kTouchUp,
    kTouchFrame,
    kTouchCancel,
    kCommand,
  };

  Type type = Type::kMouseMove;
  unsigned track = 0;  // which of the stream's pictures, in the order of its pads
  // Pixels of a picture of width by height; of the pad's caps where these are 0.
  double x = 0;
  double y = 0;
  int width = 0;
  int height = 0;
  double delta_x = 0;  // of the wheel
  double delta_y = 0;
  int button = 0;                                              // from 1
  unsigned identifier = 0;                                     // of a finger
  double pressure = std::numeric_limits<double>::quiet_NaN();  // 0 to 1; NaN: unknown
  std::string key;                                             // an X keysym's name
  unsigned command = 0;                                        // a GstNavigationCommand
  unsigned modifiers = 0;                                      // GstNavigationModifierType

  // The next one makes it obsolete.
  bool is_move() const { return type == Type::kMouseMove || type == Type::kTouchMotion; }
  bool has_position() const;
};

// {"type":"navigationEvent","event":{"event":"MouseMove","x":1,"y":2},"track":0}: `request` has
// been found to be one. Throws ControlError, with `id`.
NavigationEvent read_navigation(std::int64_t id, const JsonReader& request);

}  // namespace webrtcserver
