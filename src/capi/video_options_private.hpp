// SPDX-License-Identifier: LGPL-2.1-or-later
// video_options_private.hpp — the values of the options, for those who are made with them.
#pragma once

#include <gst/webrtcserver/video_options.h>

#include "video/options.hpp"

namespace webrtcserver {

// As they are now; NULL: the defaults.
VideoOptions video_options_of(GstWebRTCServerVideoOptions* options);

}  // namespace webrtcserver
