// SPDX-License-Identifier: LGPL-2.1-or-later
// run_properties.hpp — webrtcsink's properties and signals about when its pipeline runs.
#pragma once

#include <gst/gst.h>

#include <memory>

#include "server/run_state.hpp"
#include "server/stream.hpp"

namespace webrtcserver {

void install_run_properties(GObjectClass* klass);

// False: it is another property.
bool set_run_property(RunSettings& settings, guint id, const GValue* value);
bool get_run_property(const RunSettings& settings, guint id, GValue* value);

// `start-requested` and `stop-requested`: () → whether the application does it itself.
void install_run_signals(GType type);
bool emit_run_requested(GstElement* element, bool run);

// The action signals `start` and `stop`: what a browser's buttons do with run-policy=manual, done
// by the application. The callbacks take the element.
void install_run_actions(GType type, GCallback start, GCallback stop);
// Asks for it without waiting; nothing where there is no stream or another policy.
void wish_run(const std::shared_ptr<Stream>& stream, bool run);

}  // namespace webrtcserver
