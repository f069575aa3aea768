// SPDX-License-Identifier: LGPL-2.1-or-later
// run_properties.hpp — webrtcsink's properties and signals about when its pipeline runs.
#pragma once

#include <gst/gst.h>

#include "server/run_state.hpp"

namespace webrtcserver {

void install_run_properties(GObjectClass* klass);

// False: it is another property.
bool set_run_property(RunSettings& settings, guint id, const GValue* value);
bool get_run_property(const RunSettings& settings, guint id, GValue* value);

// `start-requested` and `stop-requested`: () → whether the application does it itself.
void install_run_signals(GType type);
bool emit_run_requested(GstElement* element, bool run);

}  // namespace webrtcserver
