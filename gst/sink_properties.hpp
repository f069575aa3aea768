// SPDX-License-Identifier: LGPL-2.1-or-later
// sink_properties.hpp — webrtcsink's properties: what they are called, hold and say.
#pragma once

#include <gst/gst.h>

#include <string>
#include <utility>
#include <vector>

#include "webrtc_sink.hpp"

namespace webrtcserver {

void install_sink_properties(GObjectClass* klass);

// Values other than `uri` and the read-only ones. Throw Error(kFailed) for a value that cannot be
// taken.
void set_sink_property(WebRTCSink& sink, guint id, const GValue* value, const GParamSpec* spec);
void get_sink_property(const WebRTCSink& sink, guint id, GValue* value);

// Sets the options of a URI on `element`. Throws Error(kInvalidUri) for one that is no writable
// property of it, or whose value does not fit: which, and what fits.
void apply_uri_options(GstElement* element,
                       const std::vector<std::pair<std::string, std::string>>& options);

inline constexpr guint kUriProperty = 1;

}  // namespace webrtcserver
