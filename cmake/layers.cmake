# SPDX-License-Identifier: LGPL-2.1-or-later
# A layer is a folder src/<layer> and an object library webrtcserver-<layer>. A folder without
# sources is left out. webrtcserver_add_layer() is called in the order of the architecture, from
# left to right.

set(WEBRTCSERVER_LAYERS "")

macro(webrtcserver_add_layer layer)
  file(GLOB layer_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/*.cpp)
  if(layer_sources)
    add_library(webrtcserver-${layer} OBJECT ${layer_sources})
    target_include_directories(webrtcserver-${layer} PUBLIC
      ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(webrtcserver-${layer}
      PUBLIC webrtcserver-dependencies
      PRIVATE webrtcserver-warnings)
    # Calls within the library need no detour through the dynamic linker's table.
    target_compile_options(webrtcserver-${layer} PRIVATE
      -fno-semantic-interposition -fvisibility-inlines-hidden)
    list(APPEND WEBRTCSERVER_LAYERS ${layer})
  endif()
endmacro()

# The object libraries of a layer and of what it may include, for its unit tests: a test that
# needs a layer further right does not link.
function(webrtcserver_layer_targets result layer)
  set(siblings codec congestion net cuda)
  set(targets "")
  foreach(candidate IN LISTS WEBRTCSERVER_LAYERS)
    if(candidate STREQUAL layer)
      list(APPEND targets webrtcserver-${candidate})
      break()
    endif()
    if(NOT (candidate IN_LIST siblings AND layer IN_LIST siblings))
      list(APPEND targets webrtcserver-${candidate})
    endif()
  endforeach()
  set(${result} ${targets} PARENT_SCOPE)
endfunction()
