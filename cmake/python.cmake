# SPDX-License-Identifier: LGPL-2.1-or-later
# What Python has beside the typelib: PyGObject's override, and types for checkers and editors, which
# are made from the GIR and what src/python/types says of the override.

if(NOT webrtcserver_has_introspection)
  return()
endif()

find_program(webrtcserver_python NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(webrtcserver_python NAMES python3 REQUIRED)

# Where Python looks: PyGObject finds overrides in any folder that it searches for modules.
set(WEBRTCSERVER_PYTHON_DIR "" CACHE STRING
  "Where Python looks for modules, from the prefix; empty: where the Python in /usr/bin does")
set(webrtcserver_python_dir ${WEBRTCSERVER_PYTHON_DIR})
if(NOT webrtcserver_python_dir)
  execute_process(
    COMMAND ${webrtcserver_python} ${PROJECT_SOURCE_DIR}/cmake/python_folder.py ${CMAKE_INSTALL_PREFIX}
    OUTPUT_VARIABLE webrtcserver_python_dir OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
endif()

set(python_sources ${PROJECT_SOURCE_DIR}/src/python)
set(python_outputs "")
file(GLOB_RECURSE python_files CONFIGURE_DEPENDS RELATIVE ${python_sources}
  ${python_sources}/gi/*.py ${python_sources}/gi-stubs/*.pyi ${python_sources}/gi-stubs/py.typed)
foreach(file IN LISTS python_files)
  add_custom_command(
    OUTPUT ${webrtcserver_build_python}/${file}
    COMMAND ${CMAKE_COMMAND} -E copy ${python_sources}/${file} ${webrtcserver_build_python}/${file}
    DEPENDS ${python_sources}/${file}
    COMMENT "" VERBATIM)
  list(APPEND python_outputs ${webrtcserver_build_python}/${file})
endforeach()

set(python_stubs ${webrtcserver_build_python}/gi-stubs/repository/GstWebRTCServer.pyi)
add_custom_command(
  OUTPUT ${python_stubs}
  COMMAND ${webrtcserver_python} ${PROJECT_SOURCE_DIR}/cmake/python_stubs.py
    ${webrtcserver_gir} ${python_sources}/types/GstWebRTCServer.pyi ${python_stubs}
  DEPENDS ${webrtcserver_gir} ${python_sources}/types/GstWebRTCServer.pyi
    ${PROJECT_SOURCE_DIR}/cmake/python_stubs.py
  COMMENT "Writing the types for Python"
  VERBATIM)
add_custom_target(webrtcserver-python ALL DEPENDS ${python_outputs} ${python_stubs})
add_dependencies(webrtcserver webrtcserver-python)
