#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""clang_tidy.py BUILD-DIRECTORY — clang-tidy over the project's own sources, in parallel.

A file that was found clean is not looked at again until it, a project header it includes, its
compile command, the configuration or clang-tidy itself changes: BUILD-DIRECTORY/clang-tidy keeps
an empty file per clean state, named by a hash of all that.

Most of the time goes into the headers of GLib and the standard library, which nearly every file
includes. So files with the same flags are looked at many at a time, each of them included
by one file written for it. Those whose unnamed namespaces use the same name are kept apart as far as
a glance at the text can tell; where a batch finds anything, its halves are looked at, down to the
single file, and that one counts.
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
BATCH = 24
OWN = ("src", "gst", "tests/unit", "tests/element", "tests/hardware",
       "tests/doubles", "tests/support")
INCLUDE_PATHS = (ROOT / "src", ROOT / "include", ROOT / "tests", ROOT)
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
UNNAMED = re.compile(r"^namespace \{$(.*?)^\} *// namespace$", re.MULTILINE | re.DOTALL)
# Not GoogleTest's macros, and not names that are the same everywhere.
DECLARED = re.compile(
    r"^(?!using [\w:]+;)(?![A-Z_]+\()(?:\[\[\w+\]\] )?[A-Za-z_][^(={;\[\n]*?\b(\w+)(?: final)?\s*(?:[(={;\[]|: |$)", re.MULTILINE)
PUBLIC = re.compile(r"^(?:class|struct|enum class) (\w+)", re.MULTILINE)
ALIAS = re.compile(r"^using (\w+) =", re.MULTILINE)
MACRO = re.compile(r"^#define (\w+)", re.MULTILINE)


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
    """The compiler's arguments without names of its input and output, and what code is made how."""
    words = iter(shlex.split(command)[1:])
    flags = []
    for word in words:
        if word in ("-o", "-c", "-MF", "-MT"):
            next(words)
        elif word not in ("-MD", "-MMD") and not word.startswith(("-f", "-O", "-g")):
            flags.append(word)
    return tuple(flags)


def private_names(source):
    """What `source` declares for itself alone, as far as a line begins with it."""
    text = source.read_text(encoding="utf-8")
    return {name for body in UNNAMED.findall(text) for name in DECLARED.findall(body)}.union(
        ALIAS.findall(text))


def batches(todo):
    """The sources of `todo`, a dict from source to compile command, that are looked at together."""
    public = {name for source in todo for header in included(source)
              for name in PUBLIC.findall(header.read_text(encoding="utf-8"))}
    found = collections.defaultdict(list)
    for source, command in todo.items():
        alike, names = found[flags_of(command)], private_names(source)
        for sources, taken in alike:
            if len(sources) < BATCH and not names & (taken | public):
                break
        else:
            sources, taken = [], set()
            alike.append((sources, taken))
        sources.append(source)
        taken |= names
    # The longest first: none of them is waited for at the end.
    return sorted((sources for alike in found.values() for sources, _ in alike), key=len, reverse=True)


def clang_tidy(*arguments):
    # GCC's options that clang does not know are no finding.
    return subprocess.run(
        ["nice", "clang-tidy", "--quiet", "--extra-arg=-Wno-unknown-warning-option", *arguments],
        cwd=ROOT, capture_output=True, text=True)


def batch_is_clean(build, sources, command):
    # By the whole path: sources of two folders may have one name, and their batches one length.
    first = "-".join(sources[0].relative_to(ROOT).with_suffix("").parts)
    batch = build / "clang-tidy" / f"batch-{first}-{os.getpid()}-{len(sources)}.cpp"
    with batch.open("w", encoding="utf-8") as text:
        for source in sources:
            print(f'#include "{source}"', file=text)
            for macro in MACRO.findall(source.read_text(encoding="utf-8")):
                print(f"#undef {macro}", file=text)
    try:
        # A local variable of one file may have the name of a constant of another.
        return clang_tidy(
            f"--config-file={ROOT / '.clang-tidy'}", "--checks=-bugprone-suspicious-include",
            r"--header-filter=/(src|gst|include|tests)/.*\.[ch]pp$",
            str(batch), "--", *flags_of(command), "-Wno-shadow").returncode == 0
    finally:
        batch.unlink()


def check(build, sources, command):
    """What clang-tidy says of each of `sources`: nothing, where it is clean."""
    if len(sources) == 1:
        result = clang_tidy("-p", str(build), str(sources[0]))
        return {sources[0]: result.stdout + result.stderr if result.returncode else ""}
    if batch_is_clean(build, sources, command):
        return dict.fromkeys(sources, "")
    half = len(sources) // 2
    return check(build, sources[:half], command) | check(build, sources[half:], command)


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
