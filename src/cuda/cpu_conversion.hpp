// SPDX-License-Identifier: LGPL-2.1-or-later
// cpu_conversion.hpp — converts pictures in the memory of the CPU, with the results of the CUDA
// kernels to the last bit. Any thread; keeps it busy for as long as it takes.
#pragma once

#include "cuda/pixels.hpp"
#include "cuda/row_functions.hpp"

namespace webrtcserver {

// Throws Error for what check_conversion() does not like, before anything is written. Bytes between
// the rows of the destination are left as they are.
void convert_on_cpu(const Pixels& source, const Pixels& destination, const Conversion& conversion,
                    const RowFunctions& functions = row_functions());

}  // namespace webrtcserver
