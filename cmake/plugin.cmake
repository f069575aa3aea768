# SPDX-License-Identifier: LGPL-2.1-or-later
# The GStreamer plugin: the elements of gst/ over the library.

file(GLOB plugin_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/gst/*.cpp)
if(plugin_sources)
  add_library(gstwebrtcserver-plugin MODULE ${plugin_sources})
  target_link_libraries(gstwebrtcserver-plugin PRIVATE gstwebrtcserver webrtcserver-warnings)
  target_include_directories(gstwebrtcserver-plugin PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(gstwebrtcserver-plugin PRIVATE
    PACKAGE="${PROJECT_NAME}"
    GST_PACKAGE_NAME="${PROJECT_NAME}"
    GST_PACKAGE_ORIGIN="${PROJECT_NAME}"
    VERSION="${PROJECT_VERSION}")
  # GST_PLUGIN_DEFINE marks the only two functions that a plugin has to show.
  set_target_properties(gstwebrtcserver-plugin PROPERTIES
    OUTPUT_NAME gstwebrtcserver
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${webrtcserver_build_plugins}
    INSTALL_RPATH "$ORIGIN/..")
endif()

# What `./dev build` makes: everything but the tests.
add_custom_target(webrtcserver)
add_dependencies(webrtcserver gstwebrtcserver)
if(TARGET gstwebrtcserver-plugin)
  add_dependencies(webrtcserver gstwebrtcserver-plugin)
endif()
