// SPDX-License-Identifier: LGPL-2.1-or-later
// attempt.hpp — from what C++ throws to what C returns.
#pragma once

#include <gst/webrtcserver/error.h>

#include <exception>
#include <utility>

#include "base/error.hpp"

namespace webrtcserver {

// FALSE, and the error, for what `body` throws.
template <typename Body>
gboolean attempt(GError** error, Body&& body) {
  try {
    std::forward<Body>(body)();
    return TRUE;
  } catch (const Error& wrong) {
    g_set_error_literal(error, GST_WEBRTC_SERVER_ERROR, static_cast<int>(wrong.code()),
                        wrong.what());
  } catch (const std::exception& wrong) {
    g_set_error_literal(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_FAILED,
                        wrong.what());
  }
  return FALSE;
}

}  // namespace webrtcserver
