// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/frame_copy.hpp"

#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "cuda/cpu_conversion.hpp"
#include "cuda/video_format.hpp"
#include "video/device_writer.hpp"
#include "video/float_pixels.hpp"
#include "video/mapped_picture.hpp"
#include "video/pixel_memory.hpp"

namespace webrtcserver {

namespace {

struct FreeConverter {
  void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
};

GstVideoInfo info_of(GstSample* frame) {
  GstCaps* caps = gst_sample_get_caps(frame);
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (!caps || !gst_sample_get_buffer(frame) || !gst_video_info_from_caps(&info, caps) ||
      GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_ENCODED) {
    throw Error(ErrorCode::kFailed,
                "Only raw video has pixels, and this frame is " +
                    (caps ? take_string(gst_caps_to_string(caps)) : std::string("nothing")) +
                    ". Leave the option \"encoded\" out.");
  }
  return info;
}

void check_size(const GstVideoInfo& info, const Pixels& to) {
  const int width = GST_VIDEO_INFO_WIDTH(&info);
  const int height = GST_VIDEO_INFO_HEIGHT(&info);
  if (width == to.width && height == to.height) return;
  throw Error(ErrorCode::kFailed, "The frame has " + std::to_string(width) + "x" +
                                      std::to_string(height) + " pixels, and the memory is for " +
                                      std::to_string(to.width) + "x" + std::to_string(to.height) +
                                      ". The frame is still there, for memory of its size.");
}

// By GStreamer's own converter, for what our kernels do not know.
void convert_slowly(const MappedPicture& from, const GstVideoInfo& from_info,
                    const MappedPicture& to, const GstVideoInfo& to_info) {
  GstVideoInfo source = from_info;
  GstVideoInfo destination = to_info;
  // It is no conversion of rates, and says so by asserting.
  GST_VIDEO_INFO_FPS_N(&destination) = GST_VIDEO_INFO_FPS_N(&source);
  GST_VIDEO_INFO_FPS_D(&destination) = GST_VIDEO_INFO_FPS_D(&source);
  const std::unique_ptr<GstVideoConverter, FreeConverter> converter(
      gst_video_converter_new(&source, &destination, nullptr));
  if (!converter) {
    throw Error(ErrorCode::kFailed, std::string("There is no conversion from ") +
                                        GST_VIDEO_INFO_NAME(&from_info) + " to " +
                                        GST_VIDEO_INFO_NAME(&to_info) + ".");
  }
  gst_video_converter_frame(converter.get(), &from.frame(),
                            const_cast<GstVideoFrame*>(&to.frame()));
}

// A buffer on somebody else's memory, for as long as both live.
Ref<GstBuffer> around(const Pixels& pixels, const GstVideoInfo& info) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  gsize end = 0;
  for (int plane = 0; plane < plane_count(pixels.layout); ++plane) {
    const auto i = static_cast<std::size_t>(plane);
    const auto rows = static_cast<gsize>(row_count(pixels.layout, pixels.height, plane));
    const gsize bytes = static_cast<gsize>(pixels.strides[i]) * (rows - 1) +
                        static_cast<gsize>(row_bytes(pixels.layout, pixels.width, plane));
    offsets[i] = end;
    strides[i] = static_cast<gint>(pixels.strides[i]);
    end += bytes;
    gst_buffer_append_memory(
        buffer.get(), gst_memory_new_wrapped(GstMemoryFlags(0), pixels.planes[i], bytes, 0, bytes,
                                             nullptr, nullptr));
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE,
                                 GST_VIDEO_INFO_FORMAT(&info), static_cast<guint>(pixels.width),
                                 static_cast<guint>(pixels.height),
                                 static_cast<guint>(plane_count(pixels.layout)), offsets, strides);
  return buffer;
}

void copy_to_host(GstBuffer* buffer, const GstVideoInfo& info, const Pixels& to,
                  const Conversion& conversion) {
  const MappedPicture source(buffer, info, GST_MAP_READ);
  const GstVideoFormat format = GST_VIDEO_INFO_FORMAT(&info);
  const GstVideoFormat wanted = video_format_of(to.layout);
  if (format == wanted) return copy_rows(source.pixels(to.layout), to);
  if (format == GST_VIDEO_FORMAT_NV12)
    return convert_on_cpu(source.pixels(PixelLayout::kNv12), to, conversion);
  if (format == GST_VIDEO_FORMAT_I420)
    return convert_on_cpu(source.pixels(PixelLayout::kI420), to, conversion);

  // In one step where GStreamer knows the layout, else in two, with all colours between them.
  const bool floats = wanted == GST_VIDEO_FORMAT_UNKNOWN;
  GstVideoInfo step;
  gst_video_info_init(&step);
  gst_video_info_set_format(&step, floats ? GST_VIDEO_FORMAT_RGBA : wanted,
                            static_cast<guint>(to.width), static_cast<guint>(to.height));
  if (GST_VIDEO_INFO_IS_YUV(&step)) set_colorimetry(step, conversion.matrix, conversion.full_range);
  const auto memory =
      floats ? Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, step.size, nullptr))
             : around(to, step);
  if (!memory) throw Error(ErrorCode::kFailed, "There is no memory for a picture.");
  const MappedPicture result(memory.get(), step, GST_MAP_READWRITE);
  convert_slowly(source, info, result, step);
  if (floats) write_floats(result.pixels(PixelLayout::kRgba8), to, conversion);
}

