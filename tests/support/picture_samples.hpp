// SPDX-License-Identifier: LGPL-2.1-or-later
// picture_samples.hpp — pictures of one colour, as an application makes them, raw or encoded.
#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::test {

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
};

inline constexpr Colour kRed{200, 20, 20};
inline constexpr Colour kBlue{20, 20, 200};

// In RGB; `pts` may be GST_CLOCK_TIME_NONE. As of numpy, for which nobody says how many there are
// in a second, unless `rate` does.
Ref<GstSample> picture(int width, int height, Colour colour, GstClockTime pts, int rate = 0);

// So many pictures of a test pattern, encoded by `encoder` (in gst-launch-1.0's syntax, with the
// parser), 25 in a second.
std::vector<Ref<GstSample>> encoded_pictures(const std::string& encoder, int width, int height,
                                             unsigned count);

}  // namespace webrtcserver::test
