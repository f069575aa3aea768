#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# headers.sh DIRECTORY — each public header compiles by itself: those of C in C11 and in C++17, those of
# C++ in C++17 and C++20.
set -euo pipefail
cd "$1"

read -r -a flags <<<"$(pkg-config --cflags gstreamer-webrtc-server-1.0)"
failed=()
check() { # LANGUAGE STANDARD HEADER
  local compiler=$CXX
  [[ $1 == c++ ]] || compiler=$CC
  echo "#include <$3>" |
    "$compiler" -x "$1" "-std=$2" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "${flags[@]}" - ||
    failed+=("$3 in $2")
}

c=(gst/webrtcserver/*.h)
# Without detail/, which applications do not include.
cpp=(webrtcserver/*.hpp)
# Of an empty list nothing would be wrong.
[[ -e ${c[0]} && -e ${cpp[0]} ]] || { echo "no headers in $1" >&2; exit 1; }
for header in "${c[@]}"; do check c c11 "$header"; done
# One look at them all suffices for what C++ takes otherwise.
check c++ c++17 gst/webrtcserver/webrtcserver.h
for header in "${cpp[@]}"; do check c++ c++17 "$header"; done
check c++ c++20 webrtcserver/video.hpp

((${#failed[@]} == 0)) || { echo "does not compile by itself: ${failed[*]}" >&2; exit 1; }
