// SPDX-License-Identifier: LGPL-2.1-or-later
// sanitizers.cpp — what the sanitizers' runtimes ask of the program they run in. Without one, these
// functions are never called.

extern "C" {

const char* __asan_default_options();
const char* __lsan_default_options();
const char* __lsan_default_suppressions();
const char* __ubsan_default_options();

const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_init_order=1:check_initialization_order=1";
}

const char* __lsan_default_options() {
  return "print_suppressions=0";
}

const char* __ubsan_default_options() {
  return "print_stacktrace=1";
}

// One-time allocations of libraries that keep them until the process ends.
const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n"
         "leak:libpango\n"
         "leak:g_quark_init\n";
}
}
