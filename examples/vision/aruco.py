#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds ArUco markers and where each is, seen from the camera. See README.md."""

import argparse
import sys

import cv2
import markers
import stream
from objects import VisionError


def positive(value):
    number = float(value)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{value} is not above 0")
    return number


def print_marker(number, path, words):
    if not number.isdigit():
        raise VisionError(f"--print takes the number of a marker and a file: --print 7 marker.png, not {number}")
    picture = markers.render(int(number), words, 600)
    try:
        written = cv2.imwrite(path, picture)
    except cv2.error:
        written = False
    if not written:
        raise VisionError(f"{path} cannot be written; its name ends in .png or .jpg, in a folder that is there")


def main():
    parser = stream.make_parser(__doc__)
    parser.add_argument("--dictionary", default="4x4_50", help="of which the markers are (4x4_50)")
    parser.add_argument("--size", type=positive, default=0.05, metavar="METRES",
                        help="of a marker's black square (0.05)")
    parser.add_argument("--calibration", metavar="FILE",
                        help="of the camera, as OpenCV's calibration program writes it")
    parser.add_argument("--view", type=positive, default=60, metavar="DEGREES",
                        help="without a calibration: what the camera sees from left to right (60)")
    parser.add_argument("--print", nargs=2, metavar=("NUMBER", "FILE"), help="writes a marker to print, and ends")
    # It needs no input.
    if any(word.split("=")[0] == "--print" for word in sys.argv[1:]):
        arguments, _rest = parser.parse_known_args()
        print_marker(*arguments.print, markers.dictionary(arguments.dictionary))
        return
    arguments = stream.parse(parser)
    if arguments.view >= 180:
        parser.error("--view is less than 180")
    words = markers.dictionary(arguments.dictionary)
    camera = markers.Camera.read(arguments.calibration) if arguments.calibration else None

    controls = stream.Controls.new()
    controls.add_indicator("markers", "Markers", 0)
    controls.add_indicator("nearest", "Nearest, in metres", "none")

    with stream.Stream(arguments, controls) as flow:
        for picture in flow.frames():
            seen_by = camera or markers.Camera.guess(picture.shape[1::-1], arguments.view)
            found = markers.find(picture, words, seen_by, arguments.size)
            controls.set_number("markers", len(found))
            nearest = min((marker.position[2] for marker in found), default=None)
            controls.set_text("nearest", "none" if nearest is None else f"{nearest:.2f}")
            objects = [marker.as_object(picture.shape) for marker in found]
            if flow.draws:
                markers.draw(picture, found, seen_by, arguments.size)
            flow.show(picture, objects)


if __name__ == "__main__":
    stream.run(main)
