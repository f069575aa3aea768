# SPDX-License-Identifier: LGPL-2.1-or-later
# The program video-viewer from outside: what it reads and writes, and how it ends.

file(GLOB viewer_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/viewer
  ${CMAKE_CURRENT_SOURCE_DIR}/viewer/*_test.py)
# A sanitized plugin does not load into Python, which the tests are written in.
if(TARGET video-viewer AND NOT WEBRTCSERVER_SANITIZE)
  foreach(file IN LISTS viewer_tests)
    string(REGEX REPLACE "_test\\.py$" "" name ${file})
    add_test(NAME viewer.${name}
      COMMAND ${dev_shell} /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/viewer/${file})
    set_tests_properties(viewer.${name} PROPERTIES
      LABELS viewer TIMEOUT 240 SKIP_RETURN_CODE 77 FIXTURES_REQUIRED registry
      ENVIRONMENT "${dev_environment};PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endif()
