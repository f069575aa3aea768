# SPDX-License-Identifier: LGPL-2.1-or-later
# The C API: what the library exports, and the same API from Python.

# A symbol that goes breaks programs; one that comes stays. Either is meant, or a mistake.
add_test(NAME capi.symbols
  COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/capi/check_symbols.py
    ${CMAKE_NM} $<TARGET_FILE:gstwebrtcserver> ${CMAKE_CURRENT_SOURCE_DIR}/capi/symbols.txt)
set_tests_properties(capi.symbols PROPERTIES LABELS plugin TIMEOUT 30)

# The distribution's Python is the one that has its modules (python3-gi).
if(webrtcserver_has_introspection)
  file(GLOB capi_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/capi/*_test.py)
  foreach(file IN LISTS capi_tests)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX REPLACE "_test$" "" name ${name})
    add_test(NAME capi.${name} COMMAND ${dev_shell} /usr/bin/python3 ${file})
    set_tests_properties(capi.${name} PROPERTIES
      LABELS plugin TIMEOUT 120 FIXTURES_REQUIRED registry ENVIRONMENT "${dev_environment}")
  endforeach()
endif()
