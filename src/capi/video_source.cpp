// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/video_source.h>

#include <memory>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/pixels_private.hpp"
#include "capi/video_options_private.hpp"
#include "video/video_source.hpp"

/**
 * GstWebRTCServerVideoSource:
 *
 * Frames of a camera, a file, a stream or a screen.
 *
 * Reads video from an address and hands it out frame by frame. No pipeline has to be built for it:
 *
 * ```python
 * source = GstWebRTCServer.VideoSource.new("/dev/video0")
 * while source.is_streaming():
 *     frame = source.capture(1000)
 *     if frame is not None:
 *         look_at(frame)
 * ```
 *
 * - `/dev/video0`, `v4l2:///dev/video0`: a camera
 * - `csi://0`: a camera of an NVIDIA Jetson or a Raspberry Pi
 * - `rtsp://user:password@host/path`: an RTSP server
 * - `rtp://@:5004?encoding=H264`: RTP that arrives at a port; `payload` and `clock-rate` may follow
 * - `webrtc://@:8554/input`, `webrtcs://…`: what browsers send to a server of this process
 * - `whep://host/path`, `wheps://…`: a WHEP server
 * - `screen://`, `screen://0`: an X display
 * - `test://`, `test://ball`: a test picture, one of the patterns of videotestsrc
 * - `movie.mp4`, `file:///home/me/movie.mp4`: a file of any kind that GStreamer reads
 * - `http://host/movie.mp4`, `https://…`: a file or HLS
 * - `img_%04d.jpg`, a folder, or a wildcard such as `shot_*.png`: images, 30 a second or as many as
 *   `input-rate` says
 *
 * Of something live the newest frames are kept, and the oldest dropped where they are not captured
 * in time: an application that is slow sees fewer of them, and none that is old. A file waits for
 * who captures, and is read as fast as that.
 *
 * There is no sound. Functions may be called from any thread; where several capture, each frame
 * goes to one of them. In a child of fork() they fail: make a source there.
 *
 * Since: 0.1
 */

using webrtcserver::attempt;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::VideoSource;

struct _GstWebRTCServerVideoSource {
  GObject parent;
  std::shared_ptr<VideoSource> source;
};

G_DEFINE_TYPE(GstWebRTCServerVideoSource, gst_webrtc_server_video_source, G_TYPE_OBJECT)

static void gst_webrtc_server_video_source_finalize(GObject* object) {
  auto* self = GST_WEBRTC_SERVER_VIDEO_SOURCE(object);
  guard("closing a video source", [&] {
    if (self->source) VideoSource::release(std::move(self->source));
  });
  std::destroy_at(&self->source);
  G_OBJECT_CLASS(gst_webrtc_server_video_source_parent_class)->finalize(object);
}

static void gst_webrtc_server_video_source_class_init(GstWebRTCServerVideoSourceClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_webrtc_server_video_source_finalize;
}

static void gst_webrtc_server_video_source_init(GstWebRTCServerVideoSource* self) {
  new (&self->source) std::shared_ptr<VideoSource>();
}

/**
 * gst_webrtc_server_video_source_new:
 * @uri: what to read: an address or a path
 * @error: return location for a #GError
 *
 * As gst_webrtc_server_video_source_new_with_options(), with all options at their defaults.
 *
 * Returns: (transfer full): a source, or %NULL with @error
 *
 * Since: 0.1
 */
GstWebRTCServerVideoSource* gst_webrtc_server_video_source_new(const gchar* uri, GError** error) {
  return gst_webrtc_server_video_source_new_with_options(uri, nullptr, error);
}

/**
 * gst_webrtc_server_video_source_new_with_options:
 * @uri: what to read: an address or a path
 * @options: (nullable): how; %NULL: all at their defaults
 * @error: return location for a #GError
 *
 * Makes a source, which is opened by gst_webrtc_server_video_source_open() or with the first
 * capture. What can be known to be wrong without opening is an error here.
 *
 * Returns: (transfer full): a source, or %NULL with @error of #GstWebRTCServerError: an address
 * that cannot be read (%GST_WEBRTC_SERVER_ERROR_INVALID_URI); a file or device that is not there, a
 *   GStreamer element that is not installed, options that cannot be or contradict each other
 *   (%GST_WEBRTC_SERVER_ERROR_FAILED)
 *
 * Since: 0.1
 */
GstWebRTCServerVideoSource* gst_webrtc_server_video_source_new_with_options(
    const gchar* uri, GstWebRTCServerVideoOptions* options, GError** error) {
  g_return_val_if_fail(uri && (!options || GST_WEBRTC_SERVER_IS_VIDEO_OPTIONS(options)), nullptr);
  std::shared_ptr<VideoSource> source;
  const bool made = attempt(error, [&] {
    if (!gst_is_initialized())
      throw Error(ErrorCode::kFailed, "GStreamer is not initialised; call gst_init() first.");
    source = VideoSource::create(uri, webrtcserver::video_options_of(options));
  });
  if (!made) return nullptr;
  auto* self =
      GST_WEBRTC_SERVER_VIDEO_SOURCE(g_object_new(GST_TYPE_WEBRTC_SERVER_VIDEO_SOURCE, nullptr));
  self->source = std::move(source);
  return self;
}

