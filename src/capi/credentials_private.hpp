// SPDX-License-Identifier: LGPL-2.1-or-later
// credentials_private.hpp — how the server makes the Credentials that the application decides on.
#pragma once

#include <gst/webrtcserver/credentials.h>

#include <memory>

#include "server/admission.hpp"

namespace webrtcserver {

// (transfer full)
GstWebRTCServerCredentials* new_credentials(std::shared_ptr<Admission> admission);

}  // namespace webrtcserver
