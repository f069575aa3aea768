// SPDX-License-Identifier: LGPL-2.1-or-later
// sanitizers.cpp — what the sanitizers' runtimes ask of the program they run in. Without one, these
// functions are never called.

extern "C" {

const char* __asan_default_options();
const char* __lsan_default_options();
const char* __lsan_default_suppressions();
const char* __ubsan_default_options();

// GLib has no frame pointers: only the slow unwinder sees who called it, which a leak's report and
// the suppressions below need. glib-networking's thread-local memory is not where LeakSanitizer
// guesses it to be.
const char* __asan_default_options() {
  return "intercept_tls_get_addr=0:fast_unwind_on_malloc=0:malloc_context_size=16:detect_stack_use_"
         "after_return=1:strict_init_order=1:check_initialization_order=1";
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
