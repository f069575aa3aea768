#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two cameras side by side, with asyncio: one task for each, one that gives out what is newest of both.

    asyncio_two_cameras.py [options] <input-uri> <input-uri> [output-uri]

The output is webrtc://@:8554/output unless another is named. Options are those of video-viewer; --input-rate is how
often a picture is given out too (25 times a second).
"""

import asyncio

import numpy

import command_line
from gi.repository import GstWebRTCServer

HEIGHT, WIDTH = 240, 320  # of each half


def fit(frame):
    """The frame at the size of a half: every so many-th pixel."""
    rows = numpy.arange(HEIGHT) * frame.shape[0] // HEIGHT
    columns = numpy.arange(WIDTH) * frame.shape[1] // WIDTH
    return frame[rows[:, None], columns]


async def watch(address, options, half):
    """Puts each frame into a half of the picture, until the source ends."""
    async with GstWebRTCServer.VideoSource(address, options) as source:
        async for frame in source:
            half[:] = fit(frame)


async def show(address, options, picture):
    """Gives out the picture, as it is then, until it is cancelled."""
    async with GstWebRTCServer.VideoOutput(address, options) as output:
        print("Watch", command_line.where(output.get_element(0), address), flush=True)
        while True:
            output.render(picture)
            await asyncio.sleep(1 / (options.props.input_rate or 25))


async def mix(options, first, second, output):
    picture = numpy.zeros((HEIGHT, 2 * WIDTH, 3), numpy.uint8)
    shown = asyncio.ensure_future(show(output, options, picture))
    watched = asyncio.gather(watch(first, options, picture[:, :WIDTH]), watch(second, options, picture[:, WIDTH:]))
    try:
        # Whatever ends first, by itself or by an error, ends all.
        done, _pending = await asyncio.wait({shown, watched}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (shown, watched):
            task.cancel()
        await asyncio.gather(shown, watched, return_exceptions=True)


def main():
    options, addresses = command_line.parse(__doc__, 2, 3)
    first, second = addresses[:2]
    asyncio.run(mix(options, first, second, addresses[2] if len(addresses) > 2 else "webrtc://@:8554/output"))


if __name__ == "__main__":
    command_line.run(main)
