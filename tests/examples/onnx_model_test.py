#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Models of a few hundred bytes, which say what YOLO and SSD say."""

import os
import tempfile
import unittest

import numpy

import support
from objects import VisionError
from onnx_model import Model
from onnx_shape import describe

PICTURE = numpy.zeros((240, 320, 3), numpy.uint8)


class OnnxModel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def model(self, outputs, labels=None, **options):
        path = self.path("model.onnx")
        support.write_model(path, outputs, **options)
        return Model(path, self.path("labels.txt", "\n".join(labels)) if labels else None)

    def finds(self, model, threshold=0.5):
        return [(thing.type, round(thing.confidence, 3), thing.x, thing.y, thing.width, thing.height)
                for thing in model.find(PICTURE, threshold)]

    def test_yolov5_says_each_box_in_a_row(self):
        rows = numpy.zeros((1, 12, 7))
        rows[0, 3] = [32, 24, 16, 12, 0.9, 0.1, 1]
        rows[0, 4] = [33, 24, 16, 12, 0.8, 0, 1]     # the same thing again
        rows[0, 5] = [32, 24, 16, 12, 0.8, 1, 0]     # another thing in the same place
        rows[0, 6] = [10, 10, 4, 4, 0.3, 1, 0]       # not sure enough
        model = self.model({"out": rows}, ["cat", "dog"])
        # 64×64 for the network is 320×240 in a fifth, with a border below.
        self.assertEqual(self.finds(model), [("dog", 0.9, 120, 90, 80, 60), ("cat", 0.8, 120, 90, 80, 60)])
        self.assertEqual(len(self.finds(model, 0.2)), 3)

    def test_yolov8_says_each_box_in_a_column(self):
        columns = numpy.zeros((1, 6, 20))
        columns[0, :, 7] = [32, 24, 16, 12, 0.1, 0.75]
        self.assertEqual(self.finds(self.model({"out": columns}, ["cat", "dog"])), [("dog", 0.75, 120, 90, 80, 60)])

    def test_ssd_says_scores_and_corners(self):
        scores, corners = numpy.zeros((1, 5, 3)), numpy.zeros((1, 5, 4))
        scores[0, :, 0] = 1
        scores[0, 2] = [0.1, 0.1, 0.8]
        corners[0, 2] = [0.25, 0.5, 0.75, 1.5]  # partly out of the picture
        for order in (("scores", "boxes"), ("boxes", "scores")):
            arrays = {"scores": scores, "boxes": corners}
            outputs = {name: arrays[name] for name in order}
            for labels in (["BACKGROUND", "cat", "dog"], ["cat", "dog"]):
                self.assertEqual(self.finds(self.model(outputs, labels)), [("dog", 0.8, 80, 120, 160, 120)])

    def test_detections_say_their_class_in_the_row(self):
        rows = [[[[0, 1, 0.6, 0.1, 0.1, 0.2, 0.2], [0, 5, 0.9, 0.5, 0.5, 1, 1], [-1, 0, 0, 0, 0, 0, 0]]]]
        self.assertEqual(self.finds(self.model({"out": rows}, ["", "cat", "dog"])),
                         [("class 5", 0.9, 160, 120, 160, 120), ("dog", 0.6, 32, 24, 32, 24)])

    def test_the_size_may_be_left_open(self):
        columns = numpy.zeros((1, 5, 20))
        columns[0, :, 0] = [320, 240, 160, 120, 0.75]
        model = self.model({"out": columns}, dynamic=True)
        self.assertEqual(self.finds(model), [("class 0", 0.75, 120, 90, 80, 60)])

    def test_what_is_no_number_is_no_object(self):
        rows = numpy.zeros((1, 12, 7))
        rows[0, 0] = [numpy.nan, 24, 16, 12, 1, 1, 1]
        rows[0, 1] = [32, 24, numpy.inf, 12, 1, 1, 1]
        rows[0, 2] = [32, 24, 16, 12, numpy.nan, 1, 1]
        rows[0, 3] = [-1e30, -1e30, 1e30, 1e30, 1, 1, 1]
        for thing in self.model({"out": rows}).find(PICTURE, 0):
            self.assertLessEqual(thing.x + thing.width, 320)
            self.assertLessEqual(thing.y + thing.height, 240)

    def test_labels_of_another_model_are_refused(self):
        with self.assertRaisesRegex(VisionError, "knows 2 classes, and .*labels.txt names 3"):
            self.model({"out": numpy.zeros((1, 12, 7))}, ["cat", "dog", "cow"])
        path = self.path("model.onnx")
        with self.assertRaisesRegex(VisionError, "labels /nowhere.txt cannot be read"):
            Model(path, "/nowhere.txt")
        with self.assertRaisesRegex(VisionError, "there are no labels in"):
            Model(path, self.path("none.txt", "\n\n"))

    def test_what_is_no_model_is_refused(self):
        with self.assertRaisesRegex(VisionError, "/nowhere.onnx cannot be read: No such file"):
            Model("/nowhere.onnx")
        for name, text in (("words.onnx", "this is a text and no model"), ("empty.onnx", ""), ("short.onnx", ":\x7f")):
            with self.assertRaisesRegex(VisionError, f"{name} is no ONNX model"):
                Model(self.path(name, text))
        support.write_model(self.path("whole.onnx"), {"out": numpy.zeros((1, 12, 7))})
        with open(self.path("whole.onnx"), "rb") as file:
            whole = file.read()
        # Whatever is missing: an error in words, and no crash.
        for length in range(0, len(whole), 37):
            with open(self.path("cut.onnx"), "wb") as file:
                file.write(whole[:length])
            with self.assertRaises(VisionError, msg=f"of {len(whole)} bytes, {length}"):
                Model(self.path("cut.onnx"))

    def test_a_model_that_detects_nothing_is_refused(self):
        with self.assertRaisesRegex(VisionError, "the outputs of the model, 1×10, are neither"):
            self.model({"out": numpy.zeros((1, 10))})

    def test_what_the_file_takes_and_gives_is_read_from_it(self):
        support.write_model(self.path("model.onnx"), {name: [0] for name in ("z", "a", "m")}, size=(96, 32))
        self.assertEqual(describe(self.path("model.onnx")), ([1, 3, 32, 96], ["z", "a", "m"]))


if __name__ == "__main__":
    unittest.main()
