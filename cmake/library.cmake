# SPDX-License-Identifier: LGPL-2.1-or-later
# The shared library: every layer, with the exports that exports.map names.

set(exports ${PROJECT_SOURCE_DIR}/cmake/exports.map)
list(TRANSFORM WEBRTCSERVER_LAYERS PREPEND webrtcserver- OUTPUT_VARIABLE layer_targets)

add_library(gstwebrtcserver SHARED)
target_link_libraries(gstwebrtcserver
  PRIVATE ${layer_targets} webrtcserver-web
  PUBLIC webrtcserver-dependencies)
target_include_directories(gstwebrtcserver PUBLIC
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_options(gstwebrtcserver PRIVATE
  -Wl,--version-script=${exports} $<$<NOT:$<BOOL:${WEBRTCSERVER_SANITIZE}>>:-Wl,--no-undefined>)
set_target_properties(gstwebrtcserver PROPERTIES
  OUTPUT_NAME gstwebrtcserver-${webrtcserver_api_version}
  VERSION 0.${PROJECT_VERSION_MINOR}.${PROJECT_VERSION_PATCH}
  SOVERSION 0
  LINKER_LANGUAGE CXX
  LINK_DEPENDS ${exports}
  LIBRARY_OUTPUT_DIRECTORY ${webrtcserver_build_lib})
