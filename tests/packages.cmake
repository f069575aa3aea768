# SPDX-License-Identifier: LGPL-2.1-or-later
# What is handed to users: the package of the JavaScript client. The Debian packages have a check of
# their own, `./dev package check`, since they are another build.

if(EXISTS ${PROJECT_SOURCE_DIR}/web/package.json)
  add_test(NAME packages.npm
    COMMAND ${dev_shell} node --test ${CMAKE_CURRENT_SOURCE_DIR}/packages/npm.test.js)
  set_tests_properties(packages.npm PROPERTIES
    LABELS packages TIMEOUT 300 ENVIRONMENT "${dev_environment}")
endif()
