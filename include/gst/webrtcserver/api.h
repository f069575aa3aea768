/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <glib.h>

/**
 * GST_WEBRTC_SERVER_API: (skip)
 *
 * Stands before every exported function.
 *
 * Since: 0.1
 */
#if defined(__GNUC__)
#define GST_WEBRTC_SERVER_API __attribute__((visibility("default"))) extern
#else
#define GST_WEBRTC_SERVER_API extern
#endif
