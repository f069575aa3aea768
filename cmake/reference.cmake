# SPDX-License-Identifier: LGPL-2.1-or-later
# The reference of the C API, from its GIR, by gi-docgen.

set(webrtcserver_gi_docgen "")
find_program(GI_DOCGEN gi-docgen)
if(NOT GI_DOCGEN OR NOT webrtcserver_has_introspection)
  if(WEBRTCSERVER_REFERENCE)
    message(FATAL_ERROR "No reference: it needs gi-docgen, and introspection")
  endif()
  return()
endif()

set(reference_source ${PROJECT_SOURCE_DIR}/docs/reference)
set(reference_config ${PROJECT_BINARY_DIR}/GstWebRTCServer.toml)
configure_file(${reference_source}/GstWebRTCServer.toml.in ${reference_config} @ONLY)
webrtcserver_pkg_variable(gst_gir_dir gstreamer-1.0 girdir)
# Without the folder that it writes to, and the GIR.
set(webrtcserver_gi_docgen ${GI_DOCGEN} generate --quiet --fatal-warnings --no-namespace-dir
  --config ${reference_config} --content-dir ${reference_source}
  --add-include-path ${gst_gir_dir})

set(webrtcserver_reference ${PROJECT_BINARY_DIR}/reference)
file(GLOB reference_pages CONFIGURE_DEPENDS ${reference_source}/*.md)
add_custom_command(
  OUTPUT ${webrtcserver_reference}/index.html
  COMMAND ${webrtcserver_gi_docgen} --output-dir ${webrtcserver_reference} ${webrtcserver_gir}
  DEPENDS ${webrtcserver_gir} ${reference_pages} ${reference_config}
  COMMENT "Writing the reference"
  VERBATIM)
if(WEBRTCSERVER_REFERENCE)
  set(reference_in_all ALL)
endif()
add_custom_target(reference ${reference_in_all} DEPENDS ${webrtcserver_reference}/index.html)
if(WEBRTCSERVER_REFERENCE)
  include(GNUInstallDirs)
  install(DIRECTORY ${webrtcserver_reference}/
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gst-webrtc-server/reference COMPONENT development)
endif()
