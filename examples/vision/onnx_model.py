# SPDX-License-Identifier: LGPL-2.1-or-later
"""A detector from an ONNX file: YOLO's and SSD's ways of saying where things are."""

import typing

import cv2
import numpy

from network import Network
from objects import Object, VisionError, within

MOST = 300  # objects of a picture
SAME = 0.45  # overlap from which two boxes of a class are one object


class Boxes(typing.NamedTuple):
    """What a network said, one row for each box."""

    corners: numpy.ndarray  # left, top, right, bottom, in pixels of the network's picture
    scores: numpy.ndarray
    classes: numpy.ndarray


def _best(corners, scores):
    classes = scores.argmax(axis=1)
    return Boxes(corners, scores[numpy.arange(len(scores)), classes], classes)


def _from_middle(rows):
    half = rows[:, 2:4] / 2
    return numpy.hstack([rows[:, :2] - half, rows[:, :2] + half])


def decode_yolov5(outputs, _size):
    """Each row: the middle, width, height, whether there is something, and a score for each class."""
    rows = outputs[0][0]
    return _best(_from_middle(rows), rows[:, 4:5] * rows[:, 5:])


def decode_yolov8(outputs, _size):
    """Each column: the middle, width, height, and a score for each class."""
    rows = outputs[0][0].T
    return _best(_from_middle(rows), rows[:, 4:])


def decode_detections(outputs, size):
    """Each row: picture, class, score, and corners as parts of the picture."""
    rows = outputs[0].reshape(-1, 7)
    return Boxes(rows[:, 3:7] * numpy.tile(size, 2), rows[:, 2], rows[:, 1].clip(0).astype(int))


def decode_ssd(outputs, size):
    """A score for each class, the first of which is the background, and corners as parts of the picture."""
    scores, corners = outputs
    found = _best(corners[0] * numpy.tile(size, 2), scores[0][:, 1:])
    return found._replace(classes=found.classes + 1)


class Layout(typing.NamedTuple):
    decode: typing.Callable
    mean: float
    scale: float
    keeps_shape: bool  # of the picture, which gets borders


LAYOUTS = {
    "yolov5": Layout(decode_yolov5, 0, 1 / 255, True),
    "yolov8": Layout(decode_yolov8, 0, 1 / 255, True),
    "detections": Layout(decode_detections, 127.5, 1 / 127.5, False),
    # As trained by jetson-inference's train_ssd.py.
    "ssd": Layout(decode_ssd, 127, 1 / 128, False),
}


def layout_of(shapes):
    """The name of the layout that outputs of these shapes have, and how many classes; None where it does not say."""
    if len(shapes) == 1 and len(shapes[0]) == 4 and shapes[0][3] == 7:
        return "detections", None
    if len(shapes) == 1 and len(shapes[0]) == 3:
        _one, rows, columns = shapes[0]
        # There are more boxes than things to say about each.
        if rows > columns >= 6:
            return "yolov5", columns - 5
        if columns > rows >= 5:
            return "yolov8", rows - 4
    if len(shapes) == 2 and all(len(shape) == 3 for shape in shapes) and shapes[0][1] == shapes[1][1]:
        if shapes[1][2] == 4 and shapes[0][2] >= 2:
            return "ssd", shapes[0][2]
    said = " and ".join("×".join(map(str, shape)) for shape in shapes)
    raise VisionError(f"the outputs of the model, {said}, are neither YOLO's nor SSD's")


def read_labels(path):
    try:
        with open(path, encoding="utf-8") as file:
            labels = [line.strip() for line in file if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise VisionError(f"the labels {path} cannot be read: {error}") from None
    if not labels:
        raise VisionError(f"there are no labels in {path}; one a line is expected")
    return labels


def fit(picture, size):
    """The picture in another size, with grey borders, and what its pixels were multiplied with."""
    scale = min(size[0] / picture.shape[1], size[1] / picture.shape[0])
    width, height = (max(round(side * scale), 1) for side in picture.shape[1::-1])
    fitted = numpy.full((size[1], size[0], 3), 114, numpy.uint8)
    fitted[:height, :width] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return fitted, (scale, scale)


class Model:
    """Finds what the network was trained for."""

    def __init__(self, path, labels=None):
        self.name = "model"
        self._network = Network(path)
        self._size = self._network.size
        outputs = self._run(numpy.zeros((1, 3, self._size[1], self._size[0]), numpy.float32))
        name, count = layout_of([output.shape for output in outputs])
        self._layout = LAYOUTS[name]
        self._labels = read_labels(labels) if labels else []
        # With and without the background in the list: both are in use.
        if name == "ssd" and len(self._labels) == count - 1:
            self._labels.insert(0, "background")
        if self._labels and count is not None and len(self._labels) != count:
            raise VisionError(f"{path} knows {count} classes, and {labels} names {len(self._labels)}")

    def _run(self, blob):
        # Of several outputs, the one with the corners comes last, in whichever order the file has them.
        return sorted(self._network.run(blob), key=lambda output: output.shape[-1] == 4)

    def _label(self, number):
        return self._labels[number] if number < len(self._labels) else f"class {number}"

    def find(self, picture, threshold):
        if self._layout.keeps_shape:
            fitted, scale = fit(picture, self._size)
        else:
            fitted = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA)
            scale = (self._size[0] / picture.shape[1], self._size[1] / picture.shape[0])
        blob = cv2.dnn.blobFromImage(fitted, self._layout.scale, mean=(self._layout.mean,) * 3, swapRB=True)
        boxes = self._layout.decode(self._run(blob), self._size)
        return self._objects(boxes, scale, threshold, picture.shape)

    def _objects(self, boxes, scale, threshold, shape):
        # A network may say anything, infinity included.
        good = numpy.isfinite(boxes.corners).all(axis=1) & numpy.isfinite(boxes.scores)
        good &= boxes.scores >= max(threshold, 0.001)
        corners, scores, classes = (part[good] for part in boxes)
        corners = numpy.clip(corners, -1e5, 1e5)
        # Boxes of different classes lie apart, so that they do not suppress each other.
        apart = corners + classes[:, None] * 1e6
        kept = cv2.dnn.NMSBoxes(
            numpy.hstack([apart[:, :2], apart[:, 2:] - apart[:, :2]]).tolist(), scores.tolist(), 0.0, SAME, top_k=MOST)
        found = []
        for index in numpy.array(kept, int).ravel():
            place = within(*(corners[index] / numpy.tile(scale, 2)), shape)
            if place[2] and place[3]:
                found.append(Object(self._label(classes[index]), min(float(scores[index]), 1.0), *place))
        return found
