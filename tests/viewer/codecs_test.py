# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program webrtc-codecs: what it tells of a machine, and what of the user's key file."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["WEBRTCSERVER_BUILD_DIR"]) / "examples" / "webrtc-codecs"
DOCUMENTS = pathlib.Path(__file__).resolve().parents[2]


def run(*arguments, codecs="", ranks=None):
    environment = {**os.environ, "WEBRTCSERVER_CODECS": str(codecs)}
    environment.pop("GST_PLUGIN_FEATURE_RANK", None)
    if ranks:
        environment["GST_PLUGIN_FEATURE_RANK"] = ranks
    return subprocess.run([PROGRAM, *arguments], env=environment, text=True, timeout=100, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class CodecsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="codecs-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "codecs.ini"

    def test_people_read_what_works_and_why_the_rest_does_not(self):
        told = run()
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertRegex(told.stdout, r"(?m)^H264, encoders$")
        self.assertRegex(told.stdout, r"(?m)^    \+ vp8enc +software$")
        self.assertRegex(told.stdout, r"(?m)^        takes as it is: .*SystemMemory")
        self.assertRegex(told.stdout, r"(?m)^    [-+] nvv4l2h264enc ")
        self.assertRegex(told.stdout, r"(?m)^VP8, decoders$")

    def test_programs_read_json(self):
        told = run("--json", "--codec=vp8")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        report = json.loads(told.stdout)
        self.assertEqual({row["codec"] for row in report["encoders"] + report["decoders"]}, {"VP8"})
        rows = {row["element"]: row for row in report["encoders"]}
        self.assertTrue(rows["vp8enc"]["usable"])
        self.assertIn("memory:SystemMemory", rows["vp8enc"]["memory"])
        for row in report["encoders"]:
            self.assertEqual("refused" in row, not row["usable"], row)

    def test_the_key_file_and_ranks_count(self):
        self.file.write_text("[vp8enc]\ndisabled=true\n", encoding="utf-8")
        told = run("--codec=VP8", "--json", codecs=self.file, ranks="vp8dec:NONE")
        report = json.loads(told.stdout)
        self.assertEqual(report["file"], str(self.file))
        refused = {row["element"]: row.get("refused", "") for row in report["encoders"] + report["decoders"]}
        self.assertIn(str(self.file), refused["vp8enc"])
        self.assertIn("GST_PLUGIN_FEATURE_RANK", refused["vp8dec"])
        if not any(row["usable"] for row in report["encoders"]):
            self.assertEqual(told.returncode, 1)
            self.assertIn("no encoder of VP8", told.stderr)

    def test_mistakes_of_the_key_file_are_told_and_the_rest_counts(self):
        self.file.write_text("[vp8enc]\ndisabled=maybe\nset.no-such=1\n[nothing]\npriority=1\n"
                             "[vp9enc]\ndisabled=true\n", encoding="utf-8")
        told = run(codecs=self.file)
        self.assertEqual(told.returncode, 0)
        for words in (r"codecs\.ini: \[vp8enc\] disabled has \"maybe\"", r"\[nothing\] is no encoder or decoder",
                      r"vp8enc: set\.no-such: it has no writable property"):
            self.assertRegex(told.stderr, words)
        self.assertRegex(told.stdout, r"- vp9enc +it is disabled")
        missing = run(codecs=self.file.with_name("missing.ini"))
        self.assertIn("missing.ini cannot be read", missing.stderr)
        self.assertEqual(missing.returncode, 0)
        folder = run(codecs=self.file.parent)
        self.assertIn(f"{self.file.parent} cannot be read", folder.stderr)
        self.assertEqual(folder.returncode, 0)

    def test_what_cannot_be_meant(self):
        for words, *arguments in (("--wrong", "--wrong"), ("MPEG2.*H264", "--codec=MPEG2"), ("one argument", "vp8enc")):
            told = run(*arguments)
            self.assertEqual((told.returncode, told.stdout), (2, ""))
            self.assertRegex(told.stderr, f"^webrtc-codecs: .*{words}.*\n$")

    def test_help_and_documents_know_every_flag(self):
        flags = set(re.findall(r"--[a-z]+", run("--help").stdout))
        self.assertTrue({"--codec", "--json", "--version", "--help"} <= flags, flags)
        manual = (DOCUMENTS / "examples/webrtc-codecs/webrtc-codecs.1").read_text()
        for flag in flags:
            self.assertIn(flag.replace("-", "\\-"), manual)
        self.assertRegex(run("--version").stdout, r"^webrtc-codecs of .* \d+\.\d+\.\d+, GStreamer 1\.")


if __name__ == "__main__":
    unittest.main()
