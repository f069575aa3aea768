// SPDX-License-Identifier: LGPL-2.1-or-later
// output_plan.hpp — which codec each target gets, so that as few encoders as possible run. Pure;
// usable on any thread.
#pragma once

#include <functional>
#include <vector>

#include "video/options.hpp"
#include "video/output_codec.hpp"
#include "video/output_format.hpp"

namespace webrtcserver {

struct OutputWish {
  const OutputFormat* format = nullptr;
  std::string text;                        // as errors name it
  std::vector<const OutputCodec*> codecs;  // that it takes, in its order of preference
};

// A codec for each target; null: it gets raw video. `has_encoder` is asked as seldom as possible.
// Throws Error(kNoCommonCodec) where a target cannot carry what was asked for, and
// Error(kNoEncoder) where nothing can encode for it; both name the target.
std::vector<const OutputCodec*> plan_codecs(
    const std::vector<OutputWish>& wishes, const VideoOptions& options,
    const std::function<bool(const OutputCodec&)>& has_encoder);

}  // namespace webrtcserver
