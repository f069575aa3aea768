# SPDX-License-Identifier: LGPL-2.1-or-later
# WHIP and WHEP clients that others wrote. Each needs its own packages; where they are missing, its
# test is skipped and says which.

if(TARGET webrtcserver-pipeline-host)
  foreach(client aiortc pion)
    add_test(NAME foreign.${client}
      COMMAND ${dev_shell} ${CMAKE_CURRENT_SOURCE_DIR}/foreign/run ${client})
    # Pion is compiled first, which takes a minute where it has not been yet.
    set_tests_properties(foreign.${client} PROPERTIES
      LABELS foreign TIMEOUT 600 SKIP_RETURN_CODE 77
      FIXTURES_REQUIRED registry ENVIRONMENT "${dev_environment}")
  endforeach()
endif()
