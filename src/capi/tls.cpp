// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/tls.h>

#include "server/option_properties.hpp"

namespace {

using webrtcserver::TlsMode;

static_assert(static_cast<int>(TlsMode::kAuto) == GST_WEBRTC_SERVER_TLS_AUTO);
static_assert(static_cast<int>(TlsMode::kOff) == GST_WEBRTC_SERVER_TLS_OFF);
static_assert(static_cast<int>(TlsMode::kSelfSigned) == GST_WEBRTC_SERVER_TLS_SELF_SIGNED);

}  // namespace

GType gst_webrtc_server_tls_get_type() {
  return webrtcserver::tls_mode_type();
}
