// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtc_src_element.hpp — the GObject of webrtcsrc.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GType gst_webrtc_server_src_get_type(void);

G_END_DECLS
