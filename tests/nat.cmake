# SPDX-License-Identifier: LGPL-2.1-or-later
# A server and a viewer in networks of their own, which the kernel makes of nothing. A sanitized
# plugin does not load into gst-launch-1.0.

if(NOT WEBRTCSERVER_SANITIZE)
  add_executable(webrtcserver-far-viewer nat/far_viewer.cpp)
  target_include_directories(webrtcserver-far-viewer PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(webrtcserver-far-viewer PRIVATE
    webrtcserver-test-helpers gstwebrtcserver webrtcserver-warnings)
  set_target_properties(webrtcserver-far-viewer PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME nat.two_networks
    COMMAND ${dev_shell} ${CMAKE_CURRENT_SOURCE_DIR}/nat/two_networks.py
      $<TARGET_FILE:webrtcserver-far-viewer>)
  set_tests_properties(nat.two_networks PROPERTIES
    LABELS nat TIMEOUT 180 SKIP_RETURN_CODE 77
    FIXTURES_REQUIRED registry ENVIRONMENT "${dev_environment}")
  # The same with Chromium and the page.
  add_test(NAME browser.two_networks
    COMMAND ${dev_shell} ${CMAKE_CURRENT_SOURCE_DIR}/nat/two_networks.py
      node ${CMAKE_CURRENT_SOURCE_DIR}/browser/support/far_browser.js)
  set_tests_properties(browser.two_networks PROPERTIES
    LABELS browser TIMEOUT 300 RUN_SERIAL ON SKIP_RETURN_CODE 77
    FIXTURES_REQUIRED "browsers;registry" ENVIRONMENT "${dev_environment}")
endif()
