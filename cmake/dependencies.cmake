# SPDX-License-Identifier: LGPL-2.1-or-later
# The libraries that every layer may use, as one target: webrtcserver-dependencies.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(webrtcserver-gstreamer REQUIRED IMPORTED_TARGET
  gstreamer-1.0>=1.20
  gstreamer-base-1.0>=1.20
  gstreamer-app-1.0>=1.20
  gstreamer-audio-1.0>=1.20
  gstreamer-rtp-1.0>=1.20
  gstreamer-sdp-1.0>=1.20
  gstreamer-video-1.0>=1.20
  gstreamer-webrtc-1.0>=1.20)
pkg_check_modules(webrtcserver-http REQUIRED IMPORTED_TARGET
  gio-2.0>=2.72 gio-unix-2.0 libsoup-3.0 json-glib-1.0>=1.6 libcrypto)
# Version 3 has another API.
pkg_check_modules(webrtcserver-jwt REQUIRED IMPORTED_TARGET libjwt>=1.10 libjwt<3)

# webrtcbin's ICE agent: what webrtcbin has no property or signal for, such as an ICE restart.
pkg_check_modules(webrtcserver-ice REQUIRED IMPORTED_TARGET nice>=0.1.18)

# Optional, and of the layer video alone: an output rtsp://@:8554/path, which is served.
pkg_check_modules(webrtcserver-rtsp IMPORTED_TARGET gstreamer-rtsp-server-1.0>=1.20)

add_library(webrtcserver-dependencies INTERFACE)
target_link_libraries(webrtcserver-dependencies INTERFACE
  PkgConfig::webrtcserver-gstreamer
  PkgConfig::webrtcserver-http
  PkgConfig::webrtcserver-ice
  PkgConfig::webrtcserver-jwt
  Threads::Threads)
# webrtcbin's library is marked unstable upstream and asks its users to say that they know.
target_compile_definitions(webrtcserver-dependencies INTERFACE GST_USE_UNSTABLE_API)

function(webrtcserver_pkg_variable result package variable)
  execute_process(
    COMMAND ${PKG_CONFIG_EXECUTABLE} --variable=${variable} ${package}
    OUTPUT_VARIABLE value OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${result} "${value}" PARENT_SCOPE)
endfunction()
