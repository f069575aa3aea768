// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scene.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {

constexpr double kFramesPerMinute = 3600;

// Where the text begins, and how far it goes in a frame at speed 1: in shares of the picture. At
// speed 100 it crosses the width in a second and a half. The two have no common rhythm, so that it
// comes everywhere.
constexpr double kBeginX = 0.1;
constexpr double kBeginY = 0.3;
constexpr double kStepX = 0.000111;
constexpr double kStepY = 0.000137;

Bounce begin_x(int width) {
  return {kBeginX * width, kStepX * width};
}
Bounce begin_y(int height) {
  return {kBeginY * height, kStepY * height};
}

// Two digits each of red, green and blue.
void paint(cairo_t* cairo, unsigned colour) {
  cairo_set_source_rgb(cairo, (colour >> 16U & 255U) / 255.0, (colour >> 8U & 255U) / 255.0,
                       (colour & 255U) / 255.0);
}

// The shapes are drawn in a square of 1 × 1.
Tile square(int size, void (*draw)(cairo_t*)) {
  return {size, size, [=](cairo_t* cairo) {
            cairo_scale(cairo, size, size);
            draw(cairo);
          }};
}

void points(cairo_t* cairo) {
  paint(cairo, 0xffd54f);
  for (int row = 0; row < 5; ++row) {
    for (int column = 0; column < 5; ++column) {
      cairo_arc(cairo, 0.1 + 0.2 * column, 0.1 + 0.2 * row, 0.04, 0, 2 * std::numbers::pi);
      cairo_fill(cairo);
    }
  }
}

void lines(cairo_t* cairo) {
  paint(cairo, 0x4fc3f7);
  cairo_set_line_width(cairo, 0.02);
  for (int i = 0; i <= 8; ++i) {
    cairo_move_to(cairo, 0.05 + 0.9 * i / 8, 0.05);
    cairo_line_to(cairo, 0.95 - 0.9 * i / 8, 0.95);
  }
  cairo_stroke(cairo);
}

void rectangle(cairo_t* cairo) {
  paint(cairo, 0x81c784);
  cairo_rectangle(cairo, 0.05, 0.2, 0.9, 0.6);
  cairo_fill_preserve(cairo);
  paint(cairo, 0x2e7d32);
  cairo_set_line_width(cairo, 0.04);
  cairo_stroke(cairo);
}

void oval(cairo_t* cairo) {
  cairo_translate(cairo, 0.5, 0.5);
  cairo_scale(cairo, 0.48, 0.3);
  paint(cairo, 0xba68c8);
  cairo_arc(cairo, 0, 0, 1, 0, 2 * std::numbers::pi);
  cairo_fill(cairo);
}

void triangle(cairo_t* cairo) {
  paint(cairo, 0xe57373);
  cairo_move_to(cairo, 0.5, 0.05);
  cairo_line_to(cairo, 0.95, 0.9);
  cairo_line_to(cairo, 0.05, 0.9);
  cairo_close_path(cairo);
  cairo_fill(cairo);
}

int rounded(double value) {
  return static_cast<int>(std::lround(value));
}

}  // namespace

std::vector<Scene::Shape> Scene::make_shapes(int unit) {
  std::vector<Shape> shapes;
  shapes.push_back({square(unit, points), 0.2, 0.3, 0.1, 0.1, 9, 7});
  shapes.push_back({square(unit, lines), 0.8, 0.3, 0.1, 0.1, -8, 11});
  shapes.push_back({square(unit, rectangle), 0.5, 0.5, 0.3, 0.1, 5, 13});
  shapes.push_back({square(unit, oval), 0.2, 0.75, 0.1, 0.08, -10, 6});
  shapes.push_back({square(unit, triangle), 0.8, 0.75, 0.12, 0.08, 7, -12});
  return shapes;
}

Scene::Scene(int width, int height)
    : width_(width),
      height_(height),
      shapes_(make_shapes(height / 6)),
      x_(begin_x(width)),
      y_(begin_y(height)) {}

void Scene::set_text(const std::string& text) {
  Tile tile = Tile::of_text(text, height_ / 9, width_ * 9 / 10);
  const std::scoped_lock lock(mutex_);
  std::swap(text_, tile);
}

void Scene::set_speed(double speed) {
  const std::scoped_lock lock(mutex_);
  speed_ = std::clamp(speed, 0.0, kMaxSpeed);
}

void Scene::reset() {
  const std::scoped_lock lock(mutex_);
  x_ = begin_x(width_);
  y_ = begin_y(height_);
  frames_ = 0;
  bounces_ = 0;
}

GstVideoOverlayComposition* Scene::draw() {
  GstVideoOverlayComposition* composition = gst_video_overlay_composition_new(nullptr);
  const std::scoped_lock lock(mutex_);
  const double time = 2 * std::numbers::pi * static_cast<double>(frames_++) / kFramesPerMinute;
  for (const Shape& shape : shapes_) {
    const double x = shape.x + shape.reach_x * std::sin(shape.turns_x * time);
    const double y = shape.y + shape.reach_y * std::cos(shape.turns_y * time);
    shape.tile.add_to(composition, rounded(x * width_ - shape.tile.width() / 2.0),
                      rounded(y * height_ - shape.tile.height() / 2.0));
  }
  const bool across = x_.advance(speed_, width_ - text_.width());
  const bool along = y_.advance(speed_, height_ - text_.height());
  if (across || along) ++bounces_;
  text_.add_to(composition, rounded(x_.position()), rounded(y_.position()));
  return composition;
}

Scene::State Scene::state() const {
  const std::scoped_lock lock(mutex_);
  return {frames_,       bounces_,      rounded(x_.position()), rounded(y_.position()),
          text_.width(), text_.height()};
}
