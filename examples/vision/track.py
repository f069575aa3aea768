#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Numbers what it finds, and each keeps its number for as long as it is there. See README.md."""

import collections

import cv2
import stream
from detect import add_detector_options, choose_detector, make_detector
from detectors import Motion
from objects import colour_of, draw
from tracker import Tracker

TRAIL = 60  # frames


def draw_trails(picture, trails):
    for number, places in trails.items():
        for one, other in zip(places, list(places)[1:]):
            cv2.line(picture, one, other, colour_of(number), 2, cv2.LINE_AA)


def main():
    parser = stream.make_parser(__doc__)
    add_detector_options(parser, "motion, which is what moves before a camera that does not")
    parser.add_argument("--every", type=int, default=1, metavar="N",
                        help="the detector looks at every Nth frame, and tracks are foreseen in between (1)")
    parser.add_argument("--patience", type=int, default=20, metavar="N",
                        help="frames that an object may be out of sight and keep its number (20)")
    arguments = stream.parse(parser)
    if arguments.every < 1 or arguments.patience < 0:
        parser.error("--every counts from 1, and --patience from 0")
    chosen, _names = choose_detector(parser, arguments, ["motion", "faces", "people"], "motion")
    detector = Motion() if chosen == "motion" else make_detector(chosen, arguments)
    tracker = Tracker(patience=arguments.patience)
    trails = collections.defaultdict(lambda: collections.deque(maxlen=TRAIL))

    controls = stream.Controls.new()
    controls.add_number("threshold", "Threshold", arguments.threshold, 0, 1, 0.01)
    controls.add_toggle("trails", "Trails", True)
    controls.add_indicator("objects", "Objects", 0)

    with stream.Stream(arguments, controls) as flow:
        for count, picture in enumerate(flow.frames()):
            if count % arguments.every == 0:
                objects = tracker.see(detector.find(picture, controls.get_number("threshold")))
            else:
                objects = tracker.foresee(picture.shape)
            controls.set_number("objects", len(objects))
            for thing in objects:
                trails[thing.id].append((thing.x + thing.width // 2, thing.y + thing.height // 2))
            for number in trails.keys() - tracker.numbers():
                del trails[number]
            if flow.draws:
                if controls.get_value("trails")[1]:
                    draw_trails(picture, trails)
                draw(picture, objects)
            flow.show(picture, objects)


if __name__ == "__main__":
    stream.run(main)
