// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/pixel_frames.hpp"

#include <cstring>
#include <string>

#include "base/error.hpp"
#include "cuda/cpu_conversion.hpp"
#include "cuda/video_format.hpp"
#include "video/float_pixels.hpp"
#include "video/mapped_picture.hpp"
#include "video/pixel_memory.hpp"

namespace webrtcserver {

namespace {

// Of the frame that the picture becomes.
GstVideoInfo info_of(PixelLayout layout, const ApplicationPixels& picture) {
  const Pixels& pixels = picture.pixels;
  GstVideoInfo info;
  gst_video_info_init(&info);
  gst_video_info_set_format(&info, video_format_of(layout), static_cast<guint>(pixels.width),
                            static_cast<guint>(pixels.height));
  // Nobody has said how many there are in a second.
  GST_VIDEO_INFO_FPS_N(&info) = 0;
  const Conversion conversion = conversion_of(picture);
  if (is_yuv(layout)) set_colorimetry(info, conversion.matrix, conversion.full_range);
  // A colour of ours lies in the middle of its four pixels.
  if (is_yuv(layout) && !is_yuv(pixels.layout)) info.chroma_site = GST_VIDEO_CHROMA_SITE_JPEG;
  return info;
}

}  // namespace

struct PixelFrames::Pool {
  explicit Pool(const GstVideoInfo& of)
      : info(of),
        caps(Ref<GstCaps>::adopt(gst_video_info_to_caps(&info))),
        buffers(Ref<GstBufferPool>::adopt(gst_video_buffer_pool_new())) {
    GstStructure* config = gst_buffer_pool_get_config(buffers.get());
    gst_buffer_pool_config_set_params(config, caps.get(), static_cast<guint>(info.size), 0, 0);
    gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (!gst_buffer_pool_set_config(buffers.get(), config) ||
        !gst_buffer_pool_set_active(buffers.get(), TRUE))
      throw Error(ErrorCode::kFailed, "There is no memory for pictures of this size.");
  }
  ~Pool() { gst_buffer_pool_set_active(buffers.get(), FALSE); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  Ref<GstBuffer> take() const {
    GstBuffer* buffer = nullptr;
    if (gst_buffer_pool_acquire_buffer(buffers.get(), &buffer, nullptr) != GST_FLOW_OK)
      throw Error(ErrorCode::kFailed, "There is no memory for a picture.");
    return Ref<GstBuffer>::adopt(buffer);
  }

  GstVideoInfo info;
  Ref<GstCaps> caps;
  Ref<GstBufferPool> buffers;
};

std::shared_ptr<PixelFrames::Pool> PixelFrames::pool_for(const GstVideoInfo& info) {
  const std::scoped_lock lock(mutex_);
  if (!pool_ || !gst_video_info_is_equal(&pool_->info, &info)) pool_ = std::make_shared<Pool>(info);
  return pool_;
}

Ref<GstSample> PixelFrames::make(const ApplicationPixels& picture, bool stays) {
  return is_on_device(picture) ? make_on_device(picture, stays) : make_on_host(picture);
}

Ref<GstSample> PixelFrames::make_on_device(const ApplicationPixels& picture, bool stays) {
  const Pixels& pixels = picture.pixels;
  const Conversion conversion = conversion_of(picture);
  auto& frames = stays ? cuda_frames_ : gpu_frames_;
  const auto buffer = frames.make(pixels, conversion, picture.stream);
  if (!buffer) return {};
  const GstVideoInfo info = info_of(PixelLayout::kNv12, picture);
  const auto caps = Ref<GstCaps>::adopt(gst_video_info_to_caps(&info));
  if (stays) {
    gst_caps_set_features(caps.get(), 0, gst_caps_features_new("memory:CUDAMemory", nullptr));
  }
  GST_BUFFER_PTS(buffer.get()) = picture.pts;
  return Ref<GstSample>::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
}

Ref<GstSample> PixelFrames::make_on_host(const ApplicationPixels& picture) {
  const Pixels& pixels = picture.pixels;
  const PixelLayout layout = !exact_ || is_yuv(pixels.layout)
                                 ? (is_yuv(pixels.layout) ? pixels.layout : PixelLayout::kI420)
                             : is_float(pixels.layout) ? PixelLayout::kRgb8
                                                       : pixels.layout;
  const Conversion conversion = conversion_of(picture);
  const auto pool = pool_for(info_of(layout, picture));
  const auto buffer = pool->take();
  {
    const MappedPicture mapped(buffer.get(), pool->info, GST_MAP_WRITE);
    const Pixels own = mapped.pixels(layout);
    if (layout == pixels.layout) {
      copy_rows(pixels, own);
    } else if (layout == PixelLayout::kRgb8) {
      write_bytes(pixels, own, conversion);
    } else {
      convert_on_cpu(pixels, own, conversion);
    }
  }
  GST_BUFFER_PTS(buffer.get()) = picture.pts;
  return Ref<GstSample>::adopt(gst_sample_new(buffer.get(), pool->caps.get(), nullptr, nullptr));
}

}  // namespace webrtcserver
