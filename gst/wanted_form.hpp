// SPDX-License-Identifier: LGPL-2.1-or-later
// wanted_form.hpp — what a pad of webrtcsrc shall give: what its peer takes. Not on the server
// thread, which a query could hold up.
#pragma once

#include "codec/decoding.hpp"

namespace webrtcserver {

// Raw wherever that is taken; encoded or packets where the pipeline asks for nothing else. Who
// takes pictures in any memory, without naming one, gets them in the system's: an appsink's
// application cannot read a device's, and elements that pass everything on, videoconvert among
// them, know nothing of it.
Decoding::Wanted wanted_by(GstPad* pad, MediaKind kind);

}  // namespace webrtcserver
