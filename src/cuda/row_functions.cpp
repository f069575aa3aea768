// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/row_functions.hpp"

#include "cuda/row_loops.hpp"

namespace webrtcserver {

namespace {

// A loop compiled for some processor. Not by target_clones: there the dynamic linker chooses,
// before the sanitizers are there and not with every C library, and a test has nothing to compare.
#define WEBRTCSERVER_LOOPS_FOR(Processor, attribute)                           \
  template <auto kLoop>                                                        \
  struct Processor;                                                            \
  template <typename... Arguments, void (*kLoop)(Arguments...)>                \
  struct Processor<kLoop> {                                                    \
    attribute static void run(Arguments... arguments) { kLoop(arguments...); } \
  }

WEBRTCSERVER_LOOPS_FOR(Portable, );
#if defined(__x86_64__)
WEBRTCSERVER_LOOPS_FOR(Sse41, __attribute__((target("sse4.1"))));
WEBRTCSERVER_LOOPS_FOR(Avx2, __attribute__((target("avx2"))));
#endif

template <template <auto> class Processor>
constexpr RowFunctions functions_for(const char* name) {
  return {name,
          Processor<row_loops::unpack>::run,
          Processor<row_loops::unpack_floats>::run,
          Processor<row_loops::to_luma>::run,
          Processor<row_loops::to_chroma>::run,
          Processor<row_loops::to_parts>::run,
          Processor<row_loops::to_colors>::run,
          Processor<row_loops::to_grey>::run,
          Processor<row_loops::pack>::run,
          Processor<row_loops::pack_floats>::run,
          Processor<row_loops::split>::run,
          Processor<row_loops::join>::run};
}

// From the one that every machine has to the best.
constexpr RowFunctions kSets[] = {
    functions_for<Portable>("portable"),
#if defined(__x86_64__)
    functions_for<Sse41>("SSE4.1"),
    functions_for<Avx2>("AVX2"),
#endif
};

}  // namespace

std::span<const RowFunctions> all_row_functions() {
  std::size_t count = 1;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.1")) count = 2;
  if (__builtin_cpu_supports("avx2")) count = 3;
#endif
  return {kSets, count};
}

const RowFunctions& row_functions() {
  static const RowFunctions& functions = all_row_functions().back();
  return functions;
}

}  // namespace webrtcserver
