// SPDX-License-Identifier: LGPL-2.1-or-later
// rate_end.hpp — no picture of videorate beyond the end of its input.
// Its probes run on the streaming thread.
#pragma once

#include <gst/gst.h>

namespace webrtcserver {

// From 1.28 on videorate shows the last picture once more when its input ends, a whole picture
// after that end.
void end_with_input(GstElement* videorate);

}  // namespace webrtcserver
