# SPDX-License-Identifier: LGPL-2.1-or-later
# The reference of the C API: what it refers to is there.

if(webrtcserver_gi_docgen)
  add_test(NAME docs.reference
    COMMAND ${webrtcserver_gi_docgen} --output-dir ${CMAKE_CURRENT_BINARY_DIR}/reference
      ${webrtcserver_gir})
  set_tests_properties(docs.reference PROPERTIES LABELS plugin TIMEOUT 120)
endif()
