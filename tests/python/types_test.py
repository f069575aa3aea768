#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The types that editors and checkers have: all that the library has, with its arguments; and mypy takes the examples."""

import ast
import inspect
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GObject, Gst, GstWebRTCServer  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUBS = pathlib.Path(os.environ["WEBRTCSERVER_BUILD_DIR"], "lib/python/gi-stubs/repository/GstWebRTCServer.pyi")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What every object and structure has.
COMMON = set(dir(GObject.GObject)) | set(dir(Gst.MapInfo)) | set(dir(Gst.Format))


def written():
    """What the stubs have: name → node; of a class, its members likewise."""
    members = {}
    for node in ast.parse(STUBS.read_text(encoding="utf-8")).body:
        name = node.target.id if isinstance(node, ast.AnnAssign) else getattr(node, "name", None)
        members[name] = node
    return members


def arguments_of(node):
    """Names of the arguments of a function in the stubs, without self and cls."""
    names = [argument.arg for argument in node.args.args + node.args.kwonlyargs]
    extra = [f"*{node.args.vararg.arg}"] if node.args.vararg else []
    return [name for name in names if name not in ("self", "cls")] + extra


def arguments_there(function):
    """Those that the function has: PyGObject writes its signature down, Python knows its own."""
    if inspect.isfunction(function):
        parameters = inspect.signature(function).parameters.values()
        names = ["*" + known.name if known.kind is known.VAR_POSITIONAL else known.name for known in parameters]
        return [name for name in names if name != "self"]
    text = re.match(r"\w+\((.*)\)( ->.*)?$", function.__doc__, re.DOTALL)[1]
    names = [part.split(":")[0].split("=")[0].strip() for part in re.split(r",\s*(?=[*\w]+(?::|=|,|$))", text) if part]
    # Any number of them, however PyGObject writes it down.
    return ["*user_data" if name == "user_data" else name for name in names if name != "self"]


def public(owner):
    return {name for name in dir(owner) if not name.startswith("_")}


class Stubs(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.written = written()

    def test_have_every_name(self):
        there = {name for name in public(GstWebRTCServer)
                 if not inspect.ismodule(getattr(GstWebRTCServer, name)) and not name.endswith(("Class", "Private"))}
        self.assertGreater(len(there), 8)
        self.assertEqual(there - set(self.written), set())

    def test_have_every_method_and_its_arguments(self):
        checked = 0
        for class_name, node in self.written.items():
            if not isinstance(node, ast.ClassDef) or class_name == "Frame" or class_name.startswith("_"):
                continue
            owner = getattr(GstWebRTCServer, class_name)
            members = {member.name: member for member in node.body if isinstance(member, FUNCTIONS)}
            for name in public(owner) - COMMON:
                there = getattr(owner, name)
                if not callable(there) or isinstance(there, owner):
                    continue
                with self.subTest(f"{class_name}.{name}"):
                    self.assertIn(name, members)
                    self.assertEqual(arguments_of(members[name]), arguments_there(there))
                    checked += 1
        self.assertGreater(checked, 40)

    def test_have_nothing_that_is_not_there(self):
        for class_name, node in self.written.items():
            if not isinstance(node, ast.ClassDef) or class_name.startswith("_"):
                continue
            owner = getattr(GstWebRTCServer, class_name)
            for member in node.body:
                if isinstance(member, FUNCTIONS) and class_name != "Frame":
                    self.assertTrue(hasattr(owner, member.name), f"{class_name}.{member.name}")


class Checker(unittest.TestCase):
    """mypy, with what PYTHONPATH has as it has what is installed."""

    maxDiff = None

    def check(self, *files):
        result = subprocess.run(
            ["mypy", "--no-error-summary", "--ignore-missing-imports", "--check-untyped-defs", "--cache-dir",
             os.path.join(os.environ["WEBRTCSERVER_BUILD_DIR"], "mypy"), "--python-executable", sys.executable, *files],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        return result.returncode, result.stdout

    def test_takes_the_examples(self):
        files = sorted((ROOT / "examples/python").glob("*.py"))
        self.assertGreater(len(files), 4)
        self.assertEqual(self.check(*files), (0, ""))

    def test_finds_what_is_wrong(self):
        program = """
import gi
from gi.repository import Gst, GstWebRTCServer
source = GstWebRTCServer.VideoSource("test://", input_width=640)
reveal_type(source.capture())
for frame in source:
    reveal_type(frame)
reveal_type(GstWebRTCServer.VideoOutput("out.mp4").render(frame, pts=0))
GstWebRTCServer.VideoSource("test://", input_widht=640)
GstWebRTCServer.VideoSource(8554)
source.capture("soon")
reveal_type(source.capture_into(frame, white=1))
source.capture_into(frame, white="much")
GstWebRTCServer.VideoOutput("out.mp4").render(frame, white=1, mean=(0.5, 0.5, 0.5))
"""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "program.py")
            path.write_text(program, encoding="utf-8")
            code, text = self.check(path)
        self.assertEqual(code, 1, text)
        told = {int(line.split(":")[1]): line for line in text.splitlines() if ": note: Revealed" in line or ": error:" in line}
        self.assertIn('Frame, None]', told[5])
        self.assertIn('GstWebRTCServer.Frame"', told[7])
        self.assertIn("builtins.bool", told[8])
        self.assertIn("int, None]", told[12])
        self.assertIn(":10: error:", text)
        self.assertIn(":11: error:", text)
        self.assertEqual(sorted(told), [5, 7, 8, 9, 10, 11, 12, 13], text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
