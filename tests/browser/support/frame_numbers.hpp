// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_numbers.hpp — frames that carry their number twice: drawn, as media_log.hpp reads it, and
// as a region of interest.
#pragma once

#include <gst/gst.h>

// From now on, of I420 that passes `pad`. The numbers are those of a byte. Of two regions "number"
// has the number for its x, and "middle" is the middle half of the picture, of which somebody is
// 87 % sure.
void number_frames(GstPad* pad);
