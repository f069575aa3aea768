// SPDX-License-Identifier: LGPL-2.1-or-later
// property_values.hpp — a GObject property as a control: its type, range and values.
// Any thread.
#pragma once

#include <gst/gst.h>

#include <optional>

#include "server/control.hpp"

namespace webrtcserver {

// From the GParamSpec; without name. Nothing for a type that has no control. `color`: an unsigned
// number is one, as ARGB.
std::optional<ControlSpec> describe_property(const GParamSpec* spec, bool color);

// Whether the property's text is read as Pango markup.
bool takes_markup(GObject* object, const GParamSpec* spec);

// `control` is describe_property()'s.
ControlValue read_property(GObject* object, const GParamSpec* spec, const ControlSpec& control);
// The value has been checked. False: the element did not take it, and has what it had.
bool write_property(GObject* object, const GParamSpec* spec, const ControlSpec& control,
                    const ControlValue& value);

}  // namespace webrtcserver
