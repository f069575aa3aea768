#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the order of the layers, the licence line and the size of files.

An include in src/ or gst/ may point to its own layer and to those further left:
base <- {codec, congestion, net, cuda} <- rtc <- signalling <- server <- {video, gst}; video <- capi
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RANKS = {
    "base": 0,
    "codec": 1, "congestion": 1, "net": 1, "cuda": 1,
    "rtc": 2,
    "signalling": 3,
    "server": 4,
    "video": 5, "gst": 5,
    "capi": 6,
}
LICENCE = "SPDX-License-Identifier: LGPL-2.1-or-later"
LICENSED = {".cpp", ".hpp", ".h", ".c", ".cu", ".py", ".pyi", ".sh", ".cmake", ".js", ".mjs", ".ts", ".css", ".html", ".go"}
LICENSED_NAMES = {"CMakeLists.txt", "dev", "run", ".clang-tidy", ".clang-format"}
MEASURED = {".cpp", ".hpp", ".h", ".cu", ".js", ".py", ".pyi"}
LONG = 400
TOO_LONG = 500
# Written by others, under their own licences.
FOREIGN = ("web/assets/vendor/",)

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def project_files():
    listing = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    for name in filter(None, listing.split("\0")):
        if not name.startswith(FOREIGN) and (ROOT / name).is_file():
            yield pathlib.PurePosixPath(name)


def layer_of(path):
    """The layer that a file of the project belongs to, or None. Python stands on the C API, outside of them."""
    if path.parts[:2] == ("src", "python"):
        return None
    if path.parts[0] == "src" and len(path.parts) > 2:
        return path.parts[1]
    return "gst" if path.parts[0] == "gst" else None


def layer_of_include(target, layer):
    """The layer that an include written in `layer` points to, or None outside the project."""
    head, slash, _ = target.partition("/")
    if not slash:
        return layer
    return head if head in RANKS else None


def misplaced_includes(path, text):
    layer = layer_of(path)
    if layer is None:
        return
    if layer not in RANKS:
        yield f"{path}: src/{layer} is not a layer of the architecture"
        return
    for match in INCLUDE.finditer(text):
        other = layer_of_include(match[1], layer)
        if other is None or other == layer or RANKS[other] < RANKS[layer]:
            continue
        line = text.count("\n", 0, match.start(1)) + 1
        yield f"{path}:{line}: {layer} may not include \"{match[1]}\": {other} is not to its left"


def lacks_licence(path, text):
    if path.suffix not in LICENSED and path.name not in LICENSED_NAMES:
        return False
    return not any(LICENCE in line for line in text.splitlines()[:3])


def main():
    problems = []
    long_files = []
    for path in project_files():
        if path.suffix not in LICENSED | MEASURED and path.name not in LICENSED_NAMES:
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        problems += misplaced_includes(path, text)
        if lacks_licence(path, text):
            problems.append(f"{path}: the first lines lack '{LICENCE}'")
        lines = text.count("\n")
        if path.suffix in MEASURED and lines > LONG:
            long_files.append((lines, path))
            if lines > TOO_LONG:
                problems.append(f"{path}: {lines} lines; over {TOO_LONG}, split by noun")
    for lines, path in sorted(long_files, reverse=True):
        print(f"{path}: {lines} lines")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
