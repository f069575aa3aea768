#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A marker that was drawn at a pose is found at that pose."""

import os
import tempfile
import unittest

import cv2
import numpy

import support
import markers
from objects import VisionError

SIDE = 0.1
# The marker looks at the camera: its y goes up where the camera's goes down.
FACING = cv2.Rodrigues(numpy.diag([1.0, -1.0, -1.0]))[0].ravel()


def turned(x, y, z):
    """FACING, turned by degrees about the camera's axes."""
    matrix = cv2.Rodrigues(FACING)[0]
    for axis, degrees in enumerate((x, y, z)):
        turn = numpy.zeros(3)
        turn[axis] = numpy.radians(degrees)
        matrix = cv2.Rodrigues(turn)[0] @ matrix
    return cv2.Rodrigues(matrix)[0].ravel()


def angle_between(one, other):
    """In degrees, of two rotations."""
    difference = cv2.Rodrigues(numpy.float64(one))[0].T @ cv2.Rodrigues(numpy.float64(other))[0]
    return numpy.degrees(numpy.linalg.norm(cv2.Rodrigues(difference)[0]))


class Poses(unittest.TestCase):
    def setUp(self):
        self.words = markers.dictionary("4x4_50")
        self.camera = markers.Camera.guess((1280, 720), 60)

    def test_are_those_that_were_drawn(self):
        for number, position, rotation in (
                (7, (0, 0, 0.5), turned(0, 30, 0)), (0, (0.1, -0.05, 0.6), turned(35, 0, 0)),
                (49, (-0.2, 0.08, 0.8), turned(20, -30, 45)), (3, (0, 0.05, 0.4), turned(-25, 20, 170))):
            with self.subTest(number):
                picture = support.marker_seen(self.words, number, self.camera, SIDE, rotation, position)
                found = markers.find(picture, self.words, self.camera, SIDE)
                self.assertEqual([marker.number for marker in found], [number])
                numpy.testing.assert_allclose(found[0].position, position, atol=0.01)
                self.assertLess(angle_between(found[0].rotation, rotation), 3)

    def test_count_in_the_size_of_the_marker(self):
        picture = support.marker_seen(self.words, 7, self.camera, SIDE, turned(0, 30, 0), (0, 0, 0.5))
        found = markers.find(picture, self.words, self.camera, 2 * SIDE)
        self.assertAlmostEqual(found[0].position[2], 1.0, delta=0.02)

    def test_are_the_same_in_a_smaller_picture(self):
        picture = support.marker_seen(self.words, 7, self.camera, SIDE, turned(0, 30, 0), (0.05, 0, 0.5))
        found = markers.find(cv2.resize(picture, (640, 360)), self.words, self.camera, SIDE)
        numpy.testing.assert_allclose(found[0].position, (0.05, 0, 0.5), atol=0.02)

    def test_of_a_calibrated_camera_heed_its_lens(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "camera.yml")
            file = cv2.FileStorage(path, cv2.FILE_STORAGE_WRITE)
            file.write("image_width", 1280)
            file.write("image_height", 720)
            file.write("camera_matrix", numpy.array([[900.0, 0, 600], [0, 910, 380], [0, 0, 1]]))
            file.write("distortion_coefficients", numpy.array([[-0.1, 0.02, 0, 0, 0]]))
            file.release()
            camera = markers.Camera.read(path)
        self.assertEqual(camera.size, (1280, 720))
        position, rotation = (-0.1, 0.06, 0.5), turned(20, 20, 0)
        picture = support.marker_seen(self.words, 11, camera, SIDE, rotation, position)
        found = markers.find(picture, self.words, camera, SIDE)
        numpy.testing.assert_allclose(found[0].position, position, atol=0.01)
        self.assertLess(angle_between(found[0].rotation, rotation), 3)

    def test_reach_browsers_with_their_box(self):
        picture = support.marker_seen(self.words, 7, self.camera, SIDE, turned(0, 30, 0), (0, 0, 0.5))
        thing = markers.find(picture, self.words, self.camera, SIDE)[0].as_object(picture.shape)
        said = thing.as_json()
        self.assertEqual((said["type"], said["pose"]["marker"]), ("marker 7", 7))
        self.assertAlmostEqual(said["pose"]["z"], 0.5, delta=0.01)
        self.assertTrue(said["x"] < 640 < said["x"] + said["width"])

    def test_are_drawn(self):
        picture = support.marker_seen(self.words, 7, self.camera, SIDE, turned(0, 30, 0), (0, 0, 0.5))
        found = markers.find(picture, self.words, self.camera, SIDE)
        markers.draw(picture, found, self.camera, SIDE)
        # x is red and goes to the right; y is green and goes up.
        for tip, channel in (((0.04, 0, 0), 2), ((0, 0.04, 0), 1)):
            place, _jacobian = cv2.projectPoints(
                numpy.float64([tip]), turned(0, 30, 0), numpy.float64([0, 0, 0.5]), self.camera.matrix, None)
            x, y = place.ravel().round().astype(int)
            around = picture[y - 2:y + 3, x - 2:x + 3].reshape(-1, 3).astype(int)
            others = [other for other in range(3) if other != channel]
            self.assertTrue((around[:, channel] - around[:, others].max(axis=1) > 150).any(), tip)


class Words(unittest.TestCase):
    def test_of_another_dictionary_are_not_read(self):
        camera = markers.Camera.guess((640, 360), 60)
        picture = support.marker_seen(markers.dictionary("4x4_50"), 7, camera, SIDE, turned(0, 30, 0), (0, 0, 0.5))
        self.assertEqual(markers.find(picture, markers.dictionary("6x6_250"), camera, SIDE), [])

    def test_that_there_are_not_are_refused_with_those_that_there_are(self):
        with self.assertRaisesRegex(VisionError, "no dictionary 4x4_51; there are .*4x4_50"):
            markers.dictionary("4x4_51")
        with self.assertRaisesRegex(VisionError, "the markers 0 to 49, and no 50"):
            markers.render(50, markers.dictionary("DICT_4X4_50"), 120)

    def test_of_a_calibration_that_is_none_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("words.yml", "these are words"), ("empty.yml", ""), ("other.yml", "%YAML:1.0\na: 1\n")):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                with self.assertRaisesRegex(VisionError, f"{name} is no calibration"):
                    markers.Camera.read(path)
        with self.assertRaisesRegex(VisionError, "/nowhere.yml is no calibration"):
            markers.Camera.read("/nowhere.yml")


if __name__ == "__main__":
    unittest.main()
