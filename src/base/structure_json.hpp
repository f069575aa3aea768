// SPDX-License-Identifier: LGPL-2.1-or-later
// structure_json.hpp — a GstStructure as a JSON object.
// Pure function; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <string>

namespace webrtcserver {

// Strings, numbers, booleans, fractions (as text) and nested structures; fields of other types are
// left out.
std::string to_json(const GstStructure* structure);

}  // namespace webrtcserver
