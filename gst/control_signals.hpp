// SPDX-License-Identifier: LGPL-2.1-or-later
// control_signals.hpp — the signal `control-changed`, and the property `control-policy`.
#pragma once

#include <gst/gst.h>

#include <string>

#include "server/control.hpp"

namespace webrtcserver {

// (name, GValue): a control has another value. Returns the signal's number.
guint install_control_changed(GType type);

// As JSON has it: gboolean, gdouble or gchararray.
void emit_control_changed(GstElement* element, guint signal, const std::string& name,
                          const ControlValue& value);

// The enumeration of ControlPolicy.
GType control_policy_type();

}  // namespace webrtcserver
