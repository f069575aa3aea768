// SPDX-License-Identifier: LGPL-2.1-or-later
// guard.hpp — the one boundary where C++ exceptions end before a C frame begins.
#pragma once

#include <exception>
#include <utility>

#include "base/log.hpp"

namespace webrtcserver {

// Runs `body`; an exception is logged under `where` and `fallback` is returned in its place.
//
// Not noexcept: the end of a thread (pthread_exit) unwinds its stack too, which nothing may stop.
// Python ends threads so that come to it while it ends itself, in whatever they are in the middle
// of.
template <typename Body, typename Result>
Result guard(const char* where, Result fallback, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::exception& error) {
    GST_CAT_ERROR(log::base(), "%s: %s", where, error.what());
  } catch (...) {
    if (!std::current_exception()) throw;  // no exception of C++, but the end of a thread
    GST_CAT_ERROR(log::base(), "%s: an exception of unknown type", where);
  }
  return fallback;
}

template <typename Body>
void guard(const char* where, Body&& body) {
  guard(where, true, [&] {
    std::forward<Body>(body)();
    return true;
  });
}

}  // namespace webrtcserver
