# SPDX-License-Identifier: LGPL-2.1-or-later
# What `cmake --install` puts where, and the two pkg-config files.

set(pc_name gstreamer-webrtc-server-${webrtcserver_api_version})
set(pc_template ${PROJECT_SOURCE_DIR}/cmake/gstreamer-webrtc-server.pc.in)

# Relative to the file itself, so that a prefix given to `cmake --install` holds too.
file(RELATIVE_PATH pc_up /${webrtcserver_pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
set(pc_prefix "\${pcfiledir}/${pc_up}")
set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(pc_includedir "\${prefix}/${webrtcserver_header_dir}")
set(pc_pluginsdir "\${prefix}/${webrtcserver_plugin_dir}")
set(pc_girdir "\${prefix}/${webrtcserver_gir_dir}")
set(pc_typelibdir "\${prefix}/${webrtcserver_typelib_dir}")
configure_file(${pc_template} ${PROJECT_BINARY_DIR}/${pc_name}.pc @ONLY)

# pkg-config prefers this one while its folder is on PKG_CONFIG_PATH.
set(pc_prefix ${PROJECT_BINARY_DIR})
set(pc_libdir ${webrtcserver_build_lib})
set(pc_includedir ${PROJECT_SOURCE_DIR}/include)
set(pc_pluginsdir ${webrtcserver_build_plugins})
set(pc_girdir ${PROJECT_BINARY_DIR})
set(pc_typelibdir ${webrtcserver_build_typelibs})
configure_file(${pc_template} ${webrtcserver_build_pkgconfig}/${pc_name}-uninstalled.pc @ONLY)

install(TARGETS gstwebrtcserver LIBRARY
  DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
  NAMELINK_COMPONENT development)
if(TARGET gstwebrtcserver-plugin)
  install(TARGETS gstwebrtcserver-plugin LIBRARY
    DESTINATION ${webrtcserver_plugin_dir} COMPONENT plugin)
endif()
install(DIRECTORY include/gst DESTINATION ${webrtcserver_header_dir} COMPONENT development
  FILES_MATCHING PATTERN "*.h")
if(EXISTS ${PROJECT_SOURCE_DIR}/include/webrtcserver)
  install(DIRECTORY include/webrtcserver DESTINATION ${webrtcserver_header_dir} COMPONENT development
    FILES_MATCHING PATTERN "*.hpp")
endif()
install(FILES ${PROJECT_BINARY_DIR}/${pc_name}.pc
  DESTINATION ${webrtcserver_pkgconfig_dir} COMPONENT development)
if(webrtcserver_has_introspection)
  install(FILES ${webrtcserver_gir} DESTINATION ${webrtcserver_gir_dir} COMPONENT development)
  install(FILES ${webrtcserver_typelib}
    DESTINATION ${webrtcserver_typelib_dir} COMPONENT introspection)
  install(DIRECTORY ${webrtcserver_build_python}/
    DESTINATION ${webrtcserver_python_dir} COMPONENT introspection
    PATTERN "__pycache__" EXCLUDE)
endif()
