// SPDX-License-Identifier: LGPL-2.1-or-later
// sanitizers.hpp — whether the library under test was built with sanitizers (no macro: what a test
// is compiled to is the same then), and what their search for leaks wants.
#pragma once

namespace webrtcserver::test {

[[nodiscard]] bool is_sanitized();

// While one lives, what this thread allocates is no leak. GStreamer starts in one: GLib's table of
// quarks grows with them, and each that it has outgrown is lost.
class StartUp final {
 public:
  StartUp();
  ~StartUp();
  StartUp(const StartUp&) = delete;
  StartUp& operator=(const StartUp&) = delete;
};

}  // namespace webrtcserver::test
