# SPDX-License-Identifier: LGPL-2.1-or-later
# Where things go. The build tree mirrors the installed one, so that `./dev shell` needs only
# to name its folders.

# GStreamer looks for plugins in its own prefix and nowhere else by itself.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  webrtcserver_pkg_variable(gstreamer_prefix gstreamer-1.0 prefix)
  set(CMAKE_INSTALL_PREFIX "${gstreamer_prefix}" CACHE PATH "Install prefix" FORCE)
endif()
include(GNUInstallDirs)

set(webrtcserver_api_version 1.0)
set(webrtcserver_plugin_dir ${CMAKE_INSTALL_LIBDIR}/gstreamer-1.0)
set(webrtcserver_header_dir
  ${CMAKE_INSTALL_INCLUDEDIR}/gstreamer-webrtc-server-${webrtcserver_api_version})
set(webrtcserver_gir_dir ${CMAKE_INSTALL_DATADIR}/gir-1.0)
set(webrtcserver_typelib_dir ${CMAKE_INSTALL_LIBDIR}/girepository-1.0)
set(webrtcserver_pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(webrtcserver_build_lib ${PROJECT_BINARY_DIR}/lib)
set(webrtcserver_build_plugins ${webrtcserver_build_lib}/gstreamer-1.0)
set(webrtcserver_build_typelibs ${webrtcserver_build_lib}/girepository-1.0)
set(webrtcserver_build_pkgconfig ${webrtcserver_build_lib}/pkgconfig)
set(webrtcserver_build_python ${webrtcserver_build_lib}/python)
