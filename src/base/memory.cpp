// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/memory.hpp"

#include <glib.h>
#include <malloc.h>

#include <atomic>

namespace webrtcserver {

void return_free_memory() {
#ifdef __GLIBC__
  constexpr gint64 kInterval = 2 * G_USEC_PER_SEC;
  static std::atomic<gint64> next{0};
  const gint64 now = g_get_monotonic_time();
  gint64 due = next.load();
  if (now < due || !next.compare_exchange_strong(due, now + kInterval)) return;
  malloc_trim(0);
#endif
}

}  // namespace webrtcserver
