// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/pixels.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.hpp"
#include "capi/attempt.hpp"
#include "capi/pixels_private.hpp"
#include "video/frame_copy.hpp"

using webrtcserver::ApplicationPixels;
using webrtcserver::attempt;

G_DEFINE_BOXED_TYPE(GstWebRTCServerPixels, gst_webrtc_server_pixels, gst_webrtc_server_pixels_copy,
                    gst_webrtc_server_pixels_free)

namespace webrtcserver {

namespace {

// An enumeration of C is any number; what is none of its values is refused in words.
template <typename Of, typename Value>
Of checked(const Value& value, int last, const char* what) {
  // To read such a number as its type would be undefined.
  int number = 0;
  static_assert(sizeof(number) == sizeof(value));
  std::memcpy(&number, &value, sizeof(number));
  if (number >= 0 && number <= last) return static_cast<Of>(number);
  throw Error(ErrorCode::kFailed, std::string("There is no ") + what +
                                      " of pixels that is number " + std::to_string(number) + ".");
}

constexpr bool same(GstWebRTCServerPixelLayout c, PixelLayout cpp) {
  return static_cast<int>(c) == static_cast<int>(cpp);
}

// A layout of C becomes one of ours by a cast.
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8, PixelLayout::kRgb8));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA8, PixelLayout::kRgba8));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGR8, PixelLayout::kBgr8));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGRA8, PixelLayout::kBgra8));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_GRAY8, PixelLayout::kGray8));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB_FLOAT, PixelLayout::kRgbFloat));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA_FLOAT, PixelLayout::kRgbaFloat));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_PLANAR_RGB_FLOAT, PixelLayout::kPlanarRgbFloat));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12, PixelLayout::kNv12));
static_assert(same(GST_WEBRTC_SERVER_PIXEL_LAYOUT_I420, PixelLayout::kI420));

}  // namespace

ApplicationPixels application_pixels_of(const GstWebRTCServerPixels& from) {
  ApplicationPixels to;
  to.pixels.layout =
      checked<PixelLayout>(from.layout, GST_WEBRTC_SERVER_PIXEL_LAYOUT_I420, "layout");
  to.memory =
      checked<PixelMemory>(from.memory, GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE, "kind of memory");
  to.matrix = checked<PixelMatrix>(from.matrix, GST_WEBRTC_SERVER_PIXEL_MATRIX_BT709, "matrix");
  to.pixels.width = from.width;
  to.pixels.height = from.height;
  std::copy_n(from.planes, 3, to.pixels.planes.begin());
  std::copy_n(from.strides, 3, to.pixels.strides.begin());
  to.stream = from.stream;
  to.full_range = from.full_range != FALSE;
  to.white = from.white;
  std::copy_n(from.mean, 3, to.mean.begin());
  std::copy_n(from.deviation, 3, to.deviation.begin());
  to.pts = from.pts;
  complete(to);
  return to;
}

void tell_frame(const ApplicationPixels& from, GstWebRTCServerPixels& to) {
  to.pts = from.pts;
  to.matrix = static_cast<GstWebRTCServerPixelMatrix>(from.matrix);
  to.full_range = from.full_range ? TRUE : FALSE;
}

}  // namespace webrtcserver

/**
 * gst_webrtc_server_pixels_new:
 * @layout: how the pixels lie
 * @width: in pixels
 * @height: in pixels
 *
 * A description of a picture, as [method@Pixels.init] makes it, for languages that have no
 * variables of C's.
 *
 * Returns: (transfer full): a description without an address
 *
 * Since: 0.1
 */
GstWebRTCServerPixels* gst_webrtc_server_pixels_new(GstWebRTCServerPixelLayout layout, gint width,
                                                    gint height) {
  auto* self = g_new(GstWebRTCServerPixels, 1);
  gst_webrtc_server_pixels_init(self, layout, width, height);
  return self;
}

