#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares the public functions that a library exports with a list.

check_symbols.py NM LIBRARY LIST: LIST has one name a line; lines that begin with # are comments.
"""

import pathlib
import subprocess
import sys


def exported(nm, library):
    listing = subprocess.run([nm, "-D", "--defined-only", library], check=True, capture_output=True,
                             text=True).stdout
    names = (line.split()[-1].partition("@")[0] for line in listing.splitlines())
    return {name for name in names if name.startswith("gst_webrtc_server_")}


def main():
    nm, library, path = sys.argv[1:]
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    found = exported(nm, library)
    for name in sorted(listed - found):
        print(f"{name} is not exported any more: programs that use it would not start", file=sys.stderr)
    for name in sorted(found - listed):
        print(f"{name} is exported and not in {path}: add it, if it shall stay", file=sys.stderr)
    return 0 if found == listed and found else 1


if __name__ == "__main__":
    sys.exit(main())
