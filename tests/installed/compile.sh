#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# compile.sh SOURCE PROGRAM FLAG … — as a user would, with what pkg-config says.
set -euo pipefail
source=$1 program=$2
shift 2

compiler=$CXX
[[ $source != *.c ]] || compiler=$CC
mkdir -p "$(dirname "$program")"
read -r -a flags <<<"$(pkg-config --cflags --libs gstreamer-webrtc-server-1.0)"
exec "$compiler" "$@" "$source" -o "$program" "${flags[@]}"
