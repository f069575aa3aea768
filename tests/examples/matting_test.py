#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What moves stays in the picture; the room goes."""

import os
import tempfile
import unittest

import cv2
import numpy

import support
import matting
from objects import VisionError


class Masks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_a_moving_square_is_not_background(self):
        for method in matting.SUBTRACTORS:
            with self.subTest(method):
                learned, room = matting.Learned(method), support.scene()
                for _frame in range(10):
                    learned.mask(room)
                for step in range(40):
                    picture = room.copy()
                    square = numpy.zeros(room.shape[:2], numpy.uint8)
                    for drawn, value in ((picture, (240, 240, 240)), (square, 255)):
                        cv2.rectangle(drawn, (20 + 4 * step, 80), (79 + 4 * step, 139), value, -1)
                    mask = learned.mask(picture)
                    both, either = numpy.count_nonzero(mask & square), numpy.count_nonzero(mask | square)
                    self.assertGreater(both / either, 0.9, f"frame {step}")
                self.assertEqual(numpy.count_nonzero(learned.mask(room)), 0)

    def test_it_may_be_learnt_again(self):
        learned, room = matting.Learned(), support.scene()
        for _frame in range(10):
            learned.mask(room)
        # The camera has been turned.
        turned = cv2.flip(room, 1)
        self.assertGreater(numpy.count_nonzero(learned.mask(turned)), 10000)
        learned.learn_again()
        learned.mask(turned)
        self.assertEqual(numpy.count_nonzero(learned.mask(turned)), 0)

    def test_a_network_says_what_is_not_background(self):
        said = numpy.zeros((1, 1, 32, 32))
        said[0, 0, 8:24, 16:32] = 1
        path = os.path.join(self.folder, "model.onnx")
        support.write_model(path, {"mask": said, "coarser": said * 0}, size=(32, 32))
        mask = matting.Segmented(path).mask(support.scene())
        self.assertEqual(mask.shape, (240, 320))
        self.assertEqual((mask[120, 240], mask[120, 40], mask[20, 240]), (255, 0, 0))

    def test_a_network_that_says_something_else_is_refused(self):
        path = os.path.join(self.folder, "model.onnx")
        support.write_model(path, {"classes": numpy.zeros((1, 10))}, size=(32, 32))
        with self.assertRaisesRegex(VisionError, r"the output of .*model.onnx, \(1, 10\), is no mask"):
            matting.Segmented(path)


class Backgrounds(unittest.TestCase):
    def test_stand_where_the_mask_is_not(self):
        picture = numpy.full((100, 100, 3), 200, numpy.uint8)
        mask = numpy.zeros((100, 100), numpy.uint8)
        mask[25:75, 25:75] = 255
        result = matting.compose(picture, mask, matting.plain(picture.shape, 0xFF102030))
        self.assertEqual(result[50, 50].tolist(), [200, 200, 200])
        self.assertEqual(result[5, 5].tolist(), [0x30, 0x20, 0x10])
        # The edge is neither.
        self.assertTrue(0x30 < result[25, 50, 0] < 200)

    def test_an_image_covers_the_picture_and_keeps_its_shape(self):
        image = numpy.zeros((100, 400, 3), numpy.uint8)
        image[:, 150:250] = 255
        covered = matting.cover(image, (240, 320, 3))
        self.assertEqual(covered.shape, (240, 320, 3))
        # The stripe, a square, is still one.
        self.assertEqual(covered[120, 50:270].min(), 255)
        self.assertEqual(covered[120, :30].max(), 0)

    def test_a_blurred_one_has_no_sharp_edges(self):
        picture = numpy.zeros((240, 320, 3), numpy.uint8)
        picture[:, 160:] = 255
        steps = numpy.abs(numpy.diff(matting.blurred(picture)[120, :, 0].astype(int)))
        self.assertLess(steps.max(), 60)

    def test_one_that_is_no_picture_is_named(self):
        with self.assertRaisesRegex(VisionError, "background /nowhere.png cannot be read"):
            matting.read_image("/nowhere.png")


if __name__ == "__main__":
    unittest.main()
