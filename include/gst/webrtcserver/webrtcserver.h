/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/controls.h>
#include <gst/webrtcserver/credentials.h>
#include <gst/webrtcserver/error.h>
#include <gst/webrtcserver/pixels.h>
#include <gst/webrtcserver/request.h>
#include <gst/webrtcserver/server.h>
#include <gst/webrtcserver/session.h>
#include <gst/webrtcserver/socket.h>
#include <gst/webrtcserver/stream.h>
#include <gst/webrtcserver/tls.h>
#include <gst/webrtcserver/version.h>
#include <gst/webrtcserver/video_options.h>
#include <gst/webrtcserver/video_output.h>
#include <gst/webrtcserver/video_source.h>
