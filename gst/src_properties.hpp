// SPDX-License-Identifier: LGPL-2.1-or-later
// src_properties.hpp — webrtcsrc's properties: what they are called, hold and say.
#pragma once

#include <gst/gst.h>

#include "webrtc_src.hpp"

namespace webrtcserver {

void install_src_properties(GObjectClass* klass);

// Values other than `uri` and the read-only ones. Throw Error(kFailed) for a value that cannot be
// taken.
void set_src_property(WebRTCSrc& src, guint id, const GValue* value, const GParamSpec* spec);
void get_src_property(const WebRTCSrc& src, guint id, GValue* value);

}  // namespace webrtcserver
