# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin as GStreamer sees it. tests/element/*.cpp becomes element-test, which links the shared
# library, as the plugin does: the object libraries would register every GType a second time.

# The first look at the plugin fills the registry for all tests, so that none of them scans while
# its clock runs; from nothing, since a registry remembers what once did not load. A sanitized plugin
# only loads where the sanitizer came first.
set(scan_environment
  GST_PLUGIN_PATH=${webrtcserver_build_plugins}
  GST_REGISTRY=${test_registry})
if("address" IN_LIST WEBRTCSERVER_SANITIZE)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libasan.so
    OUTPUT_VARIABLE asan_runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(APPEND scan_environment LD_PRELOAD=${asan_runtime} ASAN_OPTIONS=detect_leaks=0)
elseif("thread" IN_LIST WEBRTCSERVER_SANITIZE)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libtsan.so
    OUTPUT_VARIABLE tsan_runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(APPEND scan_environment LD_PRELOAD=${tsan_runtime} TSAN_OPTIONS=report_bugs=0)
endif()

find_program(GST_INSPECT gst-inspect-1.0)
if(NOT GST_INSPECT)
  message(FATAL_ERROR "gst-inspect-1.0 is needed to test (gstreamer1.0-tools), "
    "or configure with -DWEBRTCSERVER_TESTS=OFF")
endif()
add_test(NAME plugin.loads COMMAND sh -c "rm -f \"$GST_REGISTRY\" && exec ${GST_INSPECT} webrtcserver")
set_tests_properties(plugin.loads PROPERTIES
  LABELS plugin TIMEOUT 120 FIXTURES_SETUP registry ENVIRONMENT "${scan_environment}")

# What sees the plugin and, as that does, the shared library.
function(webrtcserver_add_element_tests executable)
  add_executable(${executable} ${ARGN})
  # The helpers come first: a linker that takes libraries as needed sees what they need.
  target_link_libraries(${executable} PRIVATE
    webrtcserver-test-main $<TARGET_NAME_IF_EXISTS:webrtcserver-test-helpers> webrtcserver-doubles
    gstwebrtcserver
    webrtcserver-warnings)
  if(TARGET gstwebrtcserver-plugin)
    add_dependencies(${executable} gstwebrtcserver-plugin)
  endif()
endfunction()

file(GLOB element_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/element/*.cpp)
if(element_sources)
  webrtcserver_add_element_tests(element-test ${element_sources})
  webrtcserver_add_gtests(element-test element element ${element_timeout} SHARDS 4)
endif()

# The same on machines with hardware, which doubles play: a process of its own, since elements look
# once at what there is. tests/hardware/*.cpp becomes hardware-test.
file(GLOB hardware_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/hardware/*.cpp)
webrtcserver_add_element_tests(hardware-test ${hardware_sources}
  ${CMAKE_CURRENT_SOURCE_DIR}/element/host_pipeline.cpp)
webrtcserver_add_gtests(hardware-test element hardware ${element_timeout})
