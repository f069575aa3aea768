#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures that numpy computes, in browsers.

    numpy_to_browser.py [options] [output-uri]

The output is webrtc://@:8554/output unless another is named: a file, an image sequence, rtsp://@:8554/numpy …
Options are those of video-viewer; --input-width, --input-height, --input-rate and --num-frames are of the pictures.
"""

import itertools
import time

import numpy

import command_line
from gi.repository import Gst, GstWebRTCServer


def plasma(width, height, seconds):
    """Slow waves of colour: height × width × 3 of uint8."""
    x, y = numpy.meshgrid(numpy.linspace(0, 6, width), numpy.linspace(0, 4, height))
    waves = numpy.sin(x + seconds) + numpy.sin(y - seconds) + numpy.sin(numpy.hypot(x - 3, y - 2) * 3 - 2 * seconds)
    phases = numpy.array([0, 2, 4])
    return (127.5 + 127.5 * numpy.sin(waves[:, :, None] + phases)).astype(numpy.uint8)


def main():
    options, addresses = command_line.parse(__doc__, 0, 1)
    width = options.props.input_width or 640
    height = options.props.input_height or 360
    rate = options.props.input_rate or 30
    numbers = range(options.props.num_frames) if options.props.num_frames else itertools.count()
    address = addresses[0] if addresses else "webrtc://@:8554/output"
    begin = time.monotonic()
    # A file gets every picture, however slow the disk.
    with GstWebRTCServer.VideoOutput(address, options, wait=True) as output:
        print("Watch", command_line.where(output.get_element(0), address), flush=True)
        for number in numbers:
            seconds = number / rate
            time.sleep(max(0, begin + seconds - time.monotonic()))
            output.render(plasma(width, height, seconds), pts=int(seconds * Gst.SECOND), copy=False)


if __name__ == "__main__":
    command_line.run(main)
