// SPDX-License-Identifier: LGPL-2.1-or-later
// property_settings.hpp — applies rows of settings to elements that differ between releases.
// Usable on any thread that may configure the element.
#pragma once

#include <span>

#include "codec/codec.hpp"

namespace webrtcserver {

// Sets what `object` knows. A property it lacks, or a value it does not take, is skipped. Several
// rows may name the same property, the newest release's value first: the first one accepted stays.
void apply_settings(GstElement* element, std::span<const PropertySetting> settings);

// Sets a whole number, clamped to the property's range. False when the element has no such
// property.
bool set_number(GstElement* element, const char* property, gint64 value);

}  // namespace webrtcserver
