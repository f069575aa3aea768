// SPDX-License-Identifier: LGPL-2.1-or-later
// control_value.hpp — values of controls as C programs have them.
#pragma once

#include <glib-object.h>

#include "server/control.hpp"

namespace webrtcserver {

// Throws ControlFault for a value of a type that the control does not take.
ControlValue control_value_of(const ControlSpec& control, const GValue* value);

// Into a GValue that holds nothing yet: gdouble, gboolean, gchararray; guint for a colour.
void give_control_value(const ControlSpec& control, const ControlValue& value, GValue* to);

// "#aarrggbb"
std::string color_text(guint argb);

}  // namespace webrtcserver
