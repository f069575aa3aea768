// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in an application's own memory, on their way to where samples go.
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "cuda/gst_cuda.hpp"
#include "video/pixel_memory.hpp"
#include "video/targets.hpp"
#include "video/video_output.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr std::string_view kLossless = "PNG";

// What the frames that stay are in, ahead of the first of them.
Ref<GstCaps> caps_on_device(const Pixels& pixels) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple(
      "video/x-raw", "format", G_TYPE_STRING, "NV12", "width", G_TYPE_INT, pixels.width, "height",
      G_TYPE_INT, pixels.height, "framerate", GST_TYPE_FRACTION, 0, 1, nullptr));
  gst_caps_set_features(caps.get(), 0, gst_caps_features_new("memory:CUDAMemory", nullptr));
  return caps;
}

// Where an encoder of hardware fails, one of software takes over, and gets them by it.
bool has_way_down() {
  return static_cast<bool>(Ref<GstElementFactory>::adopt(gst_element_factory_find("cudadownload")));
}

}  // namespace

// Whether colours at half the size would be seen to be so: video has them like that anyway.
bool VideoOutput::shows_each_pixel() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.location.kind == LocationKind::kDisplay ||
           (slot.planned && slot.planned->name == kLossless);
  });
}

void VideoOutput::render(const ApplicationPixels& picture) {
  check_process();
  {
    const std::scoped_lock lock(mutex_);
    if (state_ == State::kClosed) throw Error(ErrorCode::kClosed, "The output has been closed.");
  }
  if (const auto frame = frame_of(picture)) return render(frame.get());
  const std::scoped_lock lock(mutex_);
  ++frames_;
  ++missed_;
}

Ref<GstSample> VideoOutput::frame_of(const ApplicationPixels& picture) {
  if (!stays_on_device(picture)) return pixel_frames_->make(picture);
  try {
    return pixel_frames_->make(picture, true);
  } catch (const Error& error) {
    // Where it is the picture that is wrong, this throws.
    auto frame = pixel_frames_->make(picture);
    bring_down(error.what());
    return frame;
  }
}

bool VideoOutput::stays_on_device(const ApplicationPixels& picture) {
  if (!is_on_device(picture)) return false;
  const Pixels& pixels = picture.pixels;
  const auto decided = [&] {
    const std::scoped_lock lock(mutex_);
    return device_pictures_;
  };
  if (decided() == DevicePictures::kUndecided) {
    const std::scoped_lock turn(turn_);
    if (decided() == DevicePictures::kUndecided) {
      // webrtcsink says by its properties what it encodes.
      open_targets();
      const bool wanted = is_wanted_on_device(caps_on_device(pixels).get());
      GST_INFO("Pictures of a CUDA device %s.", wanted
                                                    ? "stay there up to an encoder that takes them"
                                                    : "come down to the CPU's memory");
      const std::scoped_lock lock(mutex_);
      device_pictures_ = wanted ? DevicePictures::kStay : DevicePictures::kComeDown;
      // What came ahead of it from the CPU's memory has given a file its size.
      staying_width_ = width_ > 0 ? width_ : pixels.width;
      staying_height_ = height_ > 0 ? height_ : pixels.height;
    }
  }
  bool fits = true;
  {
    const std::scoped_lock lock(mutex_);
    if (device_pictures_ != DevicePictures::kStay) return false;
    fits = (pixels.width == staying_width_ && pixels.height == staying_height_) ||
           std::none_of(slots_.begin(), slots_.end(),
                        [](const Slot& slot) { return !slot.left_out && slot.format->one_size; });
  }
  if (!fits) bring_down("their size has changed, and a file's is fitted by the CPU");
  return fits;
}

// Whether any encoder takes them as they lie, and everybody else has a way to bring them down. With
// turn_ held.
bool VideoOutput::is_wanted_on_device(const GstCaps* caps) const {
  if (!GstCuda::missing().empty() || !has_way_down()) return false;
  std::vector<Slot> slots;
  {
    const std::scoped_lock lock(mutex_);
    slots = slots_;
  }
  bool wanted = false;
  for (const Slot& slot : slots) {
    if (!slot.target || slot.failed || slot.ended) continue;
    const OutputCodec* codec = slot.begun ? slot.codec : slot.planned;
    if (codec) {
      const auto choices = output_encoders(*codec, caps, encoder_for(*codec));
      if (choices.empty()) return false;
      wanted = wanted || !choices.front().input->download;
    } else if (slot.location.kind == LocationKind::kDisplay) {
      return false;  // a window's pictures are the CPU's
    } else {
      const auto sink = slot.target->element();
      wanted = wanted || (sink && webrtcsink_takes(sink.get(), caps));
    }
  }
  return wanted;
}

void VideoOutput::bring_down(const char* why) {
  {
    const std::scoped_lock lock(mutex_);
    if (device_pictures_ != DevicePictures::kStay) return;
    device_pictures_ = DevicePictures::kComeDown;
  }
  GST_INFO("Pictures of a CUDA device come down to the CPU's memory from now on: %s.", why);
}

}  // namespace webrtcserver
