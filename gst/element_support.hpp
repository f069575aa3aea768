// SPDX-License-Identifier: LGPL-2.1-or-later
// element_support.hpp — what both elements need at the border to GStreamer.
#pragma once

#include <gst/gst.h>

#include <functional>

#include "base/error.hpp"

namespace webrtcserver {

// An error message of the element, in the domain that fits.
void post_error(GstElement* element, const Error& error);

// Runs `action`; what it throws becomes an error message. False when it threw.
bool attempt(GstElement* element, const std::function<void()>& action);

// A warning for each thing in the key file of codecs that cannot count.
void warn_of_codec_file(GstElement* element);

// `result` of the bin's own change of state, but where that cannot fail: an error ahead of the
// first picture leaves the bin READY with a failure, which it then gives for READY to READY, too;
// and its pipeline, which is PAUSED, could never be stopped.
GstStateChangeReturn result_of_stopping(GstStateChange transition, GstStateChangeReturn result);

// GstURIHandler's set_uri(): runs `take`, which throws for a URI that cannot be taken.
gboolean set_handler_uri(GstElement* element, GError** error, const std::function<void()>& take);

}  // namespace webrtcserver