// By way of I420 where the device has no conversion from the frame's format.
void copy_to_device(GstBuffer* buffer, const GstVideoInfo& info, const ApplicationPixels& to,
                    const Conversion& conversion) {
  auto& writer = DeviceWriter::get();
  const bool known = GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_NV12 ||
                     GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_I420;
  if (known && GpuReader::is_for(buffer))
    return writer.reader().read(buffer, info, to.pixels, conversion, to.stream);
  const MappedPicture source(buffer, info, GST_MAP_READ);
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
    case GST_VIDEO_FORMAT_NV12:
      return writer.write(source.pixels(PixelLayout::kNv12), to, conversion);
    case GST_VIDEO_FORMAT_I420:
      return writer.write(source.pixels(PixelLayout::kI420), to, conversion);
    default:
      break;
  }
  GstVideoInfo step;
  gst_video_info_init(&step);
  gst_video_info_set_format(&step, GST_VIDEO_FORMAT_I420, static_cast<guint>(to.pixels.width),
                            static_cast<guint>(to.pixels.height));
  set_colorimetry(step, conversion.matrix, conversion.full_range);
  const auto memory = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, step.size, nullptr));
  if (!memory) throw Error(ErrorCode::kFailed, "There is no memory for a picture.");
  const MappedPicture result(memory.get(), step, GST_MAP_READWRITE);
  convert_slowly(source, info, result, step);
  writer.write(result.pixels(PixelLayout::kI420), to, conversion);
}

}  // namespace

void copy_frame(GstSample* frame, ApplicationPixels& to) {
  const GstVideoInfo info = info_of(frame);
  check_size(info, to.pixels);
  GstBuffer* buffer = gst_sample_get_buffer(frame);
  Conversion conversion = conversion_of(to);
  conversion.matrix = matrix_of(info);
  conversion.full_range = GST_VIDEO_INFO_IS_YUV(&info) && is_full_range(info);
  if (is_on_device(to)) {
    copy_to_device(buffer, info, to, conversion);
  } else {
    copy_to_host(buffer, info, to.pixels, conversion);
  }
  to.pts = GST_BUFFER_PTS(buffer);
  to.matrix = conversion.matrix == ColorMatrix::kBt601 ? PixelMatrix::kBt601 : PixelMatrix::kBt709;
  to.full_range = conversion.full_range;
}

}  // namespace webrtcserver
