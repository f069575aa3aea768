#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run_sanitized.sh COMMAND … — a sanitized program; where it leaks, a second time with all that is to
# be known about the leaks.
#
# GLib has no frame pointers: only the slow unwinder sees who called it, which a leak's report needs,
# and the suppressions in sanitizers.cpp. It makes allocating ten times as expensive, so it is left for
# those who need it.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
# What a test found is no matter of leaks: a second run must not make good for it.
if grep -q 'ERROR: LeakSanitizer' "$log" && ! grep -qF '[  FAILED  ]' "$log"; then
  echo "run_sanitized.sh: once more, to know whose it is:"
  ASAN_OPTIONS=fast_unwind_on_malloc=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} "$@"
  status=$?
fi
exit "$status"
