#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Floats as networks have them, channel × height × width, in browsers; on the graphics card where there is one.

    tensor_to_browser.py [options] [output-uri]

The picture is computed by PyTorch or CuPy where either is installed and finds a card, and stays there until it has been
converted; else by numpy. The output is webrtc://@:8554/output unless another is named. Options are those of
video-viewer; --input-width, --input-height, --input-rate and --num-frames are of the pictures.
"""

import importlib
import itertools
import time

import numpy

import command_line
from gi.repository import Gst, GstWebRTCServer


def library():
    """The module that computes, and what tells it where."""
    try:
        torch = importlib.import_module("torch")
        if torch.cuda.is_available():
            return torch, {"device": "cuda"}
    except ImportError:
        pass
    try:
        cupy = importlib.import_module("cupy")
        if cupy.cuda.is_available():
            return cupy, {}
    except ImportError:
        pass
    return numpy, {}


def stream_of(module):
    """The stream that it computes on; numpy has none."""
    if module.__name__ == "torch":
        return module.cuda.current_stream()
    return module.cuda.get_current_stream() if module.__name__ == "cupy" else None


def plasma(module, where, width, height, seconds):
    """Slow waves of colour: 3 × height × width of float32, from 0 to 1."""
    x = module.linspace(0, 6, width, dtype=module.float32, **where)[None, :]
    y = module.linspace(0, 4, height, dtype=module.float32, **where)[:, None]
    waves = module.sin(x + seconds) + module.sin(y - seconds) + module.sin(x * y - 2 * seconds)
    return module.stack([0.5 + 0.5 * module.sin(waves + phase) for phase in (0, 2, 4)])


def main():
    options, addresses = command_line.parse(__doc__, 0, 1)
    width = options.props.input_width or 640
    height = options.props.input_height or 360
    rate = options.props.input_rate or 30
    numbers = range(options.props.num_frames) if options.props.num_frames else itertools.count()
    address = addresses[0] if addresses else "webrtc://@:8554/output"
    module, where = library()
    begin = time.monotonic()
    with GstWebRTCServer.VideoOutput(address, options, wait=True) as output:
        print("Watch", command_line.where(output.get_element(0), address), flush=True)
        for number in numbers:
            seconds = number / rate
            time.sleep(max(0, begin + seconds - time.monotonic()))
            output.render(plasma(module, where, width, height, seconds), pts=int(seconds * Gst.SECOND), white=1,
                          stream=stream_of(module))


if __name__ == "__main__":
    command_line.run(main)
