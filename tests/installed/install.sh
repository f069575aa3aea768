#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# install.sh CMAKE BUILD-DIRECTORY PREFIX GST-INSPECT — all components into an empty prefix; the plugin
# loads from there.
set -euo pipefail
cmake=$1 build=$2 prefix=$3 inspect=$4

rm -rf "$prefix" "$GST_REGISTRY"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
"$inspect" webrtcserversink >/dev/null || {
  echo "the plugin that was installed does not load" >&2
  exit 1
}
# What is linked is what is installed, not the build tree.
loaded=$("$inspect" webrtcserversink | sed -n 's/^ *Filename *//p')
[[ $loaded == "$prefix"/* ]] || {
  echo "the plugin comes from $loaded, not from $prefix" >&2
  exit 1
}
