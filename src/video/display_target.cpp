// SPDX-License-Identifier: LGPL-2.1-or-later
// A window, or a screen without a desktop.
#include <filesystem>

#include "base/error.hpp"
#include "video/targets.hpp"

namespace webrtcserver {

void check_display_target(const Location& location) {
  std::error_code ignored;
  if (!g_getenv("DISPLAY") && !g_getenv("WAYLAND_DISPLAY") &&
      !std::filesystem::exists("/dev/dri/card0", ignored)) {
    throw Error(ErrorCode::kFailed,
                "\"" + location.text +
                    "\": there is no display here; neither DISPLAY nor WAYLAND_DISPLAY is set. "
                    "With --headless such targets are left out.");
  }
  need_element(location, "autovideosink", "gstreamer1.0-plugins-good");
}

std::shared_ptr<Target> make_display_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.early = true;
  plan.build = [wait = request.wait](ElementChain& chain, const OutputCodec* /*codec*/) {
    chain.add("videoconvert", "converter");
    chain.add("videoscale", "scaler");
    GstElement* sink = chain.add("autovideosink", "sink");
    g_object_set(sink, "sync", wait ? TRUE : FALSE, nullptr);
    return sink;
  };
  return std::make_shared<ChainTarget>(std::move(plan), request.listener);
}

}  // namespace webrtcserver
