// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtc_sink_element.hpp — the GObject of webrtcsink.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GType gst_webrtc_server_sink_get_type(void);

G_END_DECLS
