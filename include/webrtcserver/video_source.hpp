// SPDX-License-Identifier: LGPL-2.1-or-later
// video_source.hpp — video from any address, image by image.
#pragma once

#include <gst/webrtcserver/video_source.h>
#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/image.hpp>
#include <webrtcserver/options.hpp>
#include <webrtcserver/pixels.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace webrtcserver {
inline namespace v1 {

/// A camera, a file, a stream, a browser's camera … as images. There is no sound.
///
///     auto source = webrtcserver::VideoSource::create("webrtc://@:8554/input");
///     while (source->is_streaming())
///       if (auto image = source->capture(std::chrono::seconds(1)))
///         look_at(*image);
///
/// All functions may be called from any thread, also at once; each image goes to one capture(). A
/// forked child has no source: its calls throw.
class VideoSource {
 public:
  struct Statistics {
    std::uint64_t frames = 0;   ///< that capture() has returned
    std::uint64_t dropped = 0;  ///< of a live source: nobody captured them in time
    int width = 0;              ///< pixels, of the newest; 0 before the first
    int height = 0;
    double framerate = 0;  ///< frames per second, as the source says; 0: unknown or variable
  };

  /// A source for `uri`: /dev/video0 or v4l2://, csi://0, rtsp://, rtp://, webrtc://, whep://,
  /// screen://, test://, http://, a file, or images (img_%04d.jpg, a folder). It opens with open()
  /// or the first capture().
  /// @throws Error for an address that cannot be read, a file or device that is not there, an
  /// element
  ///   that is not installed, options that contradict
  static std::unique_ptr<VideoSource> create(const std::string& uri,
                                             const VideoOptions& options = {}) {
    const detail::NativeOptions native = detail::to_native(options);
    GError* error = nullptr;
    auto* source =
        gst_webrtc_server_video_source_new_with_options(uri.c_str(), native.get(), &error);
    if (!source) detail::throw_error(error);
    return std::unique_ptr<VideoSource>(new VideoSource(source));
  }

  VideoSource(const VideoSource&) = delete;
  VideoSource& operator=(const VideoSource&) = delete;

  /// Opens it now, which may take seconds.
  /// @throws Error in words with the cause: a camera that is busy, a server that refuses …
  void open() {
    GError* error = nullptr;
    if (!gst_webrtc_server_video_source_open(native(), &error)) detail::throw_error(error);
  }

  /// The next image, or nothing when none has come within `timeout`, as an ordinary event, and when
  /// the source has ended: is_streaming() tells. A timeout of zero looks whether one is there. A
  /// live source gives the newest and drops what was too late, a file waits for who captures.
  /// @throws Error once when the source fails; after it is_streaming() is false
  std::optional<Image> capture(std::chrono::milliseconds timeout) {
    return capture_for(milliseconds_of(timeout));
  }

  /// The next image, however long it takes; nothing when the source has ended.
  std::optional<Image> capture() { return capture_for(-1); }

  /// The next image in memory of the application's own, in the layout that it names, with its time,
  /// matrix and range in `pixels`. False: none has come, as of capture(). In the CPU's memory it is
  /// there when this returns; on a CUDA device, for what is queued on the stream behind it.
  /// @throws Error as capture() does; and where the image does not fit, because its size is
  /// another:
  ///   it stays, for the next capture_into() or capture()
  bool capture_into(Pixels& pixels, std::chrono::milliseconds timeout) {
    return capture_into_for(pixels, milliseconds_of(timeout));
  }
  bool capture_into(Pixels& pixels) { return capture_into_for(pixels, -1); }

  /// The same on a CUDA device; `stream` is a cudaStream_t or CUstream.
  bool capture_into(Pixels& pixels, void* stream, std::chrono::milliseconds timeout) {
    pixels.memory = Memory::kCuda;
    pixels.stream = stream;
    return capture_into_for(pixels, milliseconds_of(timeout));
  }

  /// True from create() until the input has ended or failed, VideoOptions::num_frames were
  /// captured, or close(). Between the publishers of webrtc:// it is true.
  bool is_streaming() const {
    return gst_webrtc_server_video_source_is_streaming(native()) != FALSE;
  }

  /// Whether images come in their own time: cameras and streams, not files. Known once it is open.
  bool is_live() const { return gst_webrtc_server_video_source_is_live(native()) != FALSE; }

  /// Ends it; a capture() that waits returns nothing. The destructor does the same.
  void close() { gst_webrtc_server_video_source_close(native()); }

  std::string uri() const {
    const gchar* text = gst_webrtc_server_video_source_get_uri(native());
    return text ? text : "";
  }

  Statistics statistics() const {
    const detail::Structure structure(gst_webrtc_server_video_source_get_stats(native()));
    Statistics statistics;
    detail::get_field(structure.get(), "frames", statistics.frames);
    detail::get_field(structure.get(), "dropped", statistics.dropped);
    detail::get_field(structure.get(), "width", statistics.width);
    detail::get_field(structure.get(), "height", statistics.height);
    detail::get_field(structure.get(), "framerate", statistics.framerate);
    return statistics;
  }

  /// The object of the C API, which stays this one's.
  GstWebRTCServerVideoSource* native() const { return native_.get(); }

 private:
  explicit VideoSource(GstWebRTCServerVideoSource* native) : native_(native) {}

  static gint milliseconds_of(std::chrono::milliseconds timeout) {
    constexpr std::chrono::milliseconds::rep kMost = G_MAXINT;
    return static_cast<gint>(std::clamp<std::chrono::milliseconds::rep>(timeout.count(), 0, kMost));
  }

  bool capture_into_for(Pixels& pixels, gint milliseconds) {
    GstWebRTCServerPixels described = detail::to_native(pixels);
    GError* error = nullptr;
    const bool captured = gst_webrtc_server_video_source_capture_into(
                              native(), &described, milliseconds, &error) != FALSE;
    if (error) detail::throw_error(error);
    if (captured) detail::tell_frame(described, pixels);
    return captured;
  }

  std::optional<Image> capture_for(gint milliseconds) {
    GError* error = nullptr;
    const detail::Sample sample(
        gst_webrtc_server_video_source_capture(native(), milliseconds, &error));
    if (error) detail::throw_error(error);
    if (!sample) return std::nullopt;
    return Image::from_native(sample.get());
  }

  detail::Object<GstWebRTCServerVideoSource> native_;
};

}  // namespace v1
}  // namespace webrtcserver
