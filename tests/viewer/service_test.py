# SPDX-License-Identifier: LGPL-2.1-or-later
"""The systemd service, as far as it can be looked at without systemd: what it says is understood."""

import os
import pathlib
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
