# SPDX-License-Identifier: LGPL-2.1-or-later
"""The systemd service, as far as it can be looked at without systemd: what it says is understood."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from program import PROGRAM

UNIT = pathlib.Path(os.environ["WEBRTCSERVER_BUILD_DIR"]) / "video-viewer@.service"


class ServiceTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-service-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # Of the program that has been built, wherever it will be installed.
        lines = [f"ExecStart={PROGRAM} {line.split(' ', 1)[1]}" if line.startswith("ExecStart=")
                 else line for line in UNIT.read_text().splitlines()]
        self.assertIn(f"ExecStart={PROGRAM} --headless $OPTIONS $INPUT $OUTPUTS", lines)
        self.unit = self.folder / UNIT.name
        self.unit.write_text("\n".join(lines) + "\n")

    def verify(self):
        return subprocess.run(
            ["systemd-analyze", "verify", "--man=no",
             str(self.unit).replace("@.service", "@front.service")],
            capture_output=True, text=True)

    def test_files_of_the_time_before_are_kept(self):
        [line] = re.findall(r"^ExecStartPre=(.*)$", UNIT.read_text(), re.MULTILINE)
        # What systemd makes of it.
        command = shlex.split(line.replace("$$", "$").replace("%%", "%"))
        for name in ("day.mp4", "saved.mkv", "film.mp4", "a.b.mov"):
            (self.folder / name).write_text(name)
            os.utime(self.folder / name, (0, 0))
        (self.folder / "images").mkdir()
        subprocess.run(
            command, cwd=self.folder, check=True, env={
                "PATH": os.environ["PATH"], "TZ": "UTC", "INPUT": "film.mp4",
                "OPTIONS": "--input-width=640 --input-save=saved.mkv",
                "OUTPUTS": f"webrtc://@:8554/front day.mp4 none.mp4 * images file://{self.folder}/a.b.mov"})
        kept = {path.name: path.read_text() for path in self.folder.iterdir()
                if path.is_file() and path != self.unit}
        self.assertEqual(kept, {
            "day-1970-01-01T00-00-00.mp4": "day.mp4", "saved-1970-01-01T00-00-00.mkv": "saved.mkv",
            "a.b-1970-01-01T00-00-00.mov": "a.b.mov", "film.mp4": "film.mp4"})

    def test_it_is_understood(self):
        verdict = self.verify()
        # What other units of the machine lack is not said of this one.
        self.assertNotIn(UNIT.name.split("@")[0], verdict.stdout + verdict.stderr)
        self.assertEqual(verdict.returncode, 0, verdict.stderr)

    def test_a_mistake_would_be_found(self):
        self.unit.write_text(self.unit.read_text().replace("NoNewPrivileges", "NoNewPriviliges"))
        self.assertIn("NoNewPriviliges", self.verify().stderr)


if __name__ == "__main__":
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not there (package systemd)")
        sys.exit(77)
    unittest.main()
