# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gives objects numbers that they keep from frame to frame.

Each track foresees where its object will be (a Kalman filter of constant velocity). What a detector finds is given to
the tracks at the least cost for all of them together (the Hungarian method), so that two that cross do not take each
other's number. A track that finds nothing goes on by its velocity, until it has done so for too long.
"""

import math

import cv2
import numpy

from objects import within

FARTHEST = 1.5  # sizes of the object, between where it was foreseen and where it is
NEVER = 1e6


def assign(costs):
    """The pairs (row, column) of least cost in all, each row and column in one pair at most.

    Shortest augmenting paths with potentials: the cube of the number of rows, at worst.
    """
    costs = numpy.asarray(costs, float)
    if costs.size == 0:
        return []
    if costs.shape[0] > costs.shape[1]:
        return sorted((row, column) for column, row in assign(costs.T))
    rows, columns = costs.shape
    row_potential, column_potential = numpy.zeros(rows), numpy.zeros(columns + 1)
    row_of = numpy.full(columns + 1, -1)  # The last column is where each path begins.
    for row in range(rows):
        row_of[columns] = row
        least = numpy.full(columns, math.inf)
        came_from = numpy.full(columns, columns)
        visited = numpy.zeros(columns + 1, bool)
        column = columns
        while row_of[column] != -1:
            visited[column] = True
            here = row_of[column]
            reduced = costs[here] - row_potential[here] - column_potential[:columns]
            closer = ~visited[:columns] & (reduced < least)
            least[closer] = reduced[closer]
            came_from[closer] = column
            following = int(numpy.where(visited[:columns], math.inf, least).argmin())
            step = least[following]
            row_potential[row_of[visited]] += step
            column_potential[visited] -= step
            least[~visited[:columns]] -= step
            column = following
        while column != columns:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return sorted((int(row_of[column]), column) for column in range(columns) if row_of[column] != -1)


class Track:
    """One object: its middle, its size and its velocity, in pixels and frames."""

    def __init__(self, thing):
        self.thing = thing
        self.seen = 1  # times
        self.missed = 0  # frames since it was seen last
        self.id = 0  # none until it has been seen often enough
        self._filter = cv2.KalmanFilter(6, 4)
        self._filter.transitionMatrix = numpy.eye(6, dtype=numpy.float32) + numpy.eye(6, k=4, dtype=numpy.float32)
        self._filter.measurementMatrix = numpy.eye(4, 6, dtype=numpy.float32)
        size = math.sqrt(thing.width * thing.height)
        self._filter.processNoiseCov = numpy.diag(
            numpy.float32([0.01, 0.01, 0.01, 0.01, 0.002, 0.002]) * size ** 2 / 100)
        self._filter.measurementNoiseCov = numpy.eye(4, dtype=numpy.float32) * numpy.float32(size ** 2 / 400)
        # The velocity is not known at all.
        self._filter.errorCovPost = numpy.diag(numpy.float32([0.01, 0.01, 0.01, 0.01, 1, 1]) * size ** 2)
        self._filter.statePost = numpy.float32([*self._measured(thing), 0, 0]).reshape(6, 1)

    @staticmethod
    def _measured(thing):
        return thing.x + thing.width / 2, thing.y + thing.height / 2, thing.width, thing.height

    def foresee(self):
        self.missed += 1
        self._filter.predict()
        self._filter.statePost = self._filter.statePre.copy()
        self._filter.errorCovPost = self._filter.errorCovPre.copy()

    def see(self, thing):
        self.thing = thing
        self.seen += 1
        self.missed = 0
        self._filter.correct(numpy.float32(self._measured(thing)).reshape(4, 1))

    def cost(self, thing):
        """How far it is from what was foreseen, in sizes of the object, and how much larger or smaller."""
        if thing.type != self.thing.type:
            return NEVER
        x, y, width, height = (float(value) for value in self._filter.statePost[:4, 0])
        foreseen, size = max(width, 1) * max(height, 1), thing.width * thing.height
        middle = self._measured(thing)
        distance = math.hypot(middle[0] - x, middle[1] - y) / math.sqrt(math.sqrt(foreseen * size))
        cost = distance + 0.5 * abs(math.log(size / foreseen))
        return cost if cost <= FARTHEST else NEVER

    def foreseen(self, shape):
        """The object where it should be now."""
        x, y, width, height = (float(value) for value in self._filter.statePost[:4, 0])
        place = within(x - width / 2, y - height / 2, x + width / 2, y + height / 2, shape)
        return self.thing._replace(x=place[0], y=place[1], width=place[2], height=place[3], id=self.id)


class Tracker:
    """One picture after another: see() what a detector found, foresee() where it did not look."""

    def __init__(self, confirm=3, patience=20):
        self._confirm = confirm  # times that an object is seen before it gets a number
        self._patience = patience  # frames that it may then be out of sight
        self._tracks = []
        self._last = 0

    def numbers(self):
        """Those that are still in use, also of objects that are out of sight."""
        return {track.id for track in self._tracks if track.id}

    def see(self, objects):
        """The objects that are numbered, as they were found."""
        objects = [thing for thing in objects if thing.width > 0 and thing.height > 0]
        for track in self._tracks:
            track.foresee()
        costs = [[track.cost(thing) for thing in objects] for track in self._tracks]
        fresh = dict(enumerate(objects))
        for row, column in assign(costs):
            if costs[row][column] < NEVER:
                self._tracks[row].see(fresh.pop(column))
        # Who has no number yet has no patience either: it was noise.
        self._tracks = [track for track in self._tracks if track.missed <= (self._patience if track.id else 1)]
        self._tracks += map(Track, fresh.values())
        for track in self._tracks:
            if not track.id and track.seen >= self._confirm:
                self._last += 1
                track.id = self._last
        return [track.thing._replace(id=track.id) for track in self._tracks if track.id and not track.missed]

    def foresee(self, shape):
        """The objects that are numbered and were there last, where they should be in a picture of this shape."""
        for track in self._tracks:
            track.foresee()
        found = [track.foreseen(shape) for track in self._tracks if track.id and track.missed <= self._patience]
        return [thing for thing in found if thing.width and thing.height]
