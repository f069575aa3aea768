// SPDX-License-Identifier: LGPL-2.1-or-later
// sink_properties.hpp — webrtcsink's properties: what they are called, hold and say.
#pragma once

#include <gst/gst.h>

#include "webrtc_sink.hpp"

namespace webrtcserver {

void install_sink_properties(GObjectClass* klass);

// Values other than `uri` and the read-only ones. Throw Error(kFailed) for a value that cannot be
// taken.
void set_sink_property(WebRTCSink& sink, guint id, const GValue* value, const GParamSpec* spec);
void get_sink_property(const WebRTCSink& sink, guint id, GValue* value);

}  // namespace webrtcserver
