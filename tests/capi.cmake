# SPDX-License-Identifier: LGPL-2.1-or-later
# What the library exports.

# A symbol that goes breaks programs; one that comes stays. Either is meant, or a mistake.
add_test(NAME capi.symbols
  COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/capi/check_symbols.py
    ${CMAKE_NM} $<TARGET_FILE:gstwebrtcserver> ${CMAKE_CURRENT_SOURCE_DIR}/capi/symbols.txt)
set_tests_properties(capi.symbols PROPERTIES LABELS plugin TIMEOUT 30)

# A program in C11, with nothing but the public headers.
add_executable(capi-push-stream ${CMAKE_CURRENT_SOURCE_DIR}/capi/push_stream.c)
set_target_properties(capi-push-stream PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
target_compile_options(capi-push-stream PRIVATE -Wall -Wextra -Wpedantic)
target_include_directories(capi-push-stream PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(capi-push-stream PRIVATE gstwebrtcserver webrtcserver-dependencies)
add_test(NAME capi.push_stream COMMAND ${dev_shell} $<TARGET_FILE:capi-push-stream>)
# It does not know what of GLib's is no leak (support/sanitizers.cpp); capi-test looks for ours.
set_tests_properties(capi.push_stream PROPERTIES
  LABELS plugin TIMEOUT ${element_timeout} FIXTURES_REQUIRED registry
  ENVIRONMENT "${dev_environment};ASAN_OPTIONS=detect_leaks=0")