/**
 * gst_webrtc_server_pixels_init: (skip)
 * @self: a description of a picture, or memory for one
 * @layout: how the pixels lie
 * @width: in pixels
 * @height: in pixels
 *
 * Sets everything to what it is most often: no address yet, rows without gaps, memory that is found
 * out, the default stream, white that is 1, no mean, a deviation of 1, and no time.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_init(GstWebRTCServerPixels* self, GstWebRTCServerPixelLayout layout,
                                   gint width, gint height) {
  g_return_if_fail(self);
  *self = GstWebRTCServerPixels{};
  self->layout = layout;
  self->width = width;
  self->height = height;
  self->white = 1;
  std::fill_n(self->deviation, 3, 1.0F);
  self->pts = GST_CLOCK_TIME_NONE;
}

/**
 * gst_webrtc_server_pixels_copy:
 * @self: a description of a picture
 *
 * Makes a copy of the description; the pixels stay where they are.
 *
 * Returns: (transfer full): a description of the same picture
 *
 * Since: 0.1
 */
GstWebRTCServerPixels* gst_webrtc_server_pixels_copy(const GstWebRTCServerPixels* self) {
  g_return_val_if_fail(self, nullptr);
  auto* copy = g_new(GstWebRTCServerPixels, 1);
  *copy = *self;
  return copy;
}

/**
 * gst_webrtc_server_pixels_free:
 * @self: (transfer full): a description of a picture
 *
 * Frees the description; the pixels are the application's.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_free(GstWebRTCServerPixels* self) {
  g_free(self);
}

/**
 * gst_webrtc_server_pixels_set_plane:
 * @self: a description of a picture
 * @plane: from 0 to 2
 * @address: of its first pixel
 * @stride: bytes from a row to the next; 0: without a gap
 *
 * Says where a plane is, for languages in which an address is a number.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_set_plane(GstWebRTCServerPixels* self, guint plane, gsize address,
                                        gssize stride) {
  g_return_if_fail(self && plane < G_N_ELEMENTS(self->planes));
  self->planes[plane] = GSIZE_TO_POINTER(address);
  self->strides[plane] = stride;
}

/**
 * gst_webrtc_server_pixels_set_stream:
 * @self: a description of a picture
 * @stream: the CUstream (cudaStream_t), as a number; 0: the default stream
 *
 * Says on which stream the pixels are made or used, for languages in which an address is a number.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_set_stream(GstWebRTCServerPixels* self, gsize stream) {
  g_return_if_fail(self);
  self->stream = GSIZE_TO_POINTER(stream);
}

/**
 * gst_webrtc_server_pixels_set_mean:
 * @self: a description of a picture
 * @red: what is subtracted from red, which goes from 0 to white
 * @green: the same of green
 * @blue: the same of blue
 *
 * Says by what floats are lower than colours.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_set_mean(GstWebRTCServerPixels* self, gfloat red, gfloat green,
                                       gfloat blue) {
  g_return_if_fail(self);
  self->mean[0] = red;
  self->mean[1] = green;
  self->mean[2] = blue;
}

/**
 * gst_webrtc_server_pixels_set_deviation:
 * @self: a description of a picture
 * @red: what red is divided by, behind the subtraction of the mean
 * @green: the same of green
 * @blue: the same of blue
 *
 * Says by how much floats are closer together than colours.
 *
 * Since: 0.1
 */
void gst_webrtc_server_pixels_set_deviation(GstWebRTCServerPixels* self, gfloat red, gfloat green,
                                            gfloat blue) {
  g_return_if_fail(self);
  self->deviation[0] = red;
  self->deviation[1] = green;
  self->deviation[2] = blue;
}

/**
 * gst_webrtc_server_pixels_fill:
 * @self: where to: memory that can be written, of the size of the frame
 * @frame: (transfer none): a frame of raw video, as [method@VideoSource.capture] gives it
 * @error: return location for a #GError
 *
 * Writes a frame into an application's memory, in the layout that is asked for. The time, the
 * matrix and the range of the frame are written into @self.
 *
 * In the machine's own memory the picture is there when this returns. On a CUDA device it is there
 * for what is queued on the stream of @self behind this call, which waits for nothing.
 *
 * Returns: %FALSE with @error for a frame of another size, an address that is none, a device that
 *   is not there; then nothing has been written
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_pixels_fill(GstWebRTCServerPixels* self, GstSample* frame,
                                       GError** error) {
  g_return_val_if_fail(self && GST_IS_SAMPLE(frame), FALSE);
  return attempt(error, [&] {
    ApplicationPixels pixels = webrtcserver::application_pixels_of(*self);
    webrtcserver::copy_frame(frame, pixels);
    webrtcserver::tell_frame(pixels, *self);
  });
}
