// SPDX-License-Identifier: LGPL-2.1-or-later
// video.hpp — video from any address to any address, in C++17; the header to include. Made of
// inline functions over the C API: it needs the flags of `pkg-config --cflags --libs
// gstreamer-webrtc-server-1.0`, and no knowledge of GStreamer.
#pragma once

#include <webrtcserver/command_line.hpp>
#include <webrtcserver/error.hpp>
#include <webrtcserver/image.hpp>
#include <webrtcserver/options.hpp>
#include <webrtcserver/pixel_format.hpp>
#include <webrtcserver/pixels.hpp>
#include <webrtcserver/video_output.hpp>
#include <webrtcserver/video_source.hpp>
