# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is compared of two pictures: a vector of numbers for each."""

import os
import threading

import cv2
import numpy

SIDE = 64  # pixels of the square that shapes are looked for in
COLOUR_BINS = (8, 4, 4)  # of hue, saturation and brightness
PLACES = 4  # rows and columns that the picture's colours are told apart in

# ImageNet's, which networks for pictures are usually trained with.
NETWORK_SIDE = 224
NETWORK_MEAN = (0.485, 0.456, 0.406)
NETWORK_DEVIATION = (0.229, 0.224, 0.225)


def _unit(values):
    """Of length one, so that no part outweighs another by its unit."""
    values = values.astype(numpy.float32).ravel()
    length = numpy.linalg.norm(values)
    return values / length if length > 0 else values


class Histograms:
    """Shapes (HOG), which colours there are, and where. Needs no download, and a millisecond."""

    name = "histograms"

    def __init__(self):
        self._shapes = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (16, 16), (8, 8), 9)

    def __call__(self, picture):
        """The vector of a picture, which is height × width × (blue, green, red)."""
        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        shapes = self._shapes.compute(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        hues = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
        colours = cv2.calcHist([hues], [0, 1, 2], None, COLOUR_BINS, [0, 180, 0, 256, 0, 256])
        places = cv2.resize(cv2.cvtColor(small, cv2.COLOR_BGR2LAB), (PLACES, PLACES), interpolation=cv2.INTER_AREA)
        # The root tames the bins that hold nearly all pixels.
        return numpy.concatenate([_unit(shapes), _unit(numpy.sqrt(colours)), _unit(places)])


class Network:
    """What a network of the user's makes of a picture: its last layer, whatever it is."""

    def __init__(self, path):
        # One picture at a time: what recognizes and what trains ask on threads of their own.
        self._lock = threading.Lock()
        if not os.path.isfile(path):
            raise ValueError(f"there is no network at {path}")
        try:
            self._network = cv2.dnn.readNetFromONNX(path)
            self.name = os.path.basename(path)
            self(numpy.zeros((NETWORK_SIDE, NETWORK_SIDE, 3), numpy.uint8))
        except cv2.error as error:
            raise ValueError(f"{path} is no network for pictures that OpenCV can run: {error.err}") from None

    def __call__(self, picture):
        square = cv2.resize(picture, (NETWORK_SIDE, NETWORK_SIDE), interpolation=cv2.INTER_AREA)
        colours = cv2.cvtColor(square, cv2.COLOR_BGR2RGB).astype(numpy.float32) / 255
        colours = (colours - numpy.float32(NETWORK_MEAN)) / numpy.float32(NETWORK_DEVIATION)
        with self._lock:
            self._network.setInput(cv2.dnn.blobFromImage(colours))
            # A copy: the next picture is written where this one's numbers are.
            return _unit(self._network.forward())
