// SPDX-License-Identifier: LGPL-2.1-or-later
// kernel_host.hpp — what a kernel compiled as C++ has in place of a device: where it is in the
// grid, and somebody who looks at each access.
#pragma once

#include <cstddef>

namespace libcuda_double {

// Of the thread that runs now: blockIdx × blockDim + threadIdx.
int thread_column();
int thread_row();

// Ends the kernel, as a device does, where the access is outside of the device's allocations or not
// aligned to its size.
void check_access(const void* address, std::size_t bytes);

}  // namespace libcuda_double
