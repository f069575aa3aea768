#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of examples/python, on what the machine makes up itself; and the program of the first page."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 60  # seconds
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples/python"
SIZE = ("--input-width=320", "--input-height=240")


class Example(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, name, *arguments, **environment):
        process = subprocess.Popen(
            [sys.executable, EXAMPLES / name, *map(str, arguments)], env={**os.environ, **environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def run_to_end(self, name, *arguments, code=0, **environment):
        process = self.start(name, *arguments, **environment)
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, errors)
        return output if code == 0 else errors

    def read(self, pattern):
        """The pictures of an image sequence."""
        with GstWebRTCServer.VideoSource(self.folder / pattern) as source:
            return list(source)


class NumpyToBrowser(Example):
    def test_gives_out_what_it_computes(self):
        sys.path.insert(0, str(EXAMPLES))
        from numpy_to_browser import plasma
        self.run_to_end("numpy_to_browser.py", "--num-frames=5", *SIZE, self.folder / "wave_%03d.png")
        frames = self.read("wave_%03d.png")
        self.assertEqual(len(frames), 5)
        for number, frame in enumerate(frames):
            numpy.testing.assert_array_equal(frame, plasma(320, 240, number / 30))

    def test_says_what_is_wrong_with_its_arguments(self):
        self.assertIn("--input-widht", self.run_to_end("numpy_to_browser.py", "--input-widht=3", code=1))
        self.assertIn("too many", self.run_to_end("numpy_to_browser.py", "a.mp4", "b.mp4", code=1))
        self.assertIn("nonsense", self.run_to_end("numpy_to_browser.py", "nonsense://", code=1))
        self.assertIn("output-uri", self.run_to_end("numpy_to_browser.py", "--help"))


class TensorToBrowser(Example):
    def test_gives_out_what_it_computes(self):
        sys.path.insert(0, str(EXAMPLES))
        from tensor_to_browser import plasma
        self.run_to_end("tensor_to_browser.py", "--num-frames=3", *SIZE, self.folder / "wave_%03d.png")
        frames = self.read("wave_%03d.png")
        self.assertEqual(len(frames), 3)
        wanted = plasma(numpy, {}, 320, 240, 2 / 30).transpose(1, 2, 0) * 255
        # On a graphics card colours are of half the size.
        self.assertLess(numpy.abs(frames[2] - wanted).mean(), 3)


class OpenCvToBrowser(Example):
    def test_gives_out_edges(self):
        self.run_to_end("opencv_to_browser.py", "--num-frames=3", *SIZE, "test://", self.folder / "edges_%03d.png",
                        EFFECT="edges")
        frames = self.read("edges_%03d.png")
        self.assertGreater(len(frames), 0)
        for frame in frames:
            self.assertEqual(set(numpy.unique(frame)), {0, 255})  # nothing but edges
            self.assertLess((frame == 255).mean(), 0.5)

    def test_does_what_the_page_says(self):
        process = self.start("opencv_to_browser.py", *SIZE, "test://", "webrtc://127.0.0.1:0/output", EFFECT="none")
        url = re.search(r"http://\S+/output", process.stdout.readline())[0]
        controls = url.replace("/output", "/api/controls/output")
        request = urllib.request.Request(
            controls, json.dumps({"id": 1, "request": {
                "type": "set", "values": {"effect": "blur", "strength": 5}}}).encode(),
            {"Content-Type": "application/json"}, method="PATCH")
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            self.assertEqual(reply.status, 200)
        with urllib.request.urlopen(controls, timeout=PATIENCE) as reply:
            values = {control["name"]: control["value"] for control in json.load(reply)["controls"]}
        self.assertEqual(values, {"effect": "blur", "strength": 5})
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)

    def test_applies_each_effect(self):
        sys.path.insert(0, str(EXAMPLES))
        from opencv_to_browser import EFFECTS, apply
        picture = numpy.random.default_rng(1).integers(0, 255, (48, 64, 3), dtype=numpy.uint8)
        results = {effect: apply(effect, 3, picture) for effect in EFFECTS}
        self.assertIs(results["none"], picture)
        self.assertEqual(results["edges"].shape, (48, 64))
        self.assertLess(results["blur"].std(), picture.std() / 2)
        self.assertEqual(results["grey"].shape, (48, 64))


class BrowserToNumpy(Example):
    def test_tells_brightness_and_motion(self):
        output = self.run_to_end("browser_to_numpy.py", "--num-frames=10", *SIZE, "test://ball")
        lines = output.splitlines()
        self.assertEqual(len(lines), 10)
        for number, line in enumerate(lines):
            self.assertRegex(line, rf"^frame {number}: 320×240, brightness \d+%, moving \d+\.\d%$")
        moving = [float(re.search(r"moving ([\d.]+)%", line)[1]) for line in lines[1:]]
        self.assertTrue(any(0 < part < 50 for part in moving), output)  # a ball, on black

    def test_takes_what_is_published(self):
        """As a browser does, but by WHIP: H.264 or VP8 over WebRTC."""
        process = self.start("browser_to_numpy.py", "--num-frames=10", "webrtc://127.0.0.1:0/input")
        url = re.search(r"http://\S+/input", process.stderr.readline())[0]
        done = threading.Event()

        def publish():
            frame = numpy.full((120, 160, 3), 200, numpy.uint8)
            with GstWebRTCServer.VideoOutput(url.replace("http", "whip") + "/whip") as output:
                while not done.wait(0.04):
                    output.render(frame)

        publisher = threading.Thread(target=publish)
        publisher.start()
        try:
            lines = process.stdout.read().splitlines()
        finally:
            done.set()
            publisher.join(PATIENCE)
        self.assertEqual(len(lines), 10)
        self.assertRegex(lines[-1], r"160×120, brightness (7[0-9]|8[0-2])%, moving \d\.\d%")


class AsyncioTwoCameras(Example):
    def test_puts_both_side_by_side(self):
        self.run_to_end("asyncio_two_cameras.py", "--num-frames=20", *SIZE, "test://red", "test://blue",
                        self.folder / "both_%03d.png")
        frames = self.read("both_%03d.png")
        last = frames[-1]
        self.assertEqual(last.shape, (240, 640, 3))
        left, right = last[:, :320].reshape(-1, 3).mean(axis=0), last[:, 320:].reshape(-1, 3).mean(axis=0)
        self.assertGreater(left[0], 200)
        self.assertLess(left[2], 50)
        self.assertGreater(right[2], 200)
        self.assertLess(right[0], 50)

    def test_ends_with_a_file_that_plays(self):
        film = self.folder / "both.mkv"
        process = self.start("asyncio_two_cameras.py", *SIZE, "test://snow", "test://snow", film)
        process.stdout.readline()
        deadline = time.monotonic() + PATIENCE
        while not film.exists() or film.stat().st_size < 20_000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, errors)
        with GstWebRTCServer.VideoSource(film) as source:
            self.assertGreater(len(list(source)), 0)


if __name__ == "__main__":
    Gst.init(None)
    unittest.main(verbosity=2)
