#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds faces, people, or what a model was trained for, and draws a box around each. See README.md."""

import stream
from detectors import FACES, Faces, People
from objects import draw


def add_detector_options(parser, usual):
    parser.add_argument("--detector", help=f"faces, people or model, which is what --model brings; else {usual}")
    parser.add_argument("--cascade", default=FACES, help="for faces: a cascade that OpenCV can read")
    parser.add_argument("--model", help="an ONNX file: YOLOv5 to YOLOv8, or SSD")
    parser.add_argument("--labels", help="what the classes of the model are called, one a line")
    parser.add_argument("--threshold", type=stream.part, default=0.5, help="of confidence, from 0 to 1 (0.5)")


def make_detector(name, arguments):
    if name == "faces":
        return Faces(arguments.cascade)
    if name == "people":
        return People()
    # The others need no networks.
    from onnx_model import Model
    return Model(arguments.model, arguments.labels)


def choose_detector(parser, arguments, names, usual):
    """The name of the detector to begin with, and those that there are."""
    names = [*names, *(["model"] if arguments.model else [])]
    chosen = arguments.detector or ("model" if arguments.model else usual)
    if chosen not in names:
        hint = "; a model needs --model=FILE" if chosen == "model" else ""
        parser.error(f"there is no detector {chosen}; there are {', '.join(names)}{hint}")
    if arguments.labels and not arguments.model:
        parser.error("--labels are those of a --model")
    return chosen, names


def main():
    parser = stream.make_parser(__doc__)
    add_detector_options(parser, "faces")
    parser.add_argument("--every-frame", action="store_true",
                        help="the picture waits for the detector, as it does for files; else boxes may lag behind")
    arguments = stream.parse(parser)
    chosen, names = choose_detector(parser, arguments, ["faces", "people"], "faces")
    detectors = {chosen: make_detector(chosen, arguments)}

    controls = stream.Controls.new()
    controls.add_choice("detector", "Detector", chosen, names)
    controls.add_number("threshold", "Threshold", arguments.threshold, 0, 1, 0.01)
    controls.add_indicator("objects", "Found", 0)

    def find(picture):
        name = controls.get_text("detector")
        if name not in detectors:
            detectors[name] = make_detector(name, arguments)
        return detectors[name].find(picture, controls.get_number("threshold"))

    with stream.Stream(arguments, controls) as flow:
        look = flow.looker(find, arguments.every_frame)
        for picture in flow.frames():
            # A detector on a thread of its own may still look at what is drawn into here.
            objects = look(picture.copy() if flow.draws else picture)
            controls.set_number("objects", len(objects))
            if flow.draws:
                draw(picture, objects)
            flow.show(picture, objects)


if __name__ == "__main__":
    stream.run(main)
