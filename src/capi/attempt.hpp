// SPDX-License-Identifier: LGPL-2.1-or-later
// attempt.hpp — where C++ exceptions become GErrors.
#pragma once

#include <gst/webrtcserver/error.h>

#include <exception>
#include <utility>

#include "base/error.hpp"

namespace webrtcserver {

// Runs `body`. What it throws is left in `error`, and FALSE returned. Not noexcept: see guard().
template <typename Body>
gboolean attempt(GError** error, Body&& body) {
  try {
    std::forward<Body>(body)();
    return TRUE;
  } catch (const Error& caught) {
    g_set_error_literal(error, GST_WEBRTC_SERVER_ERROR, static_cast<gint>(caught.code()),
                        caught.what());
  } catch (const std::exception& caught) {
    g_set_error_literal(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_FAILED,
                        caught.what());
  }
  return FALSE;
}

}  // namespace webrtcserver
