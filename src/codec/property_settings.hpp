// SPDX-License-Identifier: LGPL-2.1-or-later
// property_settings.hpp — applies rows of settings to elements that differ between releases.
// Usable on any thread that may configure the element.
#pragma once

#include <span>
#include <string>

#include "codec/codec.hpp"

namespace webrtcserver {

// Sets what `object` knows. A property it lacks, or a value it does not take (an enum's unknown
// nick, a number out of range), is skipped. Several rows may name the same property, the newest
// release's value first: the first one accepted stays.
void apply_settings(GstElement* element, std::span<const PropertySetting> settings);

// Why `element` does not take `setting`, as a sentence; empty when it does. Changes nothing.
std::string why_refused(GstElement* element, const PropertySetting& setting);

// Sets a whole number, clamped to the property's range. False when the element has no such
// property.
bool set_number(GstElement* element, const char* property, gint64 value);

// Sets a field of the GstStructure that is the value of `property`, or removes it, and leaves the
// other fields. Several threads must not do so at once. False when the element has no such
// property.
bool set_field(GstElement* element, const char* property, const char* field, gint64 value);
bool clear_field(GstElement* element, const char* property, const char* field);

}  // namespace webrtcserver
