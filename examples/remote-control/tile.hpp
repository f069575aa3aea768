// SPDX-License-Identifier: LGPL-2.1-or-later
// tile.hpp — a small picture, drawn once with cairo and laid over many frames.
#pragma once

#include <cairo.h>
#include <gst/video/video.h>

#include <functional>
#include <memory>
#include <string>

// Immutable once it is made: any thread.
class Tile {
 public:
  Tile() = default;  // nothing to see
  Tile(int width, int height, const std::function<void(cairo_t*)>& draw);

  // One line of text, as large as `height` says or smaller, so that it is no wider than `widest`.
  // Pango finds fonts for whatever letters there are. All in pixels.
  static Tile of_text(const std::string& text, int height, int widest);

  int width() const { return width_; }
  int height() const { return height_; }

  // Lays it over a frame with its upper left corner at (x, y).
  void add_to(GstVideoOverlayComposition* composition, int x, int y) const;

 private:
  struct Unref {
    void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  };

  int width_ = 0;
  int height_ = 0;
  std::unique_ptr<GstBuffer, Unref> pixels_;
};
