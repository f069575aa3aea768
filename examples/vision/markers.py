# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where ArUco markers are, seen from the camera."""

import math
import typing

import cv2
import numpy

from objects import Object, VisionError, within

DICTIONARIES = {name[5:].lower(): getattr(cv2.aruco, name) for name in dir(cv2.aruco) if name.startswith("DICT_")}


def dictionary(name):
    key = name.lower()
    if key.startswith("dict_"):
        key = key[5:]
    if key not in DICTIONARIES:
        raise VisionError(f"there is no dictionary {name}; there are {', '.join(sorted(DICTIONARIES))}")
    # getPredefinedDictionary is there in all of OpenCV 4.
    return cv2.aruco.getPredefinedDictionary(DICTIONARIES[key])


class Camera(typing.NamedTuple):
    """A pinhole and its lens."""

    matrix: numpy.ndarray  # 3×3: focal lengths and middle, in pixels of a picture of `size`
    distortion: numpy.ndarray
    size: tuple  # width and height

    @classmethod
    def guess(cls, size, angle):
        """Without calibration: a lens without faults, which sees so many degrees from left to right."""
        focal = size[0] / 2 / math.tan(math.radians(angle) / 2)
        matrix = numpy.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
        return cls(matrix, numpy.zeros(5), tuple(size))

    @classmethod
    def read(cls, path):
        """A file of OpenCV's calibration program, in YAML, XML or JSON."""
        try:
            file = cv2.FileStorage(path, cv2.FILE_STORAGE_READ)
            matrix = file.getNode("camera_matrix").mat()
            distortion = file.getNode("distortion_coefficients").mat()
            size = int(file.getNode("image_width").real()), int(file.getNode("image_height").real())
        except (cv2.error, SystemError):
            matrix = None
        if matrix is None or matrix.shape != (3, 3) or not numpy.isfinite(matrix).all() or matrix[0, 0] <= 0:
            raise VisionError(f"{path} is no calibration with a camera_matrix that OpenCV can read")
        if min(size) <= 0:
            raise VisionError(f"{path} does not say image_width and image_height, the size that it is for")
        return cls(matrix, numpy.zeros(5) if distortion is None else distortion, size)

    def scaled(self, size):
        """The same camera, whose picture has been scaled."""
        if tuple(size) == tuple(self.size):
            return self
        scale = numpy.diag([size[0] / self.size[0], size[1] / self.size[1], 1])
        return self._replace(matrix=scale @ self.matrix, size=tuple(size))


class Marker(typing.NamedTuple):
    number: int
    corners: numpy.ndarray  # 4×2 pixels, clockwise from the marker's upper left
    rotation: numpy.ndarray  # axis times angle, from the marker's axes (right, up, out of it) to the camera's
    position: numpy.ndarray  # of the middle: to the right of the camera, below it, in front of it; in metres

    def as_object(self, shape):
        place = within(*self.corners.min(axis=0), *self.corners.max(axis=0), shape)
        pose = dict(zip(("x", "y", "z", "rx", "ry", "rz"), map(float, [*self.position, *self.rotation])))
        pose = {name: round(value, 4) for name, value in pose.items()}
        return Object(f"marker {self.number}", 1.0, *place, params={"pose": {"marker": self.number, **pose}})


def _detect(grey, words):
    # OpenCV 4.7 has made a class of what was a function.
    if hasattr(cv2.aruco, "ArucoDetector"):
        return cv2.aruco.ArucoDetector(words, cv2.aruco.DetectorParameters()).detectMarkers(grey)
    parameters = cv2.aruco.DetectorParameters_create()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return cv2.aruco.detectMarkers(grey, words, parameters=parameters)


def _pose(corners, camera, side):
    """Rotation and position of a marker with these corners, or None."""
    half = side / 2
    square = numpy.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
    # OpenCV 4.6 writes rotations near 180 degrees wrong here, so that it is asked for none: with the axes of the
    # picture, and beginning at the corner that is at the upper left of it.
    along = corners[1] - corners[0]
    turns = round(-math.atan2(along[1], along[0]) / (math.pi / 2)) % 4
    found, rotation, position = cv2.solvePnP(
        square, numpy.roll(corners, -turns, axis=0), camera.matrix, camera.distortion, flags=cv2.SOLVEPNP_IPPE)
    # A marker that is seen from its edge may have no pose, or one behind the camera.
    if not found or not numpy.isfinite(position).all() or position[2, 0] <= 0:
        return None
    back = cv2.Rodrigues(numpy.array([0, 0, -turns * math.pi / 2]))[0]
    upright = cv2.Rodrigues(rotation)[0] @ back @ numpy.diag([1.0, -1.0, -1.0])
    return cv2.Rodrigues(upright)[0].ravel(), position.ravel()


def find(picture, words, camera, side):
    """The markers of a dictionary in a BGR picture. `side` is that of a marker's black square, in metres."""
    camera = camera.scaled(picture.shape[1::-1])
    corners, numbers, _rejected = _detect(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), words)
    found = []
    for number, four in zip([] if numbers is None else numbers.ravel().tolist(), corners):
        pose = _pose(four.reshape(4, 2).astype(float), camera, side)
        if pose:
            found.append(Marker(number, four.reshape(4, 2), *pose))
    return found


def draw(picture, markers, camera, side):
    """The outline of each marker, and its axes: x red, y green, z blue."""
    camera = camera.scaled(picture.shape[1::-1])
    if markers:
        cv2.aruco.drawDetectedMarkers(
            picture, [marker.corners.reshape(1, 4, 2) for marker in markers],
            numpy.array([[marker.number] for marker in markers]))
    for marker in markers:
        cv2.drawFrameAxes(picture, camera.matrix, camera.distortion, marker.rotation, marker.position, side / 2, 2)


def render(number, words, pixels):
    """A marker to be printed: black on white, with the white border that it needs."""
    most = words.bytesList.shape[0]
    if not 0 <= number < most:
        raise VisionError(f"the dictionary has the markers 0 to {most - 1}, and no {number}")
    draws = getattr(cv2.aruco, "generateImageMarker", None) or cv2.aruco.drawMarker
    return cv2.copyMakeBorder(draws(words, number, pixels), *(pixels // 6,) * 4, cv2.BORDER_CONSTANT, value=255)
