# SPDX-License-Identifier: LGPL-2.1-or-later
# Language level, warnings and sanitizers.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Paths are hashed relative to the checkout, so that a fresh clone finds what another one compiled.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(webrtcserver-warnings INTERFACE)
target_compile_options(webrtcserver-warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual -Wundef
  # A designated initialiser leaves the rest zero on purpose.
  -Wno-missing-field-initializers
  # A newer GStreamer or GLib may deprecate what the oldest one we support needs.
  -Wno-error=deprecated-declarations)
if(WEBRTCSERVER_WERROR)
  target_compile_options(webrtcserver-warnings INTERFACE -Werror)
endif()

set(webrtcserver_sanitizer_options "")
if(WEBRTCSERVER_SANITIZE)
  list(JOIN WEBRTCSERVER_SANITIZE "," sanitizers)
  # -O2 takes half as long again to compile, and -g to write, for nothing that a report shows. GCC
  # finds variables uninitialised that are not, once they are instrumented.
  set(webrtcserver_sanitizer_options -fsanitize=${sanitizers} -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined -O1 -g1 -D_GLIBCXX_ASSERTIONS)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # clang has no such warning, and warns of that
    list(APPEND webrtcserver_sanitizer_options -Wno-error=maybe-uninitialized)
  endif()
  add_compile_options(${webrtcserver_sanitizer_options})
  add_link_options(-fsanitize=${sanitizers})
endif()
