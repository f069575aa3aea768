// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation_events.hpp — what browsers do on a picture as GstNavigation has it. Pure functions.
#pragma once

#include <gst/gst.h>

#include "base/ref.hpp"
#include "signalling/navigation_event.hpp"

namespace webrtcserver {

// Puts the event's position into a picture of `width` by `height`: scales it from the picture that
// the browser has, where that is another, and keeps it inside.
void fit_into(NavigationEvent& event, int width, int height);

// For gst_pad_push_event(), upstream. The same structures as those of libgstvideo's own functions,
// which 1.20 does not have all of.
Ref<GstEvent> make_navigation_event(const NavigationEvent& event);

}  // namespace webrtcserver