/**
 * gst_webrtc_server_video_source_open:
 * @self: a source
 * @error: return location for a #GError
 *
 * Opens the input and waits until it is known whether it can be read: of a file or a server
 * elsewhere that is its first frame, for at most half a minute; a server of this process listens
 * then. Once it is open, this does nothing.
 *
 * Returns: %FALSE with @error, the cause in its words: no decoder, a file that is no video or has
 *   sound only, a device that another program uses, a server that refuses, a port in use
 *   (%GST_WEBRTC_SERVER_ERROR_ADDRESS_IN_USE)
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_source_open(GstWebRTCServerVideoSource* self, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, FALSE);
  return attempt(error, [&] { self->source->open(); });
}

/**
 * gst_webrtc_server_video_source_capture:
 * @self: a source
 * @timeout_ms: how many milliseconds to wait for a frame; 0: not at all, -1: as long as it takes
 * @error: return location for a #GError
 *
 * The next frame, with its caps and its time: the PTS of the buffer begins near zero when the
 * source is opened and never goes back, also where a file is played again (of encoded frames with
 * B-frames the DTS does not). It may be shared with others: make it writable before writing.
 *
 * What is wrong with an input that is open is told here, once; then
 * gst_webrtc_server_video_source_is_streaming() is %FALSE.
 *
 * Returns: (transfer full) (nullable): a frame. %NULL without an error: none has come in time, or
 *   the input has ended or was closed; gst_webrtc_server_video_source_is_streaming() tells. %NULL
 *   with an error: the input has failed, as in gst_webrtc_server_video_source_open() or later
 *
 * Since: 0.1
 */
GstSample* gst_webrtc_server_video_source_capture(GstWebRTCServerVideoSource* self, gint timeout_ms,
                                                  GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, nullptr);
  Ref<GstSample> frame;
  attempt(error, [&] { frame = self->source->capture(timeout_ms); });
  return frame.release();
}

/**
 * gst_webrtc_server_video_source_capture_into:
 * @self: a source
 * @pixels: where to: memory that can be written, of the size of the frame
 * @timeout_ms: how many milliseconds to wait for a frame; 0: not at all, -1: as long as it takes
 * @error: return location for a #GError
 *
 * The next frame, as gst_webrtc_server_video_source_capture() gives it, in the application's own
 * memory and in the layout that it names: [method@Pixels.fill]. The time, the matrix and the range
 * of the frame are written into @pixels.
 *
 * A frame that does not fit, because the input has changed its size, stays: it is the next one that
 * is captured, here or by gst_webrtc_server_video_source_capture(). The options `input-width` and
 * `input-height` keep the size as it is.
 *
 * Returns: whether there is a frame. %FALSE without an error: none has come in time, or the input
 *   has ended or was closed; gst_webrtc_server_video_source_is_streaming() tells. %FALSE with an
 *   error: the input has failed, or the frame does not fit, and nothing was written
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_source_capture_into(GstWebRTCServerVideoSource* self,
                                                     GstWebRTCServerPixels* pixels, gint timeout_ms,
                                                     GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source && pixels, FALSE);
  bool captured = false;
  attempt(error, [&] {
    auto target = webrtcserver::application_pixels_of(*pixels);
    captured = self->source->capture_into(target, timeout_ms);
    if (captured) webrtcserver::tell_frame(target, *pixels);
  });
  return captured;
}

/**
 * gst_webrtc_server_video_source_is_streaming:
 * @self: a source
 *
 * Whether there is more to capture, now or later. Of `webrtc://` there always is: who publishes may
 * come and go.
 *
 * Returns: %FALSE when the last frame or the error has been captured, and after
 *   gst_webrtc_server_video_source_close()
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_source_is_streaming(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, FALSE);
  return self->source->is_streaming();
}

/**
 * gst_webrtc_server_video_source_is_live:
 * @self: a source
 *
 * Returns: whether frames come at their own time, and get lost when they are not captured
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_source_is_live(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, FALSE);
  return self->source->is_live();
}

/**
 * gst_webrtc_server_video_source_close:
 * @self: a source
 *
 * Ends the source. Who waits for a frame on another thread gets none; a file of `input-save` is
 * finished. It cannot be opened again. This happens by itself when the last reference goes.
 *
 * Since: 0.1
 */
void gst_webrtc_server_video_source_close(GstWebRTCServerVideoSource* self) {
  g_return_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source);
  guard("closing a video source", [&] { self->source->close(); });
}

/**
 * gst_webrtc_server_video_source_get_uri:
 * @self: a source
 *
 * Returns: (transfer none): the address that it was made with
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_video_source_get_uri(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, nullptr);
  return self->source->uri().c_str();
}

/**
 * gst_webrtc_server_video_source_get_caps:
 * @self: a source
 *
 * Returns: (transfer full) (nullable): what the newest frame is like; %NULL before the first
 *
 * Since: 0.1
 */
GstCaps* gst_webrtc_server_video_source_get_caps(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, nullptr);
  return self->source->caps().release();
}

/**
 * gst_webrtc_server_video_source_get_stats:
 * @self: a source
 *
 * Statistics: `frames` that were captured and `dropped` ones (#guint64), `width` and `height` in
 * pixels (#gint; 0 before the first frame), `framerate` in frames per second (#gdouble; as it was
 * measured, where the input does not tell), `live` (#gboolean) and, where `input-save` could not be
 * written to its end, `save-error`, the reason (#gchararray).
 *
 * Returns: (transfer full): a structure "video-source-stats"
 *
 * Since: 0.1
 */
GstStructure* gst_webrtc_server_video_source_get_stats(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, nullptr);
  return self->source->stats().release();
}

/**
 * gst_webrtc_server_video_source_get_element:
 * @self: a source
 *
 * The element that reads, for who wants more of it than the options give: webrtcsrc with its
 * signals and controls, v4l2src, rtspsrc. A file that is played again has another one each time.
 *
 * Returns: (transfer full) (nullable): the element; %NULL while the source is not open
 *
 * Since: 0.1
 */
GstElement* gst_webrtc_server_video_source_get_element(GstWebRTCServerVideoSource* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_SOURCE(self) && self->source, nullptr);
  return self->source->element().release();
}
