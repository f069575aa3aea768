// SPDX-License-Identifier: LGPL-2.1-or-later
// converters.hpp — doubles of the elements that carry pictures into, out of and within the memory
// of GPUs. They really convert, by the CPU, and count what passes the bus. Their caps are those of
// the real ones; the sources are named at the table. Usable on any thread.
#pragma once

#include "doubles/device_memory.hpp"
#include "doubles/machine.hpp"

namespace webrtcserver::doubles {

// nvvidconv; with DeepStream nvvideoconvert as well.
Machine jetson_converters(bool deepstream = false);
// cudaupload, cudadownload, cudaconvert, cudascale.
Machine cuda_converters();
// vapostproc, vadeinterlace.
Machine va_converters();
// glupload, gldownload, glcolorconvert.
Machine gl_converters();

// Pictures, since the process began, that went from system memory to a device's and back, and those
// that were converted or moved on devices.
struct Traffic {
  unsigned uploads = 0;
  unsigned downloads = 0;
  unsigned on_device = 0;
};
Traffic traffic();

}  // namespace webrtcserver::doubles
