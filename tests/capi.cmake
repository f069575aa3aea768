# SPDX-License-Identifier: LGPL-2.1-or-later
# What the library exports.

# A symbol that goes breaks programs; one that comes stays. Either is meant, or a mistake.
add_test(NAME capi.symbols
  COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/capi/check_symbols.py
    ${CMAKE_NM} $<TARGET_FILE:gstwebrtcserver> ${CMAKE_CURRENT_SOURCE_DIR}/capi/symbols.txt)
set_tests_properties(capi.symbols PROPERTIES LABELS plugin TIMEOUT 30)
