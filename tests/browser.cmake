# SPDX-License-Identifier: LGPL-2.1-or-later
# The page's own tests under Node, and the whole product in real browsers. `./dev shell` is the one
# place that knows the environment of a build tree; it also finds Node and the browsers.

set(dev_environment WEBRTCSERVER_BUILD_DIR=${PROJECT_BINARY_DIR})
set(dev_shell ${PROJECT_SOURCE_DIR}/dev shell --)

if(EXISTS ${PROJECT_SOURCE_DIR}/web/package.json)
  add_test(NAME web.client
    COMMAND ${dev_shell} npm test --silent
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/web)
  set_tests_properties(web.client PROPERTIES
    LABELS web TIMEOUT 120 ENVIRONMENT "${dev_environment}")
endif()

# A sanitized plugin does not load into gst-launch-1.0.
file(GLOB browser_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/browser
  ${CMAKE_CURRENT_SOURCE_DIR}/browser/*.test.js ${CMAKE_CURRENT_SOURCE_DIR}/browser/*.test.mjs)
if(browser_tests AND NOT WEBRTCSERVER_SANITIZE)
  add_executable(webrtcserver-pipeline-host
    browser/support/pipeline_host.cpp browser/support/media_log.cpp
    browser/support/frame_numbers.cpp browser/support/navigation_log.cpp)
  target_link_libraries(webrtcserver-pipeline-host PRIVATE
    gstwebrtcserver webrtcserver-warnings)
  set_target_properties(webrtcserver-pipeline-host PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  # A machine without browsers fails here, with the way to get them, and the rest is not run.
  add_test(NAME browser.installed COMMAND ${PROJECT_SOURCE_DIR}/dev browsers)
  set_tests_properties(browser.installed PROPERTIES
    LABELS browser TIMEOUT 30 FIXTURES_SETUP browsers ENVIRONMENT "${dev_environment}")
  foreach(file IN LISTS browser_tests)
    string(REGEX REPLACE "\\.test\\.m?js$" "" name ${file})
    add_test(NAME browser.${name}
      COMMAND ${dev_shell} node --test ${CMAKE_CURRENT_SOURCE_DIR}/browser/${file}
      WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/browser)
    # Frame rates are measured: nothing else runs meanwhile.
    set_tests_properties(browser.${name} PROPERTIES
      LABELS browser TIMEOUT 300 RUN_SERIAL ON
      FIXTURES_REQUIRED "browsers;registry" ENVIRONMENT "${dev_environment}")
  endforeach()
endif()
