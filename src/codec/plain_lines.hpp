// SPDX-License-Identifier: LGPL-2.1-or-later
// plain_lines.hpp — pictures whose lines are padded (GstVideoMeta), ahead of elements that only
// know the layout that follows from the caps. An appsrc asks nobody; whoever fed the pictures to it
// was told that any layout will do. Any thread.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

// From now on, pictures in system memory that leave `pad` are copied where downstream does not say
// that it knows GstVideoMeta and their layout needs it. Nothing else is touched.
void keep_lines_plain(GstPad* pad);

}  // namespace webrtcserver
