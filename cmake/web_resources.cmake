# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything under web/ that is served, as a GResource under /webrtcserver/web: the target
# webrtcserver-web. Its objects register themselves when they are loaded.

find_program(GLIB_COMPILE_RESOURCES glib-compile-resources REQUIRED)

set(web_dir ${PROJECT_SOURCE_DIR}/web)
file(GLOB web_top CONFIGURE_DEPENDS RELATIVE ${web_dir} ${web_dir}/*.html ${web_dir}/webrtc-client.js
  ${web_dir}/*.ico ${web_dir}/*.svg ${web_dir}/*.webmanifest)
file(GLOB_RECURSE web_deep CONFIGURE_DEPENDS RELATIVE ${web_dir}
  ${web_dir}/webrtc-client/* ${web_dir}/assets/*)
set(web_files ${web_top} ${web_deep})
list(FILTER web_files EXCLUDE REGEX "(^|/)(tests?|node_modules)/|\\.test\\.js$|(^|/)\\.|\\.d\\.ts$|\\.md$")

set(web_entries "")
foreach(file IN LISTS web_files)
  # Pictures and fonts are compressed as they are.
  if(file MATCHES "\\.(html|js|mjs|css|svg|json|map|webmanifest|txt)$")
    string(APPEND web_entries "    <file compressed=\"true\">${file}</file>\n")
  else()
    string(APPEND web_entries "    <file>${file}</file>\n")
  endif()
endforeach()
set(web_xml ${PROJECT_BINARY_DIR}/web.gresource.xml)
file(CONFIGURE OUTPUT ${web_xml} CONTENT
"<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<gresources>
  <gresource prefix=\"/webrtcserver/web\">
@web_entries@  </gresource>
</gresources>
" @ONLY)

set(web_source ${PROJECT_BINARY_DIR}/web_resource.c)
list(TRANSFORM web_files PREPEND ${web_dir}/ OUTPUT_VARIABLE web_paths)
add_custom_command(
  OUTPUT ${web_source}
  COMMAND ${GLIB_COMPILE_RESOURCES} --generate-source --internal --c-name webrtcserver_web
    --sourcedir=${web_dir} --target=${web_source} ${web_xml}
  DEPENDS ${web_xml} ${web_paths}
  COMMENT "Embedding web/"
  VERBATIM)
add_library(webrtcserver-web OBJECT ${web_source})
target_link_libraries(webrtcserver-web PRIVATE webrtcserver-dependencies)
