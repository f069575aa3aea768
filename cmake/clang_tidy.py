#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""clang_tidy.py BUILD-DIRECTORY — clang-tidy over the project's own sources, in parallel.

A file that was found clean is not looked at again until it, a project header it includes, its
compile command, the configuration or clang-tidy itself changes: BUILD-DIRECTORY/clang-tidy keeps
an empty file per clean state, named by a hash of all that.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OWN = ("src", "gst", "tests/unit", "tests/element", "tests/support")
INCLUDE_PATHS = (ROOT / "src", ROOT / "include", ROOT / "tests", ROOT)
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def included(path, cache={}):
    """The project's headers that `path` names."""
    if path not in cache:
        cache[path] = [
            candidate
            for name in INCLUDE.findall(path.read_text(encoding="utf-8"))
            for candidate in (directory / name for directory in (path.parent, *INCLUDE_PATHS))
            if candidate.is_file()
        ]
    return cache[path]


def closure(path):
    """`path` and every project header below it."""
    found, todo = set(), [path]
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += included(current)
    return sorted(found)


def fingerprint(source, command, tool):
    digest = hashlib.sha256()
    for part in (tool, command, (ROOT / ".clang-tidy").read_text(encoding="utf-8")):
        digest.update(part.encode() + b"\0")
    for path in closure(source):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def own_sources(build):
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.Path(entry["file"])
        if any(source.is_relative_to(ROOT / directory) for directory in OWN):
            yield source, entry["command"]


def check(build, source):
    return subprocess.run(
        ["nice", "clang-tidy", "--quiet", "-p", str(build),
         # GCC's options that clang does not know are no finding.
         "--extra-arg=-Wno-unknown-warning-option", str(source)],
        cwd=ROOT, capture_output=True, text=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    clean = build / "clang-tidy"
    clean.mkdir(exist_ok=True)
    tool = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True, text=True).stdout

    todo, current = {}, set()
    for source, command in own_sources(build):
        name = fingerprint(source, command, tool)
        current.add(name)
        if not (clean / name).exists():
            todo[source] = name
    for stale in clean.iterdir():
        if stale.name not in current:
            stale.unlink()

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(check, build, source): source for source in todo}
        for done, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            source, result = jobs[job], job.result()
            print(f"[{done}/{len(jobs)}] {source.relative_to(ROOT)}", flush=True)
            if result.returncode == 0:
                (clean / todo[source]).touch()
            else:
                failed += 1
                print(result.stdout + result.stderr, flush=True)
    print(f"clang-tidy: {len(current) - len(todo)} unchanged, {len(todo) - failed} clean, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
