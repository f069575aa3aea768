# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples in Python: what they find in pictures, and the programs themselves.

# OpenCV's binding is the distribution's, for its own Python.
execute_process(COMMAND /usr/bin/python3 -c "import cv2.aruco, numpy, onnx"
  RESULT_VARIABLE vision_missing OUTPUT_QUIET ERROR_QUIET)
file(GLOB example_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/examples
  ${CMAKE_CURRENT_SOURCE_DIR}/examples/*_test.py)
if(vision_missing)
  message(STATUS "Tests of examples/vision are left out: OpenCV for Python is not there (./dev setup examples)")
elseif(webrtcserver_has_introspection)
  foreach(file IN LISTS example_tests)
    string(REGEX REPLACE "_test\\.py$" "" name ${file})
    add_test(NAME examples.${name}
      COMMAND ${dev_shell} /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/examples/${file})
    set_tests_properties(examples.${name} PROPERTIES
      LABELS examples TIMEOUT 300 FIXTURES_REQUIRED registry
      ENVIRONMENT "${dev_environment};PYTHONDONTWRITEBYTECODE=1;OPENCV_LOG_LEVEL=SILENT")
  endforeach()
endif()
