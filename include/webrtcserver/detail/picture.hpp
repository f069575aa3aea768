// SPDX-License-Identifier: LGPL-2.1-or-later
// picture.hpp — what the handles of one image share: a sample, and its planes mapped where somebody
// has asked for them. Not for applications.
#pragma once

#include <gst/video/video.h>
#include <webrtcserver/detail/mapping.hpp>
#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace webrtcserver {
inline namespace v1 {
namespace detail {

class Picture {
 public:
  // Throws Error where the sample is of something else than video.
  explicit Picture(Sample sample) : sample_(std::move(sample)) {
    GstCaps* caps = sample_ ? gst_sample_get_caps(sample_.get()) : nullptr;
    buffer_ = sample_ ? gst_sample_get_buffer(sample_.get()) : nullptr;
    if (!caps || !buffer_ || gst_caps_is_empty(caps) || gst_caps_is_any(caps))
      throw Error(ErrorCode::kFailed, "A sample without caps or without a buffer is no image.");
    const GstStructure* structure = gst_caps_get_structure(caps, 0);
    const std::string_view media = gst_structure_get_name(structure);
    gst_video_info_init(&info_);
    raw_ = media == "video/x-raw";
    if (raw_ ? gst_video_info_from_caps(&info_, caps) == FALSE : !is_encoded_video(media))
      throw Error(ErrorCode::kFailed, "A sample of " + describe(caps) + " is no image.");
    if (!raw_) {
      gst_structure_get_int(structure, "width", &info_.width);
      gst_structure_get_int(structure, "height", &info_.height);
      codec_ = media;
    }
    const GstCapsFeatures* features = gst_caps_get_features(caps, 0);
    cuda_ = features && gst_caps_features_contains(features, "memory:CUDAMemory");
    cpu_ = !features || gst_caps_features_is_any(features) ||
           gst_caps_features_contains(features, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
  }

  GstSample* sample() const { return sample_.get(); }
  GstBuffer* buffer() const { return buffer_; }
  const GstVideoInfo& info() const { return info_; }
  bool is_raw() const { return raw_; }
  bool is_cuda() const { return cuda_; }
  bool is_cpu() const { return cpu_; }
  const std::string& codec() const { return codec_; }
  int planes() const { return raw_ ? static_cast<int>(GST_VIDEO_INFO_N_PLANES(&info_)) : 1; }

  std::ptrdiff_t stride(int plane) const {
    if (!raw_) return 0;
    const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer_);
    return meta ? meta->stride[plane] : GST_VIDEO_INFO_PLANE_STRIDE(&info_, plane);
  }

  // `kind`: 0 of the CPU, kMapCuda of the device. Several threads may read at once.
  const std::uint8_t* read(int kind, int plane) {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Mapping>& mapping = slot(kind);
    if (!mapping) mapping = map(GST_MAP_READ | kind);
    return mapping->data(plane);
  }

  // Only of a picture that is_exclusive().
  std::uint8_t* write(int kind, int plane) {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Mapping>& mapping = slot(kind);
    if (!mapping || !mapping->writes()) {
      on_cpu_.reset();
      on_device_.reset();
      mapping = map(GST_MAP_READWRITE | kind);
    }
    return mapping->data(plane);
  }

  // Nothing is written any more: elements share memory that is read, and copy what somebody writes
  // to.
  void end_writing() {
    const std::scoped_lock lock(mutex_);
    for (const int kind : {0, kMapCuda}) {
      std::unique_ptr<Mapping>& mapping = slot(kind);
      if (!mapping || !mapping->writes()) continue;
      mapping.reset();
      mapping = map(GST_MAP_READ | kind);
    }
  }

  // Whether nobody else can see what is written: no output that still has to read it, no source
  // that decodes the next frame from it.
  bool is_exclusive() const {
    return GST_MINI_OBJECT_REFCOUNT_VALUE(sample_.get()) == 1 && gst_buffer_is_writable(buffer_) &&
           gst_buffer_is_all_memory_writable(buffer_);
  }

  // The same picture in memory of its own, of the same kind; or, where `deep` is false, in the same
  // memory with a time and metadata of its own.
  Sample copy(bool deep) {
    end_writing();
    const Buffer buffer(deep ? gst_buffer_copy_deep(buffer_) : gst_buffer_copy(buffer_));
    if (!buffer) throw Error(ErrorCode::kFailed, "There is no memory for a copy of the image.");
    const GstStructure* info = gst_sample_get_info(sample_.get());
    return Sample(gst_sample_new(buffer.get(), gst_sample_get_caps(sample_.get()),
                                 gst_sample_get_segment(sample_.get()),
                                 info ? gst_structure_copy(info) : nullptr));
  }

 private:
  static bool is_encoded_video(std::string_view media) {
    return media.substr(0, 6) == "video/" || media.substr(0, 6) == "image/";
  }

  static std::string describe(GstCaps* caps) {
    const Text text(gst_caps_to_string(caps));
    return text.get();
  }

  std::unique_ptr<Mapping>& slot(int kind) { return kind == 0 ? on_cpu_ : on_device_; }

  std::unique_ptr<Mapping> map(int flags) {
    return std::make_unique<Mapping>(buffer_, raw_ ? &info_ : nullptr, flags);
  }

  Sample sample_;
  GstBuffer* buffer_ = nullptr;  // of sample_
  GstVideoInfo info_;
  bool raw_ = false;
  bool cuda_ = false;
  bool cpu_ = false;
  std::string codec_;  // the media type of what is encoded
  std::mutex mutex_;
  std::unique_ptr<Mapping> on_cpu_;     // guarded by mutex_; goes before sample_
  std::unique_ptr<Mapping> on_device_;  // guarded by mutex_
};

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
