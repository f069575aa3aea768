// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/controls.h>
#include <gst/webrtcserver/video_output.h>

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "capi/application_signals.hpp"
#include "capi/attempt.hpp"
#include "capi/pixels_private.hpp"
#include "capi/video_options_private.hpp"
#include "video/video_output.hpp"

/**
 * GstWebRTCServerVideoOutput:
 *
 * Writes pictures to browsers, files, the network and displays.
 *
 * An address says where to: webrtc://@:8554/output for browsers, movie.mp4 (.mkv .webm .mov .ts
 * .avi), img_%04d.jpg, rtp://host:5004, rtsp://@:8554/output to be served, rtmp://, whip:// and
 * display://. With several of them, those that share a codec share the encoder.
 *
 * ```python
 * output = GstWebRTCServer.VideoOutput.new("webrtc://@:8554/output")
 * source = GstWebRTCServer.VideoSource.new("webrtc://@:8554/input")
 * while source.is_streaming():
 *     frame = source.capture(1000)
 *     if frame is not None:
 *         output.render(frame)
 * ```
 *
 * Frames are raw, of any size and format, or encoded; these are passed on as they are where the
 * target takes their codec. A slow target drops its oldest frames and holds up nobody, unless
 * #GstWebRTCServerVideoOptions:wait is set: then gst_webrtc_server_video_output_render() waits,
 * and frames go out at the pace of their timestamps where somebody watches. There is no sound here:
 * webrtcsink has it.
 *
 * Functions may be called from any thread. An object belongs to the process that made it: after
 * fork() the child gets errors.
 *
 * Since: 0.1
 */

using webrtcserver::ApplicationCalls;
using webrtcserver::attempt;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::guard;
using webrtcserver::Ref;
using webrtcserver::VideoOutput;

namespace {

enum Property : guint { kRemoteControls = 1 };

guint target_failed = 0;

// Makes signals of what the output tells.
class Emitter final : public VideoOutput::Listener {
 public:
  explicit Emitter(GObject* object) : object_(std::make_shared<Weak>(object)) {}

  void on_target_failed(const std::string& uri, const std::string& message) override {
    calls_->post([object = object_, uri, message] {
      const auto output =
          Ref<GObject>::adopt(static_cast<GObject*>(g_weak_ref_get(&object->reference)));
      if (output) g_signal_emit(output.get(), target_failed, 0, uri.c_str(), message.c_str());
    });
  }

 private:
  struct Weak {
    explicit Weak(GObject* object) { g_weak_ref_init(&reference, object); }
    ~Weak() { g_weak_ref_clear(&reference); }
    Weak(const Weak&) = delete;
    Weak& operator=(const Weak&) = delete;

    GWeakRef reference{};
  };

  const std::shared_ptr<Weak> object_;
  const std::shared_ptr<ApplicationCalls> calls_ = webrtcserver::make_application_calls();
};

struct Implementation {
  std::shared_ptr<Emitter> emitter;
  std::shared_ptr<VideoOutput> output;
  Ref<GObject> controls;
};

}  // namespace

struct _GstWebRTCServerVideoOutput {
  GObject parent;
  Implementation implementation;
};

G_DEFINE_TYPE(GstWebRTCServerVideoOutput, gst_webrtc_server_video_output, G_TYPE_OBJECT)

namespace {

// Throws Error for what g_object_new() has made, which has nowhere to write to.
VideoOutput& output_of(GstWebRTCServerVideoOutput* self) {
  if (self->implementation.output) return *self->implementation.output;
  throw Error(ErrorCode::kFailed,
              "This output was made without an address; make it with "
              "gst_webrtc_server_video_output_new().");
}

void set_property(GObject* object, guint /*id*/, const GValue* value, GParamSpec* /*spec*/) {
  guard("setting a property", [&] {
    Implementation& implementation = GST_WEBRTC_SERVER_VIDEO_OUTPUT(object)->implementation;
    implementation.controls =
        Ref<GObject>::retain(static_cast<GObject*>(g_value_get_object(value)));
    if (implementation.output) implementation.output->set_controls(implementation.controls);
  });
}

void get_property(GObject* object, guint /*id*/, GValue* value, GParamSpec* /*spec*/) {
  g_value_set_object(value, GST_WEBRTC_SERVER_VIDEO_OUTPUT(object)->implementation.controls.get());
}

void finalize(GObject* object) {
  auto* self = GST_WEBRTC_SERVER_VIDEO_OUTPUT(object);
  VideoOutput::release(std::move(self->implementation.output));
  std::destroy_at(&self->implementation);
  G_OBJECT_CLASS(gst_webrtc_server_video_output_parent_class)->finalize(object);
}

}  // namespace

