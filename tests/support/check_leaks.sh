#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check_leaks.sh EXECUTABLE — runs a GoogleTest executable under GStreamer's leaks tracer and fails
# when a GStreamer object outlived gst_deinit().
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ! GST_TRACERS='leaks' GST_DEBUG='GST_TRACER:7' GST_DEBUG_NO_COLOR=1 GST_DEBUG_FILE=$log \
  "$1" --gtest_brief=1; then
  echo "the tests themselves fail when they run in one process" >&2
  exit 1
fi

# An empty log would mean that no tracer was there to find anything.
if ! grep -q 'GST_TRACER' "$log"; then
  echo "the leaks tracer did not run: is coretracers among GStreamer's plugins?" >&2
  exit 1
fi
# The line with %s describes the format. The DTLS plugin keeps one agent for the certificates it
# generates, for the life of the process. gst_parse_launch() of 1.22 loses the caps of a filter that is
# linked late ("source. ! audio/x-opus ! mux."), with any source.
leaks=$(grep -o 'object-alive,.*' "$log" | grep -vF -e '=(string)%s' -e '=(string)GstDtlsAgent,' |
  grep -vE '=\(string\)GstCaps,.*=\(string\)"?audio/x-opus"?,' || true)
if [[ -n $leaks ]]; then
  echo "still alive after gst_deinit():" >&2
  echo "$leaks" >&2
  exit 1
fi
