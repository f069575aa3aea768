// SPDX-License-Identifier: LGPL-2.1-or-later
// scene.hpp — text that bounces over shapes that move.
#pragma once

#include <gst/video/video.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "bounce.hpp"
#include "tile.hpp"

// Everything is drawn once, into tiles; a frame only says where they lie, and GStreamer's
// `overlaycomposition` lays them over the picture. The same wishes at the same frames make the same
// film. Any thread.
class Scene {
 public:
  static constexpr double kMaxSpeed = 100;

  Scene(int width, int height);  // pixels of the picture

  void set_text(const std::string& text);
  void set_speed(double speed);  // 0 … kMaxSpeed
  void reset();                  // everything is where it was at first, and nothing has bounced

  // The next frame: everything moves on by one step, and is where the composition says.
  GstVideoOverlayComposition* draw();  // transfer full

  struct State {
    std::uint64_t frames;
    std::uint64_t bounces;
    int x, y, width, height;  // of the text, in pixels of the picture
  };
  State state() const;

 private:
  struct Shape {
    Tile tile;
    double x, y;              // the middle of its way, in shares of the picture
    double reach_x, reach_y;  // how far it goes from there, likewise
    double turns_x, turns_y;  // to and fro, in a minute of 60 frames/s
  };

  static std::vector<Shape> make_shapes(int unit);

  const int width_;
  const int height_;
  const std::vector<Shape> shapes_;
  mutable std::mutex mutex_;
  Tile text_;                  // guarded by mutex_
  double speed_ = 50;          // guarded by mutex_
  Bounce x_;                   // guarded by mutex_
  Bounce y_;                   // guarded by mutex_
  std::uint64_t frames_ = 0;   // guarded by mutex_
  std::uint64_t bounces_ = 0;  // guarded by mutex_
};
