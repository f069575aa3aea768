# SPDX-License-Identifier: LGPL-2.1-or-later
"""A viewer by WHEP:  watch.py URL KIND …  with the kinds video and audio.

Says what it decodes: {"event":"video","frames","width","height","bars"}, the bars as seven colours,
and {"event":"audio","frames","rate","peak"}.
"""
import asyncio
import struct
import sys

from aiortc import RTCPeerConnection
from session import run_session, say

PATCH = 8  # pixels square that are averaged
BARS = 7


def colour(picture, x, y):
    """Mean of red, green and blue round a point."""
    plane = picture.planes[0]
    data = bytes(plane)
    sums = [0, 0, 0]
    for row in range(y - PATCH // 2, y + PATCH // 2):
        for column in range(x - PATCH // 2, x + PATCH // 2):
            at = row * plane.line_size + 3 * column
            for channel in range(3):
                sums[channel] += data[at + channel]
    return [total // PATCH**2 for total in sums]


def describe_video(frame):
    picture = frame.reformat(format="rgb24")
    points = [(frame.width * (2 * i + 1) // (2 * BARS), frame.height * 3 // 10) for i in range(BARS)]
    return {
        "width": frame.width,
        "height": frame.height,
        "bars": [colour(picture, x, y) for x, y in points],
    }


def describe_audio(frame):
    samples = struct.unpack(f"<{frame.samples * 2}h", bytes(frame.planes[0])[: frame.samples * 4])
    return {"rate": frame.sample_rate, "peak": max(map(abs, samples)) / 32768}


async def watch(track):
    describe = describe_video if track.kind == "video" else describe_audio
    frames = 0
    while True:
        frame = await track.recv()
        frames += 1
        if frames % 10 == 0:
            say(track.kind, frames=frames, **describe(frame))


async def main(url, *kinds):
    connection = RTCPeerConnection()
    for kind in kinds:
        connection.addTransceiver(kind, direction="recvonly")
    tasks = []

    @connection.on("track")
    def on_track(track):
        tasks.append(asyncio.ensure_future(watch(track)))

    await run_session(connection, url)
    for task in tasks:
        task.cancel()


asyncio.run(main(*sys.argv[1:]))
