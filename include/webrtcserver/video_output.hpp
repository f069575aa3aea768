// SPDX-License-Identifier: LGPL-2.1-or-later
// video_output.hpp — images to any address, or to several.
#pragma once

#include <gst/webrtcserver/controls.h>
#include <gst/webrtcserver/video_output.h>
#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/image.hpp>
#include <webrtcserver/options.hpp>
#include <webrtcserver/pixels.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace webrtcserver {
inline namespace v1 {

/// Browsers, a file, a stream, a window … that show images. There is no sound.
///
///     auto output = webrtcserver::VideoOutput::create({"webrtc://@:8554/output", "visit.mp4"});
///     output->render(image);
///
/// Targets that take the same codec share one encoder. All functions may be called from any thread,
/// also at once. A forked child has no output: its calls throw.
class VideoOutput {
 public:
  struct Target {
    std::string uri;      ///< with the port that it got, where it asked for 0
    std::string state;    ///< "new", "open", "closed", "ended", "failed", or "left-out" by headless
    std::string codec;    ///< that it gets: "H264" …, or "raw"; empty before the first image
    std::string encoder;  ///< GStreamer's element; empty: what comes is encoded already
    std::uint64_t frames = 0;   ///< that it has taken
    std::uint64_t dropped = 0;  ///< that came too fast for it
    std::uint64_t bytes = 0;    ///< written; 0 where that is not known
    std::string error;          ///< why it has failed
  };
  struct Statistics {
    std::uint64_t frames = 0;   ///< that render() took
    std::uint64_t dropped = 0;  ///< of them, by the slowest target
    int width = 0;              ///< pixels, of the newest; 0 before the first
    int height = 0;
    unsigned encoders = 0;        ///< that run: one for all targets that take its codec
    std::vector<Target> targets;  ///< in the order of uris()
  };

  /// An output to `uri`: webrtc://, whip://, rtsp://@:8554/path (served), rtp://host:port, rtmp://,
  /// display://, a file (.mp4 .mkv …) or images (img_%04d.jpg). It opens with open() or the first
  /// render().
  /// @throws Error for an address that cannot be written, a folder that is not there, an element
  /// that
  ///   is not installed, a codec that a target cannot carry
  static std::unique_ptr<VideoOutput> create(const std::string& uri,
                                             const VideoOptions& options = {}) {
    return create(std::vector<std::string>{uri}, options);
  }

  /// One output to several targets.
  static std::unique_ptr<VideoOutput> create(const std::vector<std::string>& uris,
                                             const VideoOptions& options = {}) {
    const detail::NativeOptions native = detail::to_native(options);
    std::vector<const gchar*> words;
    for (const std::string& uri : uris) words.push_back(uri.c_str());
    words.push_back(nullptr);
    GError* error = nullptr;
    auto* output =
        gst_webrtc_server_video_output_new_with_options(words.data(), native.get(), &error);
    if (!output) detail::throw_error(error);
    return std::unique_ptr<VideoOutput>(new VideoOutput(output));
  }

  // Of {"a", "b"} a std::string could be made, too: of what lies between two addresses.
  static std::unique_ptr<VideoOutput> create(std::initializer_list<std::string> uris,
                                             const VideoOptions& options = {}) {
    return create(std::vector<std::string>(uris), options);
  }

  /// Ends the files so that they play, in at most ten seconds. Call close() to hear what went
  /// wrong.
  ~VideoOutput() = default;
  VideoOutput(const VideoOutput&) = delete;
  VideoOutput& operator=(const VideoOutput&) = delete;

  /// Opens the targets now, rather than with the first image.
  /// @throws Error in words with the cause: a port in use, a server that refuses …
  void open() {
    GError* error = nullptr;
    if (!gst_webrtc_server_video_output_open(native(), &error)) detail::throw_error(error);
  }

  /// Shows the image at all targets. Returns at once: what they read in their own time is kept
  /// until then, a few images, of which the oldest is dropped for a target that is too slow (with
  /// VideoOptions::wait and files only, it waits instead). Size and format may change from image to
  /// image. Encoded images pass through where the target takes their codec.
  /// @throws Error with kClosed after close(); when a target cannot be opened; when none is left.
  /// One
  ///   target of several that fails does not end the others: on_target_failed()
  void render(const Image& image) {
    GError* error = nullptr;
    if (!gst_webrtc_server_video_output_render(native(), image.native(), &error))
      detail::throw_error(error);
  }

  /// The same of a picture in memory of the application's own, of which nothing is kept: it is read
  /// once, and converted on the way. The CPU's memory has been read when this returns.
  ///
  /// On a CUDA device nothing is waited for. What reads the memory is queued on the stream of
  /// `pixels`, behind what was queued there to make the picture; so whatever is queued on the same
  /// stream behind this call may write to the memory again, or free it (cudaFreeAsync()). To write
  /// from elsewhere, or to free it otherwise, synchronise with the stream first.
  /// @throws Error as above; and for a layout, size, stride or address that cannot be, or a device
  ///   that is not there: nothing has been read then
  void render(const Pixels& pixels) {
    const GstWebRTCServerPixels described = detail::to_native(pixels);
    GError* error = nullptr;
    if (!gst_webrtc_server_video_output_render_pixels(native(), &described, &error))
      detail::throw_error(error);
  }

  /// The same on a CUDA device; `stream` is a cudaStream_t or CUstream.
  void render(Pixels pixels, void* stream) {
    pixels.memory = Memory::kCuda;
    pixels.stream = stream;
    render(pixels);
  }

  /// True until close(), and while a target is left.
  bool is_streaming() const {
    return gst_webrtc_server_video_output_is_streaming(native()) != FALSE;
  }

  /// Ends it, the files so that they play; waits for that, at most ten seconds. A second time it
  /// does nothing.
  /// @throws Error when a file could not be finished
  void close() {
    GError* error = nullptr;
    if (!gst_webrtc_server_video_output_close(native(), &error)) detail::throw_error(error);
  }

  std::vector<std::string> uris() const {
    const detail::Strings words(gst_webrtc_server_video_output_get_uris(native()));
    std::vector<std::string> uris;
    for (gchar** word = words.get(); word && *word; ++word) uris.emplace_back(*word);
    return uris;
  }

  Statistics statistics() const {
    const detail::Structure structure(gst_webrtc_server_video_output_get_stats(native()));
    Statistics statistics;
    detail::get_field(structure.get(), "frames", statistics.frames);
    detail::get_field(structure.get(), "dropped", statistics.dropped);
    detail::get_field(structure.get(), "width", statistics.width);
    detail::get_field(structure.get(), "height", statistics.height);
    detail::get_field(structure.get(), "encoders", statistics.encoders);
    const GValue* targets =
        structure ? gst_structure_get_value(structure.get(), "targets") : nullptr;
    const guint number =
        targets && GST_VALUE_HOLDS_LIST(targets) ? gst_value_list_get_size(targets) : 0;
    for (guint i = 0; i < number; ++i) {
      const GstStructure* one = gst_value_get_structure(gst_value_list_get_value(targets, i));
      Target target;
      detail::get_field(one, "uri", target.uri);
      detail::get_field(one, "state", target.state);
      detail::get_field(one, "codec", target.codec);
      detail::get_field(one, "encoder", target.encoder);
      detail::get_field(one, "frames", target.frames);
      detail::get_field(one, "dropped", target.dropped);
      detail::get_field(one, "bytes", target.bytes);
      detail::get_field(one, "error", target.error);
      statistics.targets.push_back(std::move(target));
    }
    return statistics;
  }

  /// Is told of a target that ends while others go on: a disk that is full, a server that is gone.
  /// On any thread; it must not wait, nor throw.
  void on_target_failed(
      std::function<void(const std::string& uri, const std::string& why)> handler) {
    using Handler = decltype(handler);
    const auto call = +[](GstWebRTCServerVideoOutput*, const gchar* uri, const gchar* why,
                          gpointer data) { (*static_cast<Handler*>(data))(uri, why); };
    const auto free = +[](gpointer data, GClosure*) { delete static_cast<Handler*>(data); };
    g_signal_connect_data(native(), "target-failed", G_CALLBACK(call),
                          new Handler(std::move(handler)), free, GConnectFlags(0));
  }

  /// What browsers may change; see <gst/webrtcserver/controls.h>. A reference is taken. Before it
  /// opens.
  void set_controls(GstWebRTCServerControls* controls) {
    g_object_set(native(), "remote-controls", controls, nullptr);
  }

  /// The object of the C API, which stays this one's.
  GstWebRTCServerVideoOutput* native() const { return native_.get(); }

 private:
  explicit VideoOutput(GstWebRTCServerVideoOutput* native) : native_(native) {}

  detail::Object<GstWebRTCServerVideoOutput> native_;
};

}  // namespace v1
}  // namespace webrtcserver
