// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <mutex>

namespace webrtcserver {

namespace {

constexpr rlim_t kEnough = 65536;

void raise_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(kEnough, limit.rlim_max);  // RLIM_INFINITY is the largest
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

std::size_t open_file_limit() {
  static std::once_flag once;
  std::call_once(once, raise_limit);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace webrtcserver
