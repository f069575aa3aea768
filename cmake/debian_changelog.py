#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""changelog.md as a Debian changelog: debian_changelog.py changelog.md 'Name <address>' OUTPUT.gz"""

import datetime
import email.utils
import gzip
import re
import sys
import textwrap

HEADING = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$")


def versions(lines):
    """(version, date, items) of each section, in the order of the file."""
    sections = []
    for line in lines:
        heading = HEADING.match(line)
        if heading:
            sections.append((*heading.groups(), []))
        elif line.startswith("## "):
            sys.exit(f"changelog.md: {line!r} is not '## X.Y.Z (YYYY-MM-DD)'")
        elif sections and line.startswith("- "):
            sections[-1][2].append(line[2:])
        elif sections and sections[-1][2] and line.startswith("  "):
            sections[-1][2][-1] += " " + line.strip()
    if not sections:
        sys.exit("changelog.md has no section '## X.Y.Z (YYYY-MM-DD)'")
    return sections


def entry(version, date, items, maintainer):
    wrap = textwrap.TextWrapper(78, initial_indent="  * ", subsequent_indent="    ")
    when = datetime.datetime.fromisoformat(date).replace(hour=12, tzinfo=datetime.timezone.utc)
    body = "\n".join(wrap.fill(item.replace("`", "")) for item in items or ["See docs/changelog.md."])
    return (
        f"gst-webrtc-server ({version}-1) unstable; urgency=medium\n\n{body}\n\n"
        f" -- {maintainer}  {email.utils.format_datetime(when)}\n"
    )


def main(changelog, maintainer, output):
    with open(changelog, encoding="utf-8") as text:
        sections = versions(text.read().splitlines())
    written = "\n".join(entry(*section, maintainer) for section in sections)
    with open(output, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(written.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