static void gst_webrtc_server_video_output_class_init(GstWebRTCServerVideoOutputClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  /**
   * GstWebRTCServerVideoOutput:remote-controls:
   *
   * What browsers may see and change of the application, for the targets webrtc://. Set it before
   * the output is opened.
   *
   * Since: 0.1
   */
  g_object_class_install_property(
      object_class, kRemoteControls,
      g_param_spec_object("remote-controls", "Remote controls",
                          "What browsers may see and change of the application",
                          GST_TYPE_WEBRTC_SERVER_CONTROLS,
                          static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)));
  /**
   * GstWebRTCServerVideoOutput::target-failed:
   * @self: the output
   * @uri: the target, as it was given
   * @message: why, in words
   *
   * One target has ended by a fault: a full disk, a server that is gone. The others go on. It comes
   * on the application's main context when it runs one, else on a thread of the library's.
   *
   * Since: 0.1
   */
  target_failed =
      g_signal_new("target-failed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr,
                   nullptr, nullptr, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void gst_webrtc_server_video_output_init(GstWebRTCServerVideoOutput* self) {
  new (&self->implementation) Implementation();
}

/**
 * gst_webrtc_server_video_output_new:
 * @uri: where to write
 * @error: return location for a #GError
 *
 * An output with one target and the options' defaults. What can be checked without opening it is:
 * the address, the folder, the elements that are installed.
 *
 * Returns: (transfer full) (nullable): a new output, or %NULL with @error
 *
 * Since: 0.1
 */
GstWebRTCServerVideoOutput* gst_webrtc_server_video_output_new(const gchar* uri, GError** error) {
  g_return_val_if_fail(uri, nullptr);
  const gchar* const uris[] = {uri, nullptr};
  return gst_webrtc_server_video_output_new_with_options(uris, nullptr, error);
}

/**
 * gst_webrtc_server_video_output_new_with_options:
 * @uris: (array zero-terminated=1): where to write, one or several
 * @options: (nullable): how; %NULL: the defaults. They are read now, and may be used again
 * @error: return location for a #GError
 *
 * An output with several targets, or options. Targets that share a codec share the encoder.
 *
 * Returns: (transfer full) (nullable): a new output, or %NULL with @error
 *
 * Since: 0.1
 */
GstWebRTCServerVideoOutput* gst_webrtc_server_video_output_new_with_options(
    const gchar* const* uris, GstWebRTCServerVideoOptions* options, GError** error) {
  g_return_val_if_fail(uris, nullptr);
  auto* self =
      GST_WEBRTC_SERVER_VIDEO_OUTPUT(g_object_new(GST_TYPE_WEBRTC_SERVER_VIDEO_OUTPUT, nullptr));
  const bool made =
      attempt(error, [&] {
        if (!gst_is_initialized()) {
          throw Error(ErrorCode::kFailed, "GStreamer is not initialised; call gst_init() first.");
        }
        std::vector<std::string> targets;
        for (const gchar* const* uri = uris; *uri; ++uri) targets.emplace_back(*uri);
        Implementation& implementation = self->implementation;
        implementation.emitter = std::make_shared<Emitter>(G_OBJECT(self));
        implementation.output = VideoOutput::create(
            targets, webrtcserver::video_options_of(options), implementation.emitter);
      }) != FALSE;
  if (!made) g_clear_object(&self);
  return self;
}

/**
 * gst_webrtc_server_video_output_open:
 * @self: the output
 * @error: return location for a #GError
 *
 * Opens the targets: the port for browsers is bound, the display shown. Files begin with the first
 * frame. Without this call, the first frame opens them.
 *
 * Returns: %FALSE with @error for a port in use, a display that does not open …
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_output_open(GstWebRTCServerVideoOutput* self, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), FALSE);
  return attempt(error, [self] { output_of(self).open(); });
}

/**
 * gst_webrtc_server_video_output_render:
 * @self: the output
 * @frame: (transfer none): a picture with caps: raw video, or encoded and whole (an access unit)
 * @error: return location for a #GError
 *
 * Writes a frame to all targets. The distances of timestamps are kept; a frame without one has the
 * time of this call. The size and the format may change from frame to frame: browsers follow, and
 * files get the picture with borders in the size of the first.
 *
 * Returns: %FALSE with @error where no target is left, or for a frame that cannot be written;
 *   %GST_WEBRTC_SERVER_ERROR_CLOSED behind gst_webrtc_server_video_output_close()
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_output_render(GstWebRTCServerVideoOutput* self, GstSample* frame,
                                               GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self) && GST_IS_SAMPLE(frame), FALSE);
  return attempt(error, [&] { output_of(self).render(frame); });
}

/**
 * gst_webrtc_server_video_output_render_pixels:
 * @self: the output
 * @pixels: (transfer none): a picture in the application's own memory, the machine's or a CUDA
 *   device's
 * @error: return location for a #GError
 *
 * Writes a picture to all targets, as gst_webrtc_server_video_output_render() does a frame, from
 * memory that stays the application's. The pixels are read once, converted on the way to what
 * encoders take.
 *
 * The machine's own memory has been read when this returns, and may be written to again.
 *
 * On a CUDA device nothing is waited for: what reads the memory is queued on the stream of @pixels,
 * behind what the application has queued there to make the picture. So whatever is queued on the
 * same stream behind this call may write to the memory again, or free it (cudaFreeAsync()); to
 * write from elsewhere, or to free it otherwise, synchronise with the stream first.
 *
 * Returns: %FALSE with @error where no target is left, for a picture that cannot be: a layout, a
 *   size, a stride, an address that is not where it is said to be, a device that is not there; then
 *   nothing of it has been read. %GST_WEBRTC_SERVER_ERROR_CLOSED behind
 *   gst_webrtc_server_video_output_close()
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_output_render_pixels(GstWebRTCServerVideoOutput* self,
                                                      const GstWebRTCServerPixels* pixels,
                                                      GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self) && pixels, FALSE);
  return attempt(error,
                 [&] { output_of(self).render(webrtcserver::application_pixels_of(*pixels)); });
}

/**
 * gst_webrtc_server_video_output_is_streaming:
 * @self: the output
 *
 * Whether frames may be given to it.
 *
 * Returns: %FALSE when it has been closed, or its last target has failed
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_output_is_streaming(GstWebRTCServerVideoOutput* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), FALSE);
  const auto& output = self->implementation.output;
  return output && output->is_streaming();
}

/**
 * gst_webrtc_server_video_output_close:
 * @self: the output
 * @error: return location for a #GError
 *
 * Ends the targets: files are finished so that they play, which takes ten seconds at most. The last
 * reference that is dropped does the same. A second call does nothing.
 *
 * Returns: %FALSE with @error, which names a target that could not be finished
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_output_close(GstWebRTCServerVideoOutput* self, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), FALSE);
  return attempt(error, [self] { output_of(self).close(); });
}

/**
 * gst_webrtc_server_video_output_get_uris:
 * @self: the output
 *
 * Where it writes to, in the order in which the targets were given; the option output-save comes
 * last. A port 0 is the real one once the output is open.
 *
 * Returns: (transfer full) (array zero-terminated=1): the addresses
 *
 * Since: 0.1
 */
gchar** gst_webrtc_server_video_output_get_uris(GstWebRTCServerVideoOutput* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), nullptr);
  GStrvBuilder* builder = g_strv_builder_new();
  attempt(nullptr, [&] {
    for (const std::string& uri : output_of(self).uris()) g_strv_builder_add(builder, uri.c_str());
  });
  gchar** uris = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  return uris;
}

