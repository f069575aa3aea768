// SPDX-License-Identifier: LGPL-2.1-or-later
// object_array.hpp — objects in C's words. Any thread.
#pragma once

#include <glib-object.h>

#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

// The array frees what is in it with g_object_unref().
template <typename Object>
void append(GPtrArray* array, std::vector<Ref<Object>> objects) {
  for (auto& object : objects) g_ptr_array_add(array, object.release());
}

}  // namespace webrtcserver
