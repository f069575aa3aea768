#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""clang_tidy.py BUILD-DIRECTORY — clang-tidy over the project's own sources, in parallel.

A file that was found clean is not looked at again until it, a project header it includes, its
compile command, the configuration or clang-tidy itself changes: BUILD-DIRECTORY/clang-tidy keeps
an empty file per clean state, named by a hash of all that.

Most of the time goes into the headers of GLib and the standard library, which nearly every file
includes. So files with the same compile command are looked at several at a time, each of them
included by one file written for it; where that finds anything (two unnamed namespaces may well use
the same name), they are looked at one by one, and that counts.
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BATCH = 8
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


def flags_of(command):
    """The compiler's arguments without the names of its input and output."""
    words = iter(shlex.split(command)[1:])
    flags = []
    for word in words:
        if word in ("-o", "-c", "-MF", "-MT"):
            next(words)
        elif word not in ("-MD", "-MMD"):
            flags.append(word)
    return tuple(flags)


def batches(todo):
    """The sources of `todo`, a dict from source to compile command, that are looked at together."""
    alike = collections.defaultdict(list)
    for source, command in todo.items():
        alike[flags_of(command)].append(source)
    for sources in alike.values():
        for start in range(0, len(sources), BATCH):
            yield sources[start:start + BATCH]


def clang_tidy(*arguments):
    # GCC's options that clang does not know are no finding.
    return subprocess.run(
        ["nice", "clang-tidy", "--quiet", "--extra-arg=-Wno-unknown-warning-option", *arguments],
        cwd=ROOT, capture_output=True, text=True)


def batch_is_clean(build, sources, command):
    batch = build / "clang-tidy" / f"batch-{sources[0].stem}-{os.getpid()}.cpp"
    batch.write_text("".join(f'#include "{source}"\n' for source in sources), encoding="utf-8")
    try:
        return clang_tidy(
            f"--config-file={ROOT / '.clang-tidy'}", "--checks=-bugprone-suspicious-include",
            r"--header-filter=/(src|gst|include|tests)/.*\.[ch]pp$",
            str(batch), "--", *flags_of(command)).returncode == 0
    finally:
        batch.unlink()


def check(build, sources, command):
    """What clang-tidy says of each of `sources`: nothing, where it is clean."""
    if len(sources) > 1 and batch_is_clean(build, sources, command):
        return dict.fromkeys(sources, "")
    results = {source: clang_tidy("-p", str(build), str(source)) for source in sources}
    return {source: result.stdout + result.stderr if result.returncode else ""
            for source, result in results.items()}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    clean = build / "clang-tidy"
    clean.mkdir(exist_ok=True)
    tool = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True, text=True).stdout

    todo, names = {}, {}
    for source, command in own_sources(build):
        names[source] = fingerprint(source, command, tool)
        if not (clean / names[source]).exists():
            todo[source] = command
    for stale in clean.iterdir():
        if stale.name not in names.values():
            stale.unlink()

    done, failed = 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(check, build, sources, todo[sources[0]]) for sources in batches(todo)]
        for job in concurrent.futures.as_completed(jobs):
            for source, findings in job.result().items():
                done += 1
                print(f"[{done}/{len(todo)}] {source.relative_to(ROOT)}", flush=True)
                if findings:
                    failed += 1
                    print(findings, flush=True)
                else:
                    (clean / names[source]).touch()
    print(f"clang-tidy: {len(names) - len(todo)} unchanged, {len(todo) - failed} clean, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
