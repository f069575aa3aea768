// SPDX-License-Identifier: LGPL-2.1-or-later
// element_probe.hpp — whether an element of a catalogue works on this machine. Usable on any
// thread; hardware may take its time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "codec/codec.hpp"

namespace webrtcserver {

// Why an instance of `factory` does not reach READY; empty when it does.
std::string failure_to_start(const char* factory);

// What an instance of `factory` does not take of that in `settings` which the user demands, as
// sentences.
std::vector<std::string> refused_demands(const char* factory,
                                         std::span<const PropertySetting> settings);

// Whether every element of a gst-launch description is there.
bool can_build(const char* description);

}  // namespace webrtcserver
