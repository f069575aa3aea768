// SPDX-License-Identifier: LGPL-2.1-or-later
// carrier.hpp — an element that copies pictures from any kind of memory into any other, for the
// doubles' insides: formats, sizes and colours stay as they are.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver::doubles {

Ref<GstElement> make_carrier(const char* name);

}  // namespace webrtcserver::doubles
