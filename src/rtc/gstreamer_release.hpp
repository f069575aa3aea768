// SPDX-License-Identifier: LGPL-2.1-or-later
// gstreamer_release.hpp — the release of GStreamer that runs, which may be another than this was
// built with. For what nothing can be asked about: properties and signals can be looked up.
#pragma once

#include <gst/gst.h>

namespace webrtcserver {

inline bool gstreamer_is_before(guint major, guint minor) {
  guint running_major = 0;
  guint running_minor = 0;
  guint micro = 0;
  guint nano = 0;
  gst_version(&running_major, &running_minor, &micro, &nano);
  return running_major < major || (running_major == major && running_minor < minor);
}

}  // namespace webrtcserver
