// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures in an application's own memory, on their way to where samples go.
#include <algorithm>
#include <string_view>

#include "base/error.hpp"
#include "video/video_output.hpp"

namespace webrtcserver {

namespace {

constexpr std::string_view kLossless = "PNG";

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
  if (const auto frame = pixel_frames_->make(picture)) return render(frame.get());
  const std::scoped_lock lock(mutex_);
  ++frames_;
  ++missed_;
}

}  // namespace webrtcserver
