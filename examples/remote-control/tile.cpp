// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tile.hpp"

#include <pango/pangocairo.h>

#include <algorithm>

namespace {

struct LayoutUnref {
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
};
using Layout = std::unique_ptr<PangoLayout, LayoutUnref>;

Layout lay_out(cairo_t* cairo, const std::string& text, double size) {
  Layout layout(pango_cairo_create_layout(cairo));
  PangoFontDescription* font = pango_font_description_from_string("Sans Bold");
  pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

}  // namespace

Tile::Tile(int width, int height, const std::function<void(cairo_t*)>& draw)
    : width_(width), height_(height) {
  const auto stride = cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, width);
  const auto size = static_cast<gsize>(stride) * static_cast<gsize>(height);
  auto* data = static_cast<guint8*>(g_malloc0(size));
  cairo_surface_t* surface =
      cairo_image_surface_create_for_data(data, CAIRO_FORMAT_ARGB32, width, height, stride);
  cairo_t* cairo = cairo_create(surface);
  draw(cairo);
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  pixels_.reset(gst_buffer_new_wrapped(data, size));
  gst_buffer_add_video_meta(pixels_.get(), GST_VIDEO_FRAME_FLAG_NONE,
                            GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, static_cast<guint>(width),
                            static_cast<guint>(height));
}

Tile Tile::of_text(const std::string& text, int height, int widest) {
  // The size of a line is known once it is laid out, for which cairo wants a surface.
  int width = 0;
  double size = height;
  const Tile measured(1, 1, [&](cairo_t* cairo) {
    pango_layout_get_pixel_size(lay_out(cairo, text, size).get(), &width, nullptr);
    if (width > widest) {
      size *= static_cast<double>(widest) / width;
      pango_layout_get_pixel_size(lay_out(cairo, text, size).get(), &width, nullptr);
    }
    int tall = 0;
    pango_layout_get_pixel_size(lay_out(cairo, text, size).get(), nullptr, &tall);
    height = tall;
  });
  width = std::min(width, widest);
  if (width <= 0 || height <= 0) return {};
  return {width, height, [&](cairo_t* cairo) {
            cairo_set_source_rgb(cairo, 1, 1, 1);
            pango_cairo_show_layout(cairo, lay_out(cairo, text, size).get());
          }};
}

void Tile::add_to(GstVideoOverlayComposition* composition, int x, int y) const {
  if (!pixels_) return;
  GstVideoOverlayRectangle* rectangle = gst_video_overlay_rectangle_new_raw(
      pixels_.get(), x, y, static_cast<guint>(width_), static_cast<guint>(height_),
      GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
  gst_video_overlay_composition_add_rectangle(composition, rectangle);
  gst_video_overlay_rectangle_unref(rectangle);
}
