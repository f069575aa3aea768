# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian packages: `./dev package`, or `cpack` in a build tree that was configured with the prefix
# /usr. One for each component that install.cmake names; the dependencies on libraries are found by
# dpkg-shlibdeps, those on GStreamer's elements are written down here.

find_package(Python3 QUIET COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "No packages can be made: Python 3, which writes their changelog, is not there")
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "gst-webrtc-server developers <gst-webrtc-server@localhost>"
  CACHE STRING "Maintainer of the packages: Name <address>")
set(CPACK_PACKAGE_VENDOR "gst-webrtc-server")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)

# Lines as short as Debian's policy wants those of a description.
function(webrtcserver_wrap output text)
  string(REPLACE " " ";" words "${text}")
  set(wrapped "")
  set(line "")
  foreach(word IN LISTS words)
    string(LENGTH "${line} ${word}" length)
    if(length GREATER 78)
      string(APPEND wrapped "${line}\n")
      set(line "${word}")
    elseif(line)
      string(APPEND line " ${word}")
    else()
      set(line "${word}")
    endif()
  endforeach()
  set(${output} "${wrapped}${line}" PARENT_SCOPE)
endfunction()

# webrtcserver_package(<component> <name> SECTION <section> SUMMARY <line> TEXT <text>
#   [DEPENDS <package>…] [RECOMMENDS <package>…] [SUGGESTS <package>…])
set(webrtcserver_packages "")
function(webrtcserver_package component name)
  cmake_parse_arguments(arg "" "SECTION;SUMMARY;TEXT" "DEPENDS;RECOMMENDS;SUGGESTS" ${ARGN})
  string(TOUPPER ${component} upper)
  list(JOIN arg_DEPENDS ", " depends)
  list(JOIN arg_RECOMMENDS ", " recommends)
  list(JOIN arg_SUGGESTS ", " suggests)
  webrtcserver_wrap(text "${arg_TEXT}")
  foreach(setting IN ITEMS
      "PACKAGE_NAME=${name}" "PACKAGE_SECTION=${arg_SECTION}" "PACKAGE_DEPENDS=${depends}"
      "PACKAGE_RECOMMENDS=${recommends}" "PACKAGE_SUGGESTS=${suggests}"
      "DESCRIPTION=${arg_SUMMARY}\n${text}")
    string(REGEX MATCH "^([A-Z_]+)=(.*)$" _ "${setting}")
    set(CPACK_DEBIAN_${upper}_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}" PARENT_SCOPE)
  endforeach()
  set(webrtcserver_packages ${webrtcserver_packages} ${component} PARENT_SCOPE)
  # What Debian's policy wants of every package.
  install(FILES ${PROJECT_BINARY_DIR}/copyright ${PROJECT_BINARY_DIR}/changelog.Debian.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
endfunction()

set(library libgstwebrtcserver-${webrtcserver_api_version}-0)
set(typelib gir1.2-gstwebrtcserver-${webrtcserver_api_version})
set(this_version "(= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(about
  "gst-webrtc-server streams any GStreamer pipeline to browsers and takes their cameras: web page, signalling and WebRTC on one port, one encoder however many watch.")

webrtcserver_package(library ${library}
  SECTION libs
  SUMMARY "GStreamer pipelines in browsers - library"
  TEXT "${about} This package has the library."
  # webrtcbin and what it is made of; GIO's TLS.
  DEPENDS gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
    gstreamer1.0-nice
  # The elements are what VideoSource and VideoOutput have for webrtc:// and whip://.
  RECOMMENDS gstreamer1.0-webrtcserver gstreamer1.0-plugins-ugly glib-networking)
webrtcserver_package(plugin gstreamer1.0-webrtcserver
  SECTION libs
  SUMMARY "GStreamer pipelines in browsers - elements"
  TEXT "${about} This package has the elements webrtcsink and webrtcsrc."
  DEPENDS "${library} ${this_version}"
  RECOMMENDS gstreamer1.0-tools gstreamer1.0-libav)
set(development_depends "${library} ${this_version}" libgstreamer1.0-dev
  libgstreamer-plugins-base1.0-dev libglib2.0-dev)
if(webrtcserver_has_introspection)
  # For the GIR, which is the typelib's source.
  list(APPEND development_depends "${typelib} ${this_version}")
endif()
webrtcserver_package(development libgstwebrtcserver-dev
  SECTION libdevel
  SUMMARY "GStreamer pipelines in browsers - development files"
  TEXT "${about} This package has what is needed to build programs on the library."
  DEPENDS ${development_depends})
if(webrtcserver_has_introspection)
  webrtcserver_package(introspection ${typelib}
    SECTION introspection
    SUMMARY "GStreamer pipelines in browsers - GObject introspection"
    TEXT "${about} This package has what Python and other languages need to use the library."
    # GstWebRTC and GstVideo are in the latter two; Python is for what it adds to the library. A
    # program without a compiler in between is expected to run once this is installed: with browsers.
    DEPENDS "${library} ${this_version}" "gstreamer1.0-webrtcserver ${this_version}" python3:any
      gir1.2-gstreamer-1.0 gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0
    RECOMMENDS python3-gi python3-numpy)
  # What Python compiles when root imports the modules is no file of the package.
  set(prerm ${PROJECT_BINARY_DIR}/debian/introspection/prerm)
  file(WRITE ${prerm} "#!/bin/sh\nset -e\n"
    "rm -rf ${CMAKE_INSTALL_PREFIX}/${webrtcserver_python_dir}/gi/overrides/GstWebRTCServer/__pycache__\n")
  file(CHMOD ${prerm} PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  set(CPACK_DEBIAN_INTROSPECTION_PACKAGE_CONTROL_EXTRA ${prerm})
  set(CPACK_DEBIAN_INTROSPECTION_PACKAGE_CONTROL_STRICT_PERMISSION ON)
endif()
if(TARGET video-viewer)
  webrtcserver_package(tools webrtcserver-tools
    SECTION video
    SUMMARY "GStreamer pipelines in browsers - programs"
    TEXT "${about} This package has video-viewer, from any input to any output, with a service for systemd, remote-control: text and shapes that browsers start, steer and stop, and webrtc-codecs, which tells what the machine encodes with."
    DEPENDS "gstreamer1.0-webrtcserver ${this_version}")
endif()
set(CPACK_COMPONENTS_ALL ${webrtcserver_packages})

set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${webrtcserver_build_lib})
# CPack's own postinst calls ldconfig, and nothing else does; Debian's policy wants the trigger.
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/triggers)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# The strictest: the private symbols, which the plugin uses, change with every version.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")

# The copyright file, in Debian's format, and the changelog, from the project's own.
configure_file(${PROJECT_SOURCE_DIR}/cmake/copyright.in ${PROJECT_BINARY_DIR}/copyright @ONLY)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/changelog.Debian.gz
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/debian_changelog.py
    ${PROJECT_SOURCE_DIR}/docs/changelog.md "${CPACK_PACKAGE_CONTACT}"
    ${PROJECT_BINARY_DIR}/changelog.Debian.gz
  DEPENDS ${PROJECT_SOURCE_DIR}/docs/changelog.md ${PROJECT_SOURCE_DIR}/cmake/debian_changelog.py
  COMMENT "Writing the changelog of the packages"
  VERBATIM)
add_custom_target(webrtcserver-changelog ALL DEPENDS ${PROJECT_BINARY_DIR}/changelog.Debian.gz)
# It is installed with everything else.
add_dependencies(webrtcserver webrtcserver-changelog)

include(CPack)
