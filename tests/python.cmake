# SPDX-License-Identifier: LGPL-2.1-or-later
# The C API as Python has it, by introspection. PyGObject is the distribution's, for its own Python.

file(GLOB python_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/python
  ${CMAKE_CURRENT_SOURCE_DIR}/python/*_test.py)
# mypy and OpenCV take seconds to start, and many times that on a machine that is busy.
math(EXPR python_timeout "180 * ${time_factor}")
if(webrtcserver_has_introspection)
  foreach(file IN LISTS python_tests)
    string(REGEX REPLACE "_test\\.py$" "" name ${file})
    add_test(NAME python.${name}
      COMMAND ${dev_shell} /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/python/${file})
    set_tests_properties(python.${name} PROPERTIES
      LABELS python TIMEOUT ${python_timeout} FIXTURES_REQUIRED registry
      ENVIRONMENT "${dev_environment};PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endif()
