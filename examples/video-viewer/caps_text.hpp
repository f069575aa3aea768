// SPDX-License-Identifier: LGPL-2.1-or-later
// caps_text.hpp — a form of video in words: "H.264, 1280x720, 30 frames/s". A plain function.
#pragma once

#include <gst/gst.h>

#include <string>

std::string caps_text(const GstCaps* caps);
