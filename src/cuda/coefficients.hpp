// SPDX-License-Identifier: LGPL-2.1-or-later
// coefficients.hpp — the numbers that a Conversion comes to. Any thread.
#pragma once

#include "cuda/conversion_math.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

// Of a conversion that has been checked.
Coefficients coefficients_of(const Conversion& conversion);

}  // namespace webrtcserver
