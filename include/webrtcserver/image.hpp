// SPDX-License-Identifier: LGPL-2.1-or-later
// image.hpp — one frame of video: its pixels, how they lie, and when it is to be seen.
#pragma once

#include <dlfcn.h>
#include <webrtcserver/detail/picture.hpp>
#include <webrtcserver/detail/wrap.hpp>
#include <webrtcserver/memory.hpp>
#include <webrtcserver/pixel_format.hpp>
#include <webrtcserver/pixels.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace webrtcserver {
inline namespace v1 {

/// A frame, as a handle: copies of an Image are the same picture and cost nothing. It is kept for
/// as long as one of them, or an output that has yet to read it, has it. A camera has few frames to
/// lend; who collects images takes clone()s.
///
/// Reading is free; writing copies on demand. data() is of what everybody sees. mutable_data()
/// makes this handle's picture its own first: where another handle or an output still has it, the
/// pixels are copied.
///
/// Different handles may be used on different threads, also of the same picture; one handle by one
/// thread at a time.
class Image {
 public:
  /// An image of the CPU's, all bytes zero: black, or a dark green where the format is YUV.
  /// @param width, height in pixels, from 1 to 32768; odd ones too
  /// @throws Error where the size or the format cannot be
  static Image allocate(int width, int height, PixelFormat format) {
    const GstVideoInfo info = shape(width, height, format);
    const detail::Buffer buffer(
        gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
    if (!buffer) throw Error(ErrorCode::kFailed, "There is no memory for the image.");
    gst_buffer_memset(buffer.get(), 0, 0, GST_VIDEO_INFO_SIZE(&info));
    return Image(detail::sample_of(buffer.get(), info));
  }

  /// An application's own pixels, without a copy; in a format of one plane.
  /// @param data the first pixel. It stays as it is until `release` is called; mutable_data() of
  /// the
  ///   image is a copy.
  /// @param stride bytes from a row to the next, at least as many as a row has
  /// @param release called once, on any thread, when nobody reads the memory any more. A lambda
  /// that
  ///   holds whatever owns the pixels is enough: `[mat] {}`.
  /// @throws Error where size, format or stride cannot be, or without `release`, which is not
  /// called then
  static Image wrap(const void* data, int width, int height, PixelFormat format,
                    std::ptrdiff_t stride, std::function<void()> release) {
    return wrap({{data, stride}}, width, height, format, std::move(release));
  }

  /// A plane's first pixel, and the bytes from a row to the next.
  using Plane = detail::WrappedPlane;

  /// The same for formats of several planes: three of kI420 …
  static Image wrap(const std::vector<Plane>& planes, int width, int height, PixelFormat format,
                    std::function<void()> release) {
    return Image(detail::wrap(shape(width, height, format), planes, std::move(release)));
  }

  /// A copy of an application's own pixels, in a format of one plane.
  static Image copy_of(const void* data, int width, int height, PixelFormat format,
                       std::ptrdiff_t stride) {
    return wrap(data, width, height, format, stride, [] {}).clone();
  }

  /// The image in a sample of GStreamer's, of which a reference is taken.
  /// @throws Error where the sample has no video
  static Image from_native(GstSample* sample) {
    return Image(detail::Sample(sample ? gst_sample_ref(sample) : nullptr));
  }

  /// In pixels. 0 of an encoded frame that does not say.
  int width() const { return GST_VIDEO_INFO_WIDTH(&picture_->info()); }
  int height() const { return GST_VIDEO_INFO_HEIGHT(&picture_->info()); }

  PixelFormat format() const {
    return picture_->is_raw() ? detail::pixel_format(GST_VIDEO_INFO_FORMAT(&picture_->info()))
                              : PixelFormat::kEncoded;
  }
  /// GStreamer's name of the format, also where format() is kOther: "BGR", "NV12" …; of an encoded
  /// frame its media type, "video/x-h264".
  std::string format_name() const {
    return picture_->is_raw() ? GST_VIDEO_INFO_NAME(&picture_->info()) : picture_->codec();
  }
  bool is_encoded() const { return !picture_->is_raw(); }

  Memory memory() const {
    if (picture_->is_cuda()) return Memory::kCuda;
    return picture_->is_cpu() ? Memory::kCpu : Memory::kOther;
  }

  /// How many planes there are: 1 of RGB and of what is encoded, 2 of NV12, 3 of I420 …
  int planes() const { return picture_->planes(); }

  /// Bytes from a row of the plane to the next; more than a row has, where rows are aligned. 0 of
  /// an encoded frame.
  std::ptrdiff_t stride(int plane = 0) const { return picture_->stride(checked(plane)); }

  /// Rows of the plane: half the height, rounded up, of the colours of I420. 0 of an encoded frame.
  int rows(int plane = 0) const { return static_cast<int>(plane_shape(plane).rows); }

  /// Bytes of a row of the plane that are pixels: 3 times the width of RGB. 0 of an encoded frame.
  std::size_t row_bytes(int plane = 0) const { return plane_shape(plane).row_bytes; }

  /// Bytes of the frame in memory; of an encoded frame, of what data() points to.
  std::size_t size() const { return gst_buffer_get_size(picture_->buffer()); }

  /// The first pixel of the plane, for the CPU to read. It is there for as long as a handle of this
  /// picture is, until mutable_data() is called.
  /// @throws std::out_of_range without such a plane; Error where the CPU cannot reach the memory
  const std::uint8_t* data(int plane = 0) const { return picture_->read(0, checked(plane)); }

  /// The first pixel of the plane, for the CPU to write. Nobody else sees it, until render(); what
  /// is to be written after render() asks again, and writes a copy while the output reads.
  /// @throws as data() does; Error without memory for a copy
  std::uint8_t* mutable_data(int plane = 0) {
    checked(plane);
    make_exclusive();
    return picture_->write(0, plane);
  }

  /// The device address of the plane's first pixel, for CUDA to read. What was to be done to the
  /// image on the stream of its source has been done.
  /// @throws Error where memory() is not kCuda
  const void* cuda_data(int plane = 0) const {
    require_cuda();
    synchronise();
    return picture_->read(detail::kMapCuda, checked(plane));
  }

  /// The device address, for CUDA to write: as mutable_data(). The application's kernels have ended
  /// (cudaStreamSynchronize()) when it calls render().
  void* mutable_cuda_data(int plane = 0) {
    require_cuda();
    checked(plane);
    make_exclusive();
    synchronise();
    return picture_->write(detail::kMapCuda, plane);
  }

  /// When the image is to be seen, since its source began; nothing where nobody has said. An output
  /// counts from its first image on, and gives those without a time that of their arrival.
  std::optional<std::chrono::nanoseconds> timestamp() const {
    const GstClockTime time = GST_BUFFER_PTS(picture_->buffer());
    if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
    return std::chrono::nanoseconds(time);
  }

  /// Of this handle alone; the pixels stay shared.
  /// @throws Error where the time is less than nothing
  void set_timestamp(std::optional<std::chrono::nanoseconds> time) {
    if (time && time->count() < 0)
      throw Error(ErrorCode::kFailed, "An image is to be seen before its source began.");
    if (picture_.use_count() > 1 || !picture_->is_exclusive())
      picture_ = std::make_shared<detail::Picture>(picture_->copy(false));
    GST_BUFFER_PTS(picture_->buffer()) =
        time ? static_cast<GstClockTime>(time->count()) : GST_CLOCK_TIME_NONE;
  }

  /// Writes the picture into memory of the application's, in the layout that it names, and the
  /// time, the matrix and the range into `pixels`. In the CPU's memory it is there when this
  /// returns; on a device, for what is queued on the stream behind it.
  /// @throws Error where the sizes differ, for an address that is none, without the device; nothing
  ///   has been written then
  void copy_to(Pixels& pixels) const {
    GstWebRTCServerPixels native = detail::to_native(pixels);
    picture_->end_writing();
    GError* error = nullptr;
    if (!gst_webrtc_server_pixels_fill(&native, picture_->sample(), &error))
      detail::throw_error(error);
    detail::tell_frame(native, pixels);
  }
  void copy_to(Pixels&& pixels) const { copy_to(pixels); }

  /// The same picture in another format, in memory of the CPU's; one of those that Pixels have and
  /// that is not of floats.
  Image converted(PixelFormat to) const {
    Image image = allocate(width(), height(), to);
    Pixels pixels(nullptr, width(), height(), to);
    pixels.memory = Memory::kCpu;
    for (int plane = 0; plane < image.planes(); ++plane) {
      pixels.planes[static_cast<std::size_t>(plane)] = image.mutable_data(plane);
      pixels.strides[static_cast<std::size_t>(plane)] = image.stride(plane);
    }
    copy_to(pixels);
    image.set_timestamp(timestamp());
    return image;
  }

  /// The same picture in memory of its own, of the same kind.
  Image clone() const { return Image(picture_->copy(true)); }

  /// GStreamer's sample, which stays this image's: gst_sample_ref() it to keep it. It has caps, and
  /// a buffer with its time.
  GstSample* native() const {
    picture_->end_writing();
    return picture_->sample();
  }

 private:
  explicit Image(detail::Sample sample)
      : picture_(std::make_shared<detail::Picture>(std::move(sample))) {}

  static GstVideoInfo shape(int width, int height, PixelFormat format) {
    detail::initialise();
    const GstVideoFormat native = detail::native_format(format);
    if (native == GST_VIDEO_FORMAT_UNKNOWN) {
      throw Error(ErrorCode::kFailed,
                  "Images are not made in the pixel format \"" + to_string(format) + "\".");
    }
    return detail::video_info(native, width, height);
  }

  int checked(int plane) const {
    if (plane < 0 || plane >= planes()) {
      throw std::out_of_range("There is no plane " + std::to_string(plane) + " in an image of " +
                              format_name());
    }
    return plane;
  }

  detail::PlaneShape plane_shape(int plane) const {
    checked(plane);
    return picture_->is_raw() ? detail::plane_shape(picture_->info(), plane)
                              : detail::PlaneShape{0, 0};
  }

  void make_exclusive() {
    if (picture_.use_count() > 1 || !picture_->is_exclusive())
      picture_ = std::make_shared<detail::Picture>(picture_->copy(true));
  }

  void require_cuda() const {
    if (picture_->is_cuda()) return;
    throw Error(ErrorCode::kFailed,
                "The image is not in CUDA memory; memory() says so, and data() is its address.");
  }

  // GStreamer from 1.24 on leaves work on the image in its stream. Its library for CUDA is in the
  // process where there is such an image, and this program need not be linked with it.
  void synchronise() const {
    using Sync = void (*)(GstMemory*);
    static const auto kSync = [] {
      void* library = dlopen("libgstcuda-1.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
      return library ? reinterpret_cast<Sync>(dlsym(library, "gst_cuda_memory_sync")) : nullptr;
    }();
    if (!kSync) return;
    GstBuffer* buffer = picture_->buffer();
    for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i)
      kSync(gst_buffer_peek_memory(buffer, i));
  }

  std::shared_ptr<detail::Picture> picture_;
};

}  // namespace v1
}  // namespace webrtcserver
