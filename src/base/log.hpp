// SPDX-License-Identifier: LGPL-2.1-or-later
// log.hpp — one GStreamer debug category per layer, e.g. GST_DEBUG=webrtcserver-rtc:6.
// A source file names its own with `#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())`.
#pragma once

#include <gst/gst.h>

namespace webrtcserver::log {

GstDebugCategory* base();
GstDebugCategory* codec();
GstDebugCategory* net();
GstDebugCategory* rtc();
GstDebugCategory* signalling();
GstDebugCategory* server();
GstDebugCategory* video();
GstDebugCategory* element();

}  // namespace webrtcserver::log
