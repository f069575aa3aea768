#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects keep their numbers: when they cross, when they are out of sight, and when others come."""

import itertools
import unittest

import cv2
import numpy

import support
from detectors import Motion
from objects import Object
from tracker import Tracker, assign

SHAPE = (240, 320, 3)


def box(x, y, size=40, kind="box"):
    return Object(kind, 0.9, round(x), round(y), size, size)


class Assignment(unittest.TestCase):
    def test_is_the_cheapest_of_all(self):
        random = numpy.random.default_rng(5)
        for rows, columns in ((1, 1), (3, 3), (2, 5), (5, 2), (5, 5), (6, 4)):
            for _time in range(20):
                costs = random.integers(0, 30, (rows, columns))
                pairs = assign(costs)
                self.assertEqual(len({row for row, _ in pairs}), min(rows, columns))
                self.assertEqual(len({column for _, column in pairs}), min(rows, columns))
                upright = costs if rows <= columns else costs.T
                least = min(sum(upright[row, column] for row, column in enumerate(order))
                            for order in itertools.permutations(range(upright.shape[1]), upright.shape[0]))
                self.assertEqual(sum(costs[row, column] for row, column in pairs), least)

    def test_of_nothing_is_nothing(self):
        self.assertEqual(assign([]), [])
        self.assertEqual(assign([[], []]), [])


class Tracks(unittest.TestCase):
    def test_keep_their_numbers_when_objects_cross(self):
        tracker = Tracker()
        for step in range(60):
            right, left = box(20 + 4 * step, 100), box(260 - 4 * step, 110)
            # One hides the other as they meet, and the detector then gives them in another order.
            hidden = abs(right.x - left.x) < 30
            found = tracker.see([right] if hidden else [left, right] if step % 2 else [right, left])
            numbers = {thing.y: thing.id for thing in found}
            if step == 10:
                first = numbers
        self.assertEqual(sorted(first.values()), [1, 2])
        self.assertEqual(numbers, first)

    def test_end_when_their_object_is_gone_and_its_number_is_not_given_again(self):
        tracker = Tracker(confirm=2, patience=5)
        for _frame in range(4):
            found = tracker.see([box(50, 50)])
        self.assertEqual([thing.id for thing in found], [1])
        for _frame in range(6):
            self.assertEqual(tracker.see([]), [])
        for _frame in range(4):
            found = tracker.see([box(50, 50)])
        self.assertEqual([thing.id for thing in found], [2])

    def test_go_on_when_their_object_is_out_of_sight(self):
        tracker = Tracker()
        for step in range(40):
            found = tracker.see([] if 15 <= step < 25 else [box(20 + 5 * step, 60)])
        self.assertEqual([thing.id for thing in found], [1])

    def test_do_not_come_of_what_is_seen_once(self):
        tracker = Tracker()
        for step in range(20):
            self.assertEqual(tracker.see([box(37 * step % 280, 91 * step % 200, 12)] if step % 4 == 0 else []), [])

    def test_do_not_take_an_object_of_another_kind(self):
        tracker = Tracker()
        for step in range(20):
            found = tracker.see([box(50, 50, kind="cat" if step < 10 else "dog")])
        self.assertEqual([(thing.type, thing.id) for thing in found], [("dog", 2)])

    def test_foresee_where_nobody_looked(self):
        tracker = Tracker()
        for step in range(30):
            if step % 3 == 0:
                found = tracker.see([box(20 + 5 * step, 60)])
            else:
                found = tracker.foresee(SHAPE)
        self.assertEqual([thing.id for thing in found], [1])
        self.assertAlmostEqual(found[0].x, 20 + 5 * 29, delta=6)
        self.assertAlmostEqual(found[0].width, 40, delta=3)

    def test_of_things_without_a_size_there_are_none(self):
        tracker = Tracker(confirm=1)
        self.assertEqual(tracker.see([box(5, 5, 0)]), [])

    def test_follow_what_moves_in_a_film(self):
        tracker, motion, room = Tracker(), Motion(), support.scene()
        motion.find(room, 0.3)
        numbers = []
        for step in range(55):
            picture = room.copy()
            # In one row: as they meet, the detector sees one thing that grows together and apart again.
            cv2.rectangle(picture, (10 + 5 * step, 100), (39 + 5 * step, 129), (250, 250, 250), -1)
            cv2.rectangle(picture, (280 - 5 * step, 104), (309 - 5 * step, 133), (250, 80, 20), -1)
            found = tracker.see(motion.find(picture, 0.3))
            numbers.append({thing.id: thing.x for thing in found})
        before, after = numbers[12], numbers[-1]
        self.assertEqual(sorted(before), [1, 2])
        self.assertEqual(sorted(after), [1, 2])
        # Who was on the left is on the right now.
        self.assertEqual(min(before, key=before.get), max(after, key=after.get))


if __name__ == "__main__":
    unittest.main()
