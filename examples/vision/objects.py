# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was found in a picture, how it is drawn into it, and how it is said to browsers."""

import colorsys
import typing

import cv2


class VisionError(Exception):
    """What cannot be done as it was asked for, in words for the user."""


class Object(typing.NamedTuple):
    """A box in pixels of the picture, from its upper left corner."""

    type: str
    confidence: float
    x: int
    y: int
    width: int
    height: int
    id: int = 0  # the same from frame to frame where objects are tracked; 0: not tracked
    params: dict = {}  # name → dict of numbers: what else is known

    def as_json(self):
        said = {"type": self.type, "x": self.x, "y": self.y, "width": self.width, "height": self.height,
                "confidence": round(self.confidence, 3)}
        if self.id:
            said["id"] = self.id
        return {**said, **self.params}


def within(left, top, right, bottom, shape):
    """The part of a box that lies in a picture of this shape, as x, y, width, height."""
    height, width = shape[:2]
    left, right = (min(max(round(float(side)), 0), width) for side in (left, right))
    top, bottom = (min(max(round(float(side)), 0), height) for side in (top, bottom))
    return left, top, max(right - left, 0), max(bottom - top, 0)


def overlap(one, other):
    """The area that two (x, y, width, height) share, as a part of what they cover together: 0 to 1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    together = one[2] * one[3] + other[2] * other[3] - shared
    return shared / together if together > 0 else 0.0


def colour_of(number):
    """A colour, in BGR, for each number: neighbours are far from each other."""
    red, green, blue = colorsys.hsv_to_rgb(number * 0.381966 % 1, 0.85, 0.95)
    return round(blue * 255), round(green * 255), round(red * 255)


def draw(picture, objects):
    """A box around each object, with its name above it, or below where there is no room above."""
    for thing in objects:
        colour = colour_of(thing.id or sum(thing.type.encode()))
        corner = thing.x + thing.width, thing.y + thing.height
        cv2.rectangle(picture, (thing.x, thing.y), corner, colour, 2)
        text = f"{thing.type} {thing.id}" if thing.id else f"{thing.type} {thing.confidence:.0%}"
        baseline = thing.y - 6 if thing.y >= 20 else corner[1] + 16
        for ink, thickness in (((0, 0, 0), 3), (colour, 1)):
            cv2.putText(picture, text, (thing.x, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, thickness, cv2.LINE_AA)
