/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

/**
 * GstWebRTCServerPixelLayout:
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8: three bytes a pixel: red, green, blue
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA8: four bytes a pixel; what is transparent is not looked at
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGR8: three bytes a pixel, blue first: OpenCV's
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGRA8: four bytes a pixel, blue first
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_GRAY8: one byte a pixel
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB_FLOAT: three floats a pixel
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA_FLOAT: four floats a pixel
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_PLANAR_RGB_FLOAT: floats in three planes, red, green, blue: the
 *   channel × height × width (CHW) of neural networks
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12: 4:2:0 in two planes: Y, and U and V by turns
 * @GST_WEBRTC_SERVER_PIXEL_LAYOUT_I420: 4:2:0 in three planes: Y, U, V
 *
 * How the pixels of an application lie in memory.
 *
 * Since: 0.1
 */
typedef enum {
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA8,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGR8,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGRA8,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_GRAY8,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB_FLOAT,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA_FLOAT,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_PLANAR_RGB_FLOAT,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12,
  GST_WEBRTC_SERVER_PIXEL_LAYOUT_I420,
} GstWebRTCServerPixelLayout;

#define GST_TYPE_WEBRTC_SERVER_PIXEL_LAYOUT (gst_webrtc_server_pixel_layout_get_type())
GST_WEBRTC_SERVER_API
GType gst_webrtc_server_pixel_layout_get_type(void);

/**
 * GstWebRTCServerPixelMemory:
 * @GST_WEBRTC_SERVER_PIXEL_MEMORY_AUTO: where CUDA's driver says, if the program uses it
 * @GST_WEBRTC_SERVER_PIXEL_MEMORY_HOST: the machine's own memory
 * @GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE: the memory of an NVIDIA GPU
 *
 * Where the pixels of an application are. AUTO asks the driver about the address; in a program that
 * has not loaded one it is the machine's own.
 *
 * Since: 0.1
 */
typedef enum {
  GST_WEBRTC_SERVER_PIXEL_MEMORY_AUTO,
  GST_WEBRTC_SERVER_PIXEL_MEMORY_HOST,
  GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE,
} GstWebRTCServerPixelMemory;

#define GST_TYPE_WEBRTC_SERVER_PIXEL_MEMORY (gst_webrtc_server_pixel_memory_get_type())
GST_WEBRTC_SERVER_API
GType gst_webrtc_server_pixel_memory_get_type(void);

/**
 * GstWebRTCServerPixelMatrix:
 * @GST_WEBRTC_SERVER_PIXEL_MATRIX_AUTO: BT.601 up to 576 rows, BT.709 above
 * @GST_WEBRTC_SERVER_PIXEL_MATRIX_BT601: ITU-R BT.601
 * @GST_WEBRTC_SERVER_PIXEL_MATRIX_BT709: ITU-R BT.709
 *
 * What Y, U and V are made of.
 *
 * Since: 0.1
 */
typedef enum {
  GST_WEBRTC_SERVER_PIXEL_MATRIX_AUTO,
  GST_WEBRTC_SERVER_PIXEL_MATRIX_BT601,
  GST_WEBRTC_SERVER_PIXEL_MATRIX_BT709,
} GstWebRTCServerPixelMatrix;

#define GST_TYPE_WEBRTC_SERVER_PIXEL_MATRIX (gst_webrtc_server_pixel_matrix_get_type())
GST_WEBRTC_SERVER_API
GType gst_webrtc_server_pixel_matrix_get_type(void);

typedef struct _GstWebRTCServerPixels GstWebRTCServerPixels;

/**
 * GstWebRTCServerPixels:
 * @layout: how the pixels lie
 * @memory: where they are
 * @width: in pixels
 * @height: in pixels
 * @planes: the address of each plane's first pixel, in the machine's memory or the GPU's. Of a
 *   layout with several, %NULL of all but the first says that they follow it without a gap
 * @strides: bytes from a row to the next, of each plane; 0: its rows follow each other without a
 *   gap
 * @stream: the CUstream (cudaStream_t) on which the pixels are made, or will be used; %NULL: the
 *   default stream. Of the machine's own memory it means nothing
 * @matrix: of Y, U and V: those of NV12 and I420, or those that are made of other layouts. A frame
 *   that is captured writes its own here
 * @full_range: whether Y, U and V of NV12 and I420 have all values from 0 to 255, not those of
 *   video, from 16 to 235 and 240. Of other layouts it means nothing. A
 *   frame that is captured writes its own here
 * @white: of floats, the value that is white: 1 unless it is set; jetson-utils has 255
 * @mean: of floats, what was subtracted from red, green and blue
 * @deviation: of floats, by what they were divided then: a float is (colour - mean) / deviation,
 *   where colour goes from 0 to @white
 * @pts: when the picture is to be seen, in nanoseconds; %GST_CLOCK_TIME_NONE: when it is rendered.
 *   [method@Pixels.fill] and [method@VideoSource.capture_into] write the time of the frame here
 *
 * A picture in an application's own memory, the machine's or a CUDA device's. It has no memory
 * itself: the addresses are the application's, and stay so.
 *
 * In C it is a variable, made by [method@Pixels.init], whose members are set:
 *
 * ```c
 * GstWebRTCServerPixels pixels;
 *
 * gst_webrtc_server_pixels_init (&pixels, GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA8, 1280, 720);
 * pixels.planes[0] = address;
 * pixels.memory = GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE;
 * pixels.stream = stream;
 * gst_webrtc_server_video_output_render_pixels (output, &pixels, &error);
 * ```
 *
 * Since: 0.1
 */
struct _GstWebRTCServerPixels {
  GstWebRTCServerPixelLayout layout;
  GstWebRTCServerPixelMemory memory;
  gint width;
  gint height;
  gpointer planes[3];
  gssize strides[3];
  gpointer stream;
  GstWebRTCServerPixelMatrix matrix;
  gboolean full_range;
  gfloat white;
  gfloat mean[3];
  gfloat deviation[3];
  GstClockTime pts;

  /*< private >*/
  gpointer _gst_reserved[12];
};

#define GST_TYPE_WEBRTC_SERVER_PIXELS (gst_webrtc_server_pixels_get_type())
GST_WEBRTC_SERVER_API
GType gst_webrtc_server_pixels_get_type(void);

GST_WEBRTC_SERVER_API
GstWebRTCServerPixels* gst_webrtc_server_pixels_new(GstWebRTCServerPixelLayout layout, gint width,
                                                    gint height);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_init(GstWebRTCServerPixels* self, GstWebRTCServerPixelLayout layout,
                                   gint width, gint height);
GST_WEBRTC_SERVER_API
GstWebRTCServerPixels* gst_webrtc_server_pixels_copy(const GstWebRTCServerPixels* self);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_free(GstWebRTCServerPixels* self);

GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_set_plane(GstWebRTCServerPixels* self, guint plane, gsize address,
                                        gssize stride);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_set_stream(GstWebRTCServerPixels* self, gsize stream);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_set_mean(GstWebRTCServerPixels* self, gfloat red, gfloat green,
                                       gfloat blue);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_pixels_set_deviation(GstWebRTCServerPixels* self, gfloat red, gfloat green,
                                            gfloat blue);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_pixels_fill(GstWebRTCServerPixels* self, GstSample* frame,
                                       GError** error);

G_END_DECLS
