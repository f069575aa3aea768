# SPDX-License-Identifier: LGPL-2.1-or-later
# The library as a user has it: installed into a prefix, found by pkg-config and by nothing else. A
# sanitized library would need a sanitized user.

if(WEBRTCSERVER_SANITIZE)
  return()
endif()

set(installed_prefix ${CMAKE_CURRENT_BINARY_DIR}/prefix)
set(installed_programs ${CMAKE_CURRENT_BINARY_DIR}/installed)
set(installed_lib ${installed_prefix}/${CMAKE_INSTALL_LIBDIR})
set(installed_environment
  "CC=${CMAKE_C_COMPILER}" "CXX=${CMAKE_CXX_COMPILER}" "CFLAGS=" "CXXFLAGS=" "LDFLAGS="
  "PKG_CONFIG_PATH=${installed_prefix}/${webrtcserver_pkgconfig_dir}"
  "LD_LIBRARY_PATH=${installed_lib}"
  "GI_TYPELIB_PATH=${installed_prefix}/${webrtcserver_typelib_dir}"
  "GST_PLUGIN_PATH=${installed_prefix}/${webrtcserver_plugin_dir}"
  "GST_REGISTRY=${CMAKE_CURRENT_BINARY_DIR}/installed-registry.bin"
  "PYTHONDONTWRITEBYTECODE=1")

function(webrtcserver_add_installed_test name)
  cmake_parse_arguments(arg "" "SETS_UP" "COMMAND;NEEDS" ${ARGN})
  add_test(NAME installed.${name} COMMAND ${arg_COMMAND})
  set_tests_properties(installed.${name} PROPERTIES
    LABELS installed TIMEOUT 300 ENVIRONMENT "${installed_environment}"
    FIXTURES_REQUIRED "${arg_NEEDS}" FIXTURES_SETUP "${arg_SETS_UP}")
endfunction()

set(installed_tests ${CMAKE_CURRENT_SOURCE_DIR}/installed)
# Everything into an empty prefix, whose plugin then fills a registry for all.
webrtcserver_add_installed_test(install
  COMMAND ${installed_tests}/install.sh
    ${CMAKE_COMMAND} ${PROJECT_BINARY_DIR} ${installed_prefix} ${GST_INSPECT}
  SETS_UP prefix)
webrtcserver_add_installed_test(headers
  COMMAND ${installed_tests}/headers.sh
    ${installed_prefix}/${webrtcserver_header_dir}
  NEEDS prefix)

# Compiled with the flags of pkg-config and no others but these.
foreach(program IN ITEMS client.c program.cpp)
  if(program MATCHES "\\.c$")
    set(flags -std=c11 -Wall -Wextra -Werror -pedantic)
  else()
    set(flags -std=c++17 -Wall -Wextra -Werror)
  endif()
  string(REGEX REPLACE "\\.c.*" "" stem ${program})
  webrtcserver_add_installed_test(compile_${stem}
    COMMAND ${installed_tests}/compile.sh
      ${installed_tests}/${program} ${installed_programs}/${stem} ${flags}
    NEEDS prefix SETS_UP ${stem})
endforeach()

webrtcserver_add_installed_test(client COMMAND ${installed_programs}/client
  NEEDS prefix client)
if(webrtcserver_has_introspection)
  # The harness itself is in Python, on GStreamer's typelib alone.
  webrtcserver_add_installed_test(program_file
    COMMAND /usr/bin/python3 ${installed_tests}/file_to_file.py
      ${CMAKE_CURRENT_BINARY_DIR} ${installed_programs}/program
    NEEDS prefix program)
  webrtcserver_add_installed_test(program_test
    COMMAND /usr/bin/python3 ${installed_tests}/through.py test ${installed_programs}/program
    NEEDS prefix program)
  webrtcserver_add_installed_test(program_webrtc
    COMMAND /usr/bin/python3 ${installed_tests}/through.py webrtc ${installed_programs}/program
    NEEDS prefix program)
  webrtcserver_add_installed_test(python_webrtc
    COMMAND /usr/bin/python3 ${installed_tests}/through.py webrtc
      /usr/bin/python3 ${installed_tests}/program.py
    NEEDS prefix)
  webrtcserver_add_installed_test(launch_webrtc
    COMMAND /usr/bin/python3 ${installed_tests}/through.py launch gst-launch-1.0
    NEEDS prefix)
endif()
