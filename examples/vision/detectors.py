# SPDX-License-Identifier: LGPL-2.1-or-later
"""Detectors that need no model from elsewhere: faces, people, and what moves.

Each has a name and find(picture, threshold), which gives the objects of a BGR picture whose confidence is at least the
threshold. What a classifier calls its score has no bounds; a logistic curve makes of it a confidence from 0 to 1,
where 0.5 is the classifier's own boundary.
"""

import math
import os

import cv2

from objects import Object, VisionError, within

FACES = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
LONGEST_SIDE = 640  # pixels of the picture that is searched: larger ones only take longer


def _confidence(score):
    return 1 / (1 + math.exp(-min(max(float(score), -50), 50)))


def smaller(picture):
    """The picture, grey and no larger than is worth searching, and what its pixels are to be multiplied with."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    scale = max(*picture.shape[:2], LONGEST_SIDE) / LONGEST_SIDE
    if scale == 1:
        return grey, 1
    return cv2.resize(grey, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA), scale


def _objects(kind, boxes, scores, scale, threshold, shape):
    found = []
    for (x, y, width, height), score in zip(boxes, scores):
        confidence = _confidence(score)
        if confidence >= threshold:
            found.append(Object(kind, confidence, *within(
                x * scale, y * scale, (x + width) * scale, (y + height) * scale, shape)))
    return found


class Faces:
    """A cascade of Haar features: faces from the front, or what the given cascade was trained for."""

    def __init__(self, cascade=FACES):
        self.name = "faces"
        if not os.path.isfile(cascade):
            raise VisionError(f"there is no cascade at {cascade}; install opencv-data or name one with --cascade")
        # OpenCV throws what is no XML, and takes XML that is no cascade for an empty one.
        try:
            self._classifier = cv2.CascadeClassifier(cascade)
        except (cv2.error, SystemError):
            self._classifier = None
        if self._classifier is None or self._classifier.empty():
            raise VisionError(f"{cascade} is no cascade that OpenCV can read")
        self._kind = "face" if cascade == FACES else os.path.splitext(os.path.basename(cascade))[0]

    def find(self, picture, threshold):
        grey, scale = smaller(picture)
        boxes, _levels, scores = self._classifier.detectMultiScale3(
            cv2.equalizeHist(grey), 1.1, 5, minSize=(24, 24), outputRejectLevels=True)
        return _objects(self._kind, boxes, scores, scale, threshold, picture.shape)


class People:
    """Histograms of oriented gradients: people who stand or walk, from head to foot, at least 128 pixels high."""

    def __init__(self):
        self.name = "people"
        self._classifier = cv2.HOGDescriptor()
        self._classifier.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())

    def find(self, picture, threshold):
        grey, scale = smaller(picture)
        # The window that is moved over the picture; a smaller picture is an error of OpenCV's.
        if grey.shape[0] < 128 or grey.shape[1] < 64:
            return []
        boxes, scores = self._classifier.detectMultiScale(grey, 0, (8, 8), (16, 16), 1.05, 2)
        return _objects("person", boxes, scores, scale, threshold, picture.shape)


class Motion:
    """What moves before a camera that does not. The confidence is how much of its box moves."""

    # Of each frame into the background. OpenCV's own begins so high that it learns what moves slowly, too; this takes
    # what stands still for two seconds.
    RATE = 0.002

    def __init__(self, smallest=0.0005):
        self.name = "motion"
        self._smallest = smallest  # part of the picture
        self._background = cv2.createBackgroundSubtractorMOG2(history=200, varThreshold=25, detectShadows=False)

    def find(self, picture, threshold):
        moving = self._background.apply(picture, learningRate=self.RATE)
        moving = cv2.morphologyEx(moving, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
        moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
        area = picture.shape[0] * picture.shape[1]
        _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(moving)
        found = []
        # The first component is all that does not move.
        for x, y, width, height, pixels in stats[1:].tolist():
            confidence = pixels / (width * height)
            # A whole picture that moves is a camera that moves, or the first frame.
            if self._smallest * area <= pixels < 0.9 * area and confidence >= threshold:
                found.append(Object("moving", confidence, x, y, width, height))
        return found
