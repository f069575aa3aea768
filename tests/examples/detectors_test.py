#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Faces and people where they are, and nobody where nobody is."""

import os
import tempfile
import unittest

import cv2
import numpy

import support
import detectors
from objects import VisionError, draw, overlap


def place(thing):
    return thing.x, thing.y, thing.width, thing.height


class Faces(unittest.TestCase):
    def setUp(self):
        self.faces = detectors.Faces()

    def test_the_face_in_a_photograph_is_found(self):
        picture, face = support.portrait()
        found = self.faces.find(picture, 0.5)
        self.assertEqual([thing.type for thing in found], ["face"])
        self.assertGreater(overlap(place(found[0]), face), 0.7)
        self.assertGreater(found[0].confidence, 0.5)

    def test_it_is_found_at_its_place_in_a_large_picture(self):
        picture, face = support.portrait()
        found = self.faces.find(cv2.resize(picture, (1920, 1080)), 0.5)
        self.assertEqual(len(found), 1)
        self.assertGreater(overlap(place(found[0]), [3 * side for side in face]), 0.7)

    def test_nobody_is_found_where_nobody_is(self):
        self.assertEqual(self.faces.find(numpy.full((360, 640, 3), 128, numpy.uint8), 0.0), [])

    def test_a_threshold_above_what_is_certain_leaves_nothing(self):
        self.assertEqual(self.faces.find(support.portrait()[0], 1.01), [])

    def test_a_cascade_that_cannot_be_used_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("words.xml", "no cascade"), ("empty.xml", ""), ("other.xml", "<opencv_storage/>")):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                with self.assertRaisesRegex(VisionError, f"{name} is no cascade"):
                    detectors.Faces(path)
        with self.assertRaisesRegex(VisionError, "no cascade at /nowhere.xml; install opencv-data"):
            detectors.Faces("/nowhere.xml")


class People(unittest.TestCase):
    def test_somebody_who_stands_there_is_found(self):
        picture = numpy.full((480, 640, 3), 190, numpy.uint8)
        support.draw_person(picture, 320, 240, 240)
        found = detectors.People().find(picture, 0.5)
        self.assertEqual([thing.type for thing in found], ["person"])
        # The classifier's boxes have a margin.
        self.assertGreater(overlap(place(found[0]), (235, 79, 167, 335)), 0.7)

    def test_a_picture_smaller_than_a_person_has_none(self):
        self.assertEqual(detectors.People().find(numpy.zeros((64, 48, 3), numpy.uint8), 0.0), [])


class Motion(unittest.TestCase):
    def test_what_moves_is_found_and_the_room_is_not(self):
        motion, room = detectors.Motion(), support.scene()
        motion.find(room, 0.5)
        for step in range(30):
            picture = room.copy()
            cv2.rectangle(picture, (20 + 4 * step, 60), (59 + 4 * step, 99), (240, 240, 240), -1)
            found = motion.find(picture, 0.5)
        self.assertEqual(len(found), 1)
        self.assertGreater(overlap(place(found[0]), (136, 60, 40, 40)), 0.8)
        for _still in range(5):
            nothing = motion.find(room, 0.0)
        self.assertEqual(nothing, [])


class Drawing(unittest.TestCase):
    def test_a_box_stands_around_its_object(self):
        picture = numpy.zeros((100, 100, 3), numpy.uint8)
        draw(picture, [detectors.Object("face", 0.9, 30, 40, 20, 20)])
        self.assertTrue(picture[40:61, 30].any(axis=1).all())
        self.assertFalse(picture[45:56, 35:46].any())


if __name__ == "__main__":
    unittest.main()