/**
 * gst_webrtc_server_video_output_get_stats:
 * @self: the output
 *
 * What has been done so far: `frames` (guint64, rendered), `dropped` (guint64, by the target that
 * lost most), `width` and `height` of the last frame (gint), `encoders` at work (guint), and
 * `targets`, a #GstValueList of structures with `uri`, `state` ("new", "open", "ended", "failed",
 * "closed", "left-out"), `codec`, `encoder`, `frames`, `dropped`, `bytes` (guint64) and `error`, as
 * far as they are known.
 *
 * Returns: (transfer full): the numbers
 *
 * Since: 0.1
 */
GstStructure* gst_webrtc_server_video_output_get_stats(GstWebRTCServerVideoOutput* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), nullptr);
  GstStructure* stats = nullptr;
  attempt(nullptr, [&] { stats = output_of(self).statistics().release(); });
  return stats ? stats : gst_structure_new_empty("video-output");
}

/**
 * gst_webrtc_server_video_output_get_element:
 * @self: the output
 * @index: of the target, as in gst_webrtc_server_video_output_get_uris()
 *
 * The element that writes: webrtcsink, filesink, udpsink … For who wants more of it than there is
 * here. Browsers' and displays' are there once the output is open, others with the first frame.
 *
 * Returns: (transfer full) (nullable): the element; %NULL: none (yet)
 *
 * Since: 0.1
 */
GstElement* gst_webrtc_server_video_output_get_element(GstWebRTCServerVideoOutput* self,
                                                       guint index) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OUTPUT(self), nullptr);
  GstElement* element = nullptr;
  attempt(nullptr, [&] { element = output_of(self).element(index).release(); });
  return element;
}
