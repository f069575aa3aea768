# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which pixels of a picture are not background, and other backgrounds for those."""

import cv2
import numpy

from network import Network
from objects import VisionError

SUBTRACTORS = {"mog2": cv2.createBackgroundSubtractorMOG2, "knn": cv2.createBackgroundSubtractorKNN}
RATE = 0.001  # at 30 frames a second, somebody who stands still is background after four seconds
AT_ONCE = 10  # frames
SHADOW = 127  # the subtractors' value for pixels that only became darker
# What networks for pictures of three colours are trained with: ImageNet's, of 0 to 255, red first.
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def _odd(value):
    return max(round(value), 1) | 1


class Learned:
    """The background is what stays as it is before a camera that does not move; MOG2 or KNN learn it."""

    def __init__(self, method="mog2"):
        self._method = method
        self.learn_again()

    def learn_again(self):
        self._seen = 0
        self._subtractor = SUBTRACTORS[self._method](history=300, detectShadows=True)

    def mask(self, picture, rate=RATE):
        """255 where the picture is not background, else 0. The rate is how much of it the background learns: 0 to 1."""
        # A background that nobody knows yet is learnt from the first few.
        self._seen += 1
        mask = self._subtractor.apply(picture, learningRate=max(rate, 1 / self._seen if self._seen <= AT_ONCE else 0))
        _value, mask = cv2.threshold(mask, SHADOW, 255, cv2.THRESH_BINARY)
        size = _odd(max(picture.shape[:2]) / 160)
        specks = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        holes = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3 * size, 3 * size))
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, specks)
        return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, holes)


class Segmented:
    """The background is what an ONNX network such as U²-Net takes for it; the camera may move."""

    def __init__(self, path):
        self._network = Network(path)
        self.mask(numpy.zeros((*self._network.size[::-1], 3), numpy.uint8))

    def learn_again(self):
        pass  # It does not learn.

    def mask(self, picture, _rate=RATE):
        blob = cv2.dnn.blobFromImage(picture, 1.0, self._network.size, MEAN, swapRB=True)
        blob /= numpy.float32(DEVIATION).reshape(1, 3, 1, 1)
        # Of several, the first is the final one; the others are those of coarser layers.
        said = self._network.run(blob)[0]
        if said.ndim != 4 or said.shape[:2] != (1, 1):
            raise VisionError(
                f"the output of {self._network.path}, {said.shape}, is no mask of the shape 1×1×height×width")
        mask = (numpy.nan_to_num(said[0, 0]).clip(0, 1) * 255).astype(numpy.uint8)
        return cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def read_image(path):
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise VisionError(f"the background {path} cannot be read, or is no picture")
    return image


def cover(image, shape):
    """The middle of the image, as large as a picture of this shape."""
    height, width = shape[:2]
    scale = max(width / image.shape[1], height / image.shape[0])
    size = max(round(image.shape[1] * scale), width), max(round(image.shape[0] * scale), height)
    large = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return numpy.ascontiguousarray(large[top:top + height, left:left + width])


def blurred(picture, part=0.04):
    """The picture out of focus, by a part of its longer side. A smaller one costs less to blur, and looks the same."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    width = _odd(max(small.shape[:2]) * part)
    return cv2.resize(cv2.GaussianBlur(small, (width, width), 0), picture.shape[1::-1])


def grey(mask):
    """The mask as a picture."""
    return cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR)


def plain(shape, argb):
    """A picture of one colour, given as 0xAARRGGBB."""
    return numpy.full((*shape[:2], 3), (argb & 0xFF, argb >> 8 & 0xFF, argb >> 16 & 0xFF), numpy.uint8)


def compose(picture, mask, background, softness=5):
    """The picture where the mask is, the background elsewhere, and both along an edge of so many pixels."""
    share = cv2.GaussianBlur(mask, (_odd(softness),) * 2, 0).astype(numpy.float32) / 255
    return cv2.blendLinear(picture, background, share, 1 - share)
