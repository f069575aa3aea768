#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A camera, through OpenCV, in browsers; the page says what OpenCV does.

    opencv_to_browser.py [options] <input-uri> [output-uri]

The input is /dev/video0, a file, rtsp://…, test://, webrtc://@:8554/input (a browser's camera) …; the output is
webrtc://@:8554/output unless another is named. Options are those of video-viewer, and what the page changes can be
set from the beginning: EFFECT=edges STRENGTH=5 in the environment.
"""

import os

import cv2

import command_line
from gi.repository import GstWebRTCServer

EFFECTS = ["none", "edges", "blur", "grey"]


def apply(effect, strength, picture):
    """The picture (BGR), as the effect makes it."""
    if effect == "edges":
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return cv2.Canny(grey, 200 / strength, 600 / strength)
    if effect == "blur":
        size = 2 * int(strength) + 1
        return cv2.GaussianBlur(picture, (size, size), 0)
    if effect == "grey":
        return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return picture


def main():
    options, addresses = command_line.parse(__doc__, 1, 2)
    controls = GstWebRTCServer.Controls()
    controls.add_choice("effect", "Effect", os.environ.get("EFFECT", "edges"), EFFECTS)
    controls.add_number("strength", "Strength", float(os.environ.get("STRENGTH", 3)), 1, 10, 1)
    address = addresses[1] if len(addresses) > 1 else "webrtc://@:8554/output"
    # OpenCV's pictures are BGR; so are those that come and go.
    with GstWebRTCServer.VideoSource(addresses[0], options, format="BGR") as source, \
            GstWebRTCServer.VideoOutput(
                address, options, format="BGR", remote_controls=controls, wait=not source.is_live()) as output:
        print("Watch", command_line.where(output.get_element(0), address), flush=True)
        for frame in source:
            changed = apply(controls.get_text("effect"), controls.get_number("strength"), frame)
            # OpenCV makes plain arrays, which know nothing of the frame's time. Nobody writes into them any more.
            output.render(changed, pts=frame.pts, copy=False)


if __name__ == "__main__":
    command_line.run(main)
