#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs of examples/vision as users start them: films in, films and words out."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import cv2
import numpy

import support
import markers
from markers_test import SIDE, turned
from objects import overlap

PATIENCE = 90  # seconds
IN_CPP = os.path.join(os.environ.get("WEBRTCSERVER_BUILD_DIR", ""), "examples", "detect")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(program, *arguments):
    command = [program] if os.path.isabs(program) else [sys.executable, os.path.join(support.VISION, program)]
    return subprocess.Popen([*command, *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def place(thing):
    return thing["x"], thing["y"], thing["width"], thing["height"]


class Programs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def film(self, pictures):
        """Writes them as an image sequence, and returns its address."""
        for index, picture in enumerate(pictures):
            self.assertTrue(cv2.imwrite(self.path(f"in_{index:04d}.png"), picture))
        return self.path("in_%04d.png")

    def ran(self, program, *arguments):
        """What it wrote to its standard output, when it has ended well."""
        process = start(program, *arguments)
        try:
            output, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 0, errors)
        return output

    def found(self, program, *arguments):
        """What it found in each frame."""
        lines = self.ran(program, "--json=-", *arguments).splitlines()
        frames = [json.loads(line) for line in lines]
        self.assertEqual([frame["frame"] for frame in frames], list(range(len(frames))))
        return [frame["objects"] for frame in frames]

    def written(self):
        """The pictures that it wrote."""
        names = sorted(name for name in os.listdir(self.folder) if name.startswith("out_"))
        return [cv2.imread(self.path(name)) for name in names]

    def refused(self, *cases):
        """Each program ends with an error, which has the words, and no trace of Python's."""
        processes = [(words, start(*command)) for words, *command in cases]
        for words, process in processes:
            with self.subTest(words):
                try:
                    _output, errors = process.communicate(timeout=PATIENCE)
                finally:
                    process.kill()
                self.assertGreater(process.returncode, 0, errors)
                self.assertRegex(errors, words)
                self.assertNotIn("Traceback", errors)


class Detect(Programs):
    def test_draws_a_box_around_the_face_of_each_frame(self):
        picture, face = support.portrait()
        frames = self.found("detect.py", self.film([picture] * 4), self.path("out_%04d.png"))
        self.assertEqual(len(frames), 4)
        for objects in frames:
            self.assertEqual([thing["type"] for thing in objects], ["face"])
            self.assertGreater(overlap(place(objects[0]), face), 0.7)
        pictures = self.written()
        self.assertEqual(len(pictures), 4)
        x, y, width, height = place(frames[0][0])
        changed = numpy.abs(pictures[0].astype(int) - picture).max(axis=2)
        self.assertGreater(changed[y:y + height, x].min(), 20)
        self.assertLess(changed[y + 10:y + height - 10, x + 10:x + width - 10].max(), 8)

    def test_draws_nothing_where_it_is_not_to(self):
        picture, _face = support.portrait()
        self.found("detect.py", "--draw", "none", self.film([picture] * 2), self.path("out_%04d.png"))
        self.assertLess(numpy.abs(self.written()[0].astype(int) - picture).max(), 8)

    def test_takes_a_model_of_the_users(self):
        columns = numpy.zeros((1, 6, 20))
        columns[0, :, 7] = [32, 24, 16, 12, 0.1, 0.75]
        support.write_model(self.path("model.onnx"), {"out": columns})
        with open(self.path("labels.txt"), "w", encoding="utf-8") as file:
            file.write("cat\ndog\n")
        frames = self.found("detect.py", f"--model={self.path('model.onnx')}", "--labels", self.path("labels.txt"),
                            self.film([support.scene()] * 2), self.path("out_%04d.png"))
        dog = {"type": "dog", "x": 120, "y": 90, "width": 80, "height": 60, "confidence": 0.75}
        self.assertEqual(frames, [[dog], [dog]])

    def test_refuses_what_it_cannot_do(self):
        film = self.film([support.scene()])
        with open(self.path("words.onnx"), "w", encoding="utf-8") as file:
            file.write("these are words")
        with open(self.path("words.xml"), "w", encoding="utf-8") as file:
            file.write("these are words")
        self.refused(
            ("an input is missing", "detect.py"),
            ("--frobnicate", "detect.py", "--frobnicate", film),
            ("/nowhere.png", "detect.py", "/nowhere.png", self.path("out_%04d.png")),
            ("2 is not from 0 to 1", "detect.py", "--threshold=2", film),
            ("words.onnx is no ONNX model", "detect.py", "--model", self.path("words.onnx"), film),
            ("words.xml is no cascade", "detect.py", "--cascade", self.path("words.xml"), film),
            ("no detector cats; there are faces, people", "detect.py", "--detector=cats", film),
            ("no dictionary 3x3", "aruco.py", "--dictionary=3x3", film),
            ("background /nowhere.jpg cannot be read", "background.py", "--background=/nowhere.jpg", film))


@unittest.skipUnless(os.path.exists(IN_CPP), "OpenCV was not there when the examples were built")
class DetectInCpp(Programs):
    def test_draws_a_box_around_the_face_of_each_frame(self):
        picture, (x, y, width, height) = support.portrait()
        self.ran(IN_CPP, self.film([picture] * 3), self.path("out_%04d.png"))
        pictures = self.written()
        self.assertEqual(len(pictures), 3)
        for written in pictures:
            changed = numpy.abs(written.astype(int) - picture).max(axis=2) > 20
            # The box is where the face is, give or take a few pixels.
            self.assertTrue(changed[y + height // 2, x - 10:x + 20].any())
            self.assertTrue(changed[y + height // 2, x + width - 20:x + width + 10].any())
            self.assertFalse(changed[y + 20:y + height - 20, x + 20:x + width - 20].any())

    def test_refuses_what_it_cannot_do(self):
        film = self.film([support.scene()])
        with open(self.path("words.onnx"), "w", encoding="utf-8") as file:
            file.write("these are words")
        support.write_model(self.path("model.onnx"), {"out": numpy.zeros((1, 12, 7))}, size=(640, 640))
        # Boxes of no class.
        support.write_model(self.path("nothing.onnx"), {"out": numpy.ones((1, 12, 5))}, size=(640, 640))
        with open(self.path("labels.txt"), "w", encoding="utf-8") as file:
            file.write("cat\ndog\ncow\n")
        self.refused(
            ("output of .*nothing.onnx is none of YOLO's", IN_CPP, "--model", self.path("nothing.onnx"), film),
            ("an input is missing", IN_CPP),
            ("--frobnicate", IN_CPP, "--frobnicate", film),
            ("--threshold is from 0 to 1, not 2", IN_CPP, "--threshold=2", film),
            ("OpenCV cannot load .*words.onnx", IN_CPP, "--model", self.path("words.onnx"), film),
            ("knows 2 classes, and .*labels.txt names 3", IN_CPP, "--model", self.path("model.onnx"),
             "--labels", self.path("labels.txt"), film),
            ("no cascade at /nowhere.xml", IN_CPP, "--cascade=/nowhere.xml", film),
            ("no detector cats", IN_CPP, "--detector=cats", film))


class Track(Programs):
    def test_keeps_the_numbers_of_what_crosses(self):
        pictures = [support.scene()]
        for step in range(55):
            picture = support.scene()
            cv2.rectangle(picture, (10 + 5 * step, 90), (39 + 5 * step, 119), (250, 250, 250), -1)
            cv2.rectangle(picture, (280 - 5 * step, 94), (309 - 5 * step, 123), (250, 80, 20), -1)
            pictures.append(picture)
        frames = self.found("track.py", "--threshold=0.3", self.film(pictures), self.path("out_%04d.png"))
        before, after = ({thing["id"]: thing["x"] for thing in frames[index]} for index in (13, -1))
        self.assertEqual(sorted(before), [1, 2])
        self.assertEqual(sorted(after), [1, 2])
        self.assertEqual(min(before, key=before.get), max(after, key=after.get))


class Background(Programs):
    def test_goes_and_what_moves_stays(self):
        pictures, squares = [support.scene() for _frame in range(10)], []
        for step in range(20):
            picture, square = support.scene(), numpy.zeros((240, 320), bool)
            cv2.rectangle(picture, (20 + 5 * step, 80), (79 + 5 * step, 139), (240, 240, 240), -1)
            square[80:140, 20 + 5 * step:80 + 5 * step] = True
            pictures.append(picture)
            squares.append(square)
        self.ran("background.py", "--background=#0000ff", self.film(pictures), self.path("out_%04d.png"))
        written = self.written()
        self.assertEqual(len(written), len(pictures))
        blue = numpy.array([255, 0, 0])
        self.assertLess(numpy.abs(written[9].astype(int) - blue).max(), 16)
        for picture, square in zip(written[10:], squares):
            kept = numpy.abs(picture.astype(int) - blue).max(axis=2) > 120
            self.assertGreater(numpy.count_nonzero(kept & square) / numpy.count_nonzero(kept | square), 0.85)


class Aruco(Programs):
    def test_says_where_the_marker_is(self):
        words, camera = markers.dictionary("4x4_50"), markers.Camera.guess((640, 480), 60)
        position = 0.05, -0.03, 0.45
        picture = support.marker_seen(words, 7, camera, SIDE, turned(20, 30, 0), position)
        frames = self.found("aruco.py", f"--size={SIDE}", self.film([picture] * 2), self.path("out_%04d.png"))
        for objects in frames:
            self.assertEqual([thing["type"] for thing in objects], ["marker 7"])
            pose = objects[0]["pose"]
            numpy.testing.assert_allclose([pose["x"], pose["y"], pose["z"]], position, atol=0.01)

    def test_writes_a_marker_that_it_finds(self):
        self.ran("aruco.py", "--print", 5, self.path("marker.png"))
        printed = cv2.imread(self.path("marker.png"))
        camera = markers.Camera.guess(printed.shape[1::-1], 60)
        found = markers.find(printed, markers.dictionary("4x4_50"), camera, SIDE)
        self.assertEqual([marker.number for marker in found], [5])
        self.refused(("no 50", "aruco.py", "--print", "50", self.path("marker.png")),
                     ("cannot be written", "aruco.py", "--print", "5", "/nowhere/marker.png"))


class Live(Programs):
    def test_a_detector_at_work_does_not_hold_up_the_end(self):
        # People take longer than a frame, so that there is always a picture being searched.
        self.ran("detect.py", "--detector=people", "--num-frames=20", "test://", self.path("out_%04d.png"))
        self.assertGreater(len(self.written()), 0)

    def test_browsers_choose_the_detector(self):
        port = free_port()
        process = start("detect.py", "test://ball", f"webrtc://127.0.0.1:{port}/output")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        announced = process.stderr.readline()
        while announced and not re.match("Watch http", announced):
            announced = process.stderr.readline()
        self.assertTrue(announced)
        address = f"http://127.0.0.1:{port}/api/controls/output"

        def ask(values=None):
            body = json.dumps({"id": 1, "request": {"type": "set", "values": values}}).encode() if values else None
            request = urllib.request.Request(
                address, body, {"Content-Type": "application/json"}, method="PATCH" if values else "GET")
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)

        def values():
            return {control["name"]: control["value"] for control in ask()["controls"] if "value" in control}

        self.assertEqual(values(), {"detector": "faces", "threshold": 0.5, "objects": 0})
        ask({"detector": "people", "threshold": 0.25})
        self.assertEqual(values(), {"detector": "people", "threshold": 0.25, "objects": 0})
        process.send_signal(signal.SIGTERM)
        _output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, errors)


if __name__ == "__main__":
    unittest.main()
