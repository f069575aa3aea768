// SPDX-License-Identifier: LGPL-2.1-or-later
// sanitizers.cpp — what the sanitizers' runtimes ask of the program they run in. Without one, these
// functions are never called.
#include "support/sanitizers.hpp"

#include <glib.h>

#include <string>

#ifdef WEBRTCSERVER_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

namespace {

#ifdef WEBRTCSERVER_LEAKS

// GLib makes its table of quarks while it is loaded and loses it once there are too many for it, as
// every program has that starts GStreamer. What is allocated before main() is therefore no leak,
// and nobody loads anything before what stands in this section.
[[gnu::section(".preinit_array"), gnu::used]] void (*const ignore_leaks)() = __lsan_disable;
[[gnu::constructor]] void look_for_leaks() {
  __lsan_enable();
}
#else
void __lsan_disable() {}
void __lsan_enable() {}
#endif

}  // namespace

bool webrtcserver::test::is_sanitized() {
#ifdef WEBRTCSERVER_SANITIZED
  return true;
#else
  return false;
#endif
}

webrtcserver::test::StartUp::StartUp() {
  __lsan_disable();
}

webrtcserver::test::StartUp::~StartUp() {
  // The table that is lost next is made here, and has room for as many again.
  constexpr GQuark kStep = 2048;  // by so many it grows
  for (int i = 0; g_quark_from_string(("webrtcserver-test-" + std::to_string(i)).c_str()) % kStep;)
    ++i;
  __lsan_enable();
}

extern "C" {

const char* __asan_default_options();
const char* __lsan_default_options();
const char* __lsan_default_suppressions();
const char* __ubsan_default_options();

// glib-networking's thread-local memory is not where LeakSanitizer guesses it to be. For who
// allocated something that leaked, see run_sanitized.sh.
const char* __asan_default_options() {
  return "intercept_tls_get_addr=0:malloc_context_size=16:detect_stack_use_after_return=1:"
         "strict_init_order=1:check_initialization_order=1";
}

const char* __lsan_default_options() {
  return "print_suppressions=0";
}

const char* __ubsan_default_options() {
  return "print_stacktrace=1";
}

// One-time allocations of libraries that keep them until the process ends. A table of quarks that
// became too small is one of them: GLib made the first when it was loaded. libsoup loses the path
// of a request line that is no request's, x265 a filter's rows, and its element some options. An
// object in a message that a pipeline kept has GLib allocate something while it goes with the
// message. A CUDA device that is lost takes its kernels with it, and nobody unloads them.
const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n"
         "leak:libpango\n"
         "leak:g_quark_from\n"
         "leak:g_intern\n"
         "leak:ld-linux\n"
         "leak:soup_headers_parse_request\n"
         "leak:x265\n"
         "leak:cuModuleLoadDataEx\n"
         "leak:gst_structure_free\n";
}
}
