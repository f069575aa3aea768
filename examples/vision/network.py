# SPDX-License-Identifier: LGPL-2.1-or-later
"""An ONNX file that takes a picture, run by cv2.dnn."""

import cv2

from objects import VisionError
from onnx_shape import describe

ANY_SIZE = 640  # where the file leaves the size of the picture open


class Network:
    """Its `size` is the width and height of the picture that it wants."""

    def __init__(self, path):
        self.path = path
        try:
            shape, outputs = describe(path)
        except OSError as error:
            raise VisionError(f"the model {path} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise VisionError(f"{path} is no ONNX model: {error}") from None
        if len(shape) != 4 or shape[1] not in (0, 3):
            raise VisionError(f"{path} does not take a picture of three colours: the shape of its input is {shape}")
        self.size = shape[3] or ANY_SIZE, shape[2] or ANY_SIZE
        try:
            self._network = cv2.dnn.readNetFromONNX(path)
        except cv2.error as error:
            raise VisionError(f"OpenCV {cv2.__version__} cannot load {path}: {error.err or error}") from None
        # OpenCV tells them in an order of its own.
        self._outputs = sorted(self._network.getUnconnectedOutLayersNames(), key=lambda name: (
            outputs.index(name) if name in outputs else len(outputs)))

    def run(self, blob):
        """The outputs, in the order that the file has them."""
        self._network.setInput(blob)
        try:
            return self._network.forward(self._outputs)
        except cv2.error as error:
            raise VisionError(f"OpenCV {cv2.__version__} cannot run {self.path}: {error.err or error}") from None
