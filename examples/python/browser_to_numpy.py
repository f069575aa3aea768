#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A browser's camera as numpy arrays: how bright it is, and how much of it moves.

    browser_to_numpy.py [options] [input-uri]

Open the page (http://localhost:8554/input), send the camera, and read on. The input is webrtc://@:8554/input unless
another is named. Options are those of video-viewer: --num-frames=100 ends it by itself.
"""

import sys

import numpy

import command_line
from gi.repository import GstWebRTCServer

MOVED = 24  # of 255: more than a camera's noise


def main():
    options, addresses = command_line.parse(__doc__, 0, 1)
    address = addresses[0] if addresses else "webrtc://@:8554/input"
    before = None
    with GstWebRTCServer.VideoSource(address, options, format="GRAY8") as source:
        print("Waiting for", command_line.where(source.get_element(), address), file=sys.stderr, flush=True)
        for number, frame in enumerate(source):
            height, width = frame.shape
            # A camera that changes its size begins anew.
            moved = 0.0
            if before is not None and before.shape == frame.shape:
                moved = float(numpy.mean(numpy.abs(frame.astype(numpy.int16) - before) > MOVED))
            print(f"frame {number}: {width}×{height}, brightness {frame.mean() / 255:.0%}, moving {moved:.1%}", flush=True)
            # The array is the frame's memory, kept for as long as this name.
            before = frame


if __name__ == "__main__":
    command_line.run(main)
