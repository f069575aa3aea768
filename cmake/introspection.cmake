# SPDX-License-Identifier: LGPL-2.1-or-later
# GstWebRTCServer-1.0.gir and its typelib, from the public C headers and the annotations above the
# functions in src/capi.

set(webrtcserver_has_introspection OFF)
if(WEBRTCSERVER_INTROSPECTION STREQUAL "OFF")
  return()
endif()

find_program(G_IR_SCANNER g-ir-scanner)
find_program(G_IR_COMPILER g-ir-compiler)
set(problem "")
if(NOT G_IR_SCANNER OR NOT G_IR_COMPILER)
  set(problem "g-ir-scanner and g-ir-compiler were not found")
elseif(WEBRTCSERVER_SANITIZE)
  set(problem "the scanner cannot load a library built with sanitizers")
elseif(CMAKE_CROSSCOMPILING)
  set(problem "the scanner has to run the library")
endif()
if(problem)
  if(WEBRTCSERVER_INTROSPECTION STREQUAL "ON")
    message(FATAL_ERROR "No introspection: ${problem}")
  endif()
  message(STATUS "No introspection: ${problem}")
  return()
endif()

set(webrtcserver_has_introspection ON)
set(gir GstWebRTCServer-${webrtcserver_api_version})
set(webrtcserver_gir ${PROJECT_BINARY_DIR}/${gir}.gir)
set(webrtcserver_typelib ${webrtcserver_build_typelibs}/${gir}.typelib)
file(MAKE_DIRECTORY ${webrtcserver_build_typelibs})

file(GLOB gir_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/gst/webrtcserver/*.h)
file(GLOB gir_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/capi/*.cpp)
webrtcserver_pkg_variable(gst_gir_dir gstreamer-1.0 girdir)

# The scanner compiles a small C program and runs it: it takes CFLAGS from the environment, where a
# user's C++ flags would not fit.
add_custom_command(
  OUTPUT ${webrtcserver_gir}
  COMMAND ${CMAKE_COMMAND} -E env "CC=${CMAKE_C_COMPILER}" "CFLAGS=" "LDFLAGS="
    ${G_IR_SCANNER} --quiet --warn-all --warn-error
    --namespace=GstWebRTCServer --nsversion=${webrtcserver_api_version}
    --identifier-prefix=GstWebRTCServer --symbol-prefix=gst_webrtc_server
    --c-include=gst/webrtcserver/webrtcserver.h
    --include=Gst-1.0 --include=GstWebRTC-1.0 --include=Gio-2.0
    --add-include-path=${gst_gir_dir}
    --pkg=gstreamer-1.0 --pkg=gstreamer-webrtc-1.0 --pkg=gio-2.0
    --pkg-export=gstreamer-webrtc-server-${webrtcserver_api_version}
    -I${PROJECT_SOURCE_DIR}/include
    --library=gstwebrtcserver-${webrtcserver_api_version}
    --library-path=${webrtcserver_build_lib}
    --output=${webrtcserver_gir}
    ${gir_headers} ${gir_sources}
  DEPENDS gstwebrtcserver ${gir_headers} ${gir_sources}
  COMMENT "Scanning the C API"
  VERBATIM)
add_custom_command(
  OUTPUT ${webrtcserver_typelib}
  COMMAND ${G_IR_COMPILER} --includedir=${gst_gir_dir} --output=${webrtcserver_typelib}
    ${webrtcserver_gir}
  DEPENDS ${webrtcserver_gir}
  COMMENT "Compiling the typelib"
  VERBATIM)
add_custom_target(gstwebrtcserver-introspection ALL DEPENDS ${webrtcserver_gir} ${webrtcserver_typelib})
add_dependencies(webrtcserver gstwebrtcserver-introspection)
