# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples in C++, from outside: what goes in comes out. A sanitized plugin does not load into
# Python.

if(WEBRTCSERVER_SANITIZE OR NOT TARGET capture_and_render)
  return()
endif()

foreach(example IN ITEMS capture_and_render opencv_mat)
  if(TARGET ${example})
    add_test(NAME examples.${example}
      COMMAND ${dev_shell} /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/installed/through.py
        test $<TARGET_FILE:${example}>)
    set_tests_properties(examples.${example} PROPERTIES
      LABELS examples TIMEOUT 120 FIXTURES_REQUIRED registry
      ENVIRONMENT "${dev_environment};PYTHONDONTWRITEBYTECODE=1")
  endif()
endforeach()

# Floats become pictures.
add_test(NAME examples.tensor_to_browser
  COMMAND ${dev_shell} sh -c [[
    folder=$(mktemp -d) && trap 'rm -r "$folder"' EXIT
    "$0" --num-frames=3 --input-width=64 --input-height=48 "$folder/img_%d.png" &&
      test -s "$folder/img_2.png" && ! test -e "$folder/img_3.png"]] $<TARGET_FILE:tensor_to_browser>)
set_tests_properties(examples.tensor_to_browser PROPERTIES
  LABELS examples TIMEOUT 60 FIXTURES_REQUIRED registry
  ENVIRONMENT "${dev_environment}")

# Bad words on the command line end in one sentence, not in a core file.
add_test(NAME examples.capture_and_render_refuses
  COMMAND ${dev_shell} sh -c [[
    said=$("$0" --input-widht=3 test:// 2>&1)
    status=$?
    echo "$said"
    test $status = 1 && case $said in
      "capture_and_render: "*--input-widht*) ;;
      *) false ;;
    esac]] $<TARGET_FILE:capture_and_render>)
set_tests_properties(examples.capture_and_render_refuses PROPERTIES
  LABELS examples TIMEOUT 30 FIXTURES_REQUIRED registry
  ENVIRONMENT "${dev_environment}")
