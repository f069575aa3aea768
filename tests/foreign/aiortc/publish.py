# SPDX-License-Identifier: LGPL-2.1-or-later
"""A publisher by WHIP:  publish.py URL

Sends 640 × 360 pictures, each with its number drawn as tests/browser/support/coded_camera.js does
it, all in one colour; and a tone.
"""
import asyncio
import math
import struct
import sys

from aiortc import RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame
from session import run_session

WIDTH, HEIGHT = 640, 360
CODES = 32
BITS = 8
WHITE, BLACK = 235, 16
BLUE, RED = 90, 160  # Cb and Cr
TONE = 500  # Hz


def row_of(code, lower):
    row = bytearray()
    for bit in range(BITS):
        one = (code >> (BITS - 1 - bit)) & 1
        row += bytes([BLACK if one == lower else WHITE]) * (WIDTH // BITS)
    return bytes(row)


def fill(plane, rows):
    padding = bytes(plane.line_size - plane.width)
    plane.update(b"".join(row + padding for row in rows))


class Film(VideoStreamTrack):
    count = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        code = self.count % CODES
        self.count += 1
        fill(frame.planes[0], [row_of(code, y >= HEIGHT // 2) for y in range(HEIGHT)])
        for plane, value in ((frame.planes[1], BLUE), (frame.planes[2], RED)):
            fill(plane, [bytes([value]) * plane.width] * plane.height)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    phase = 0

    async def recv(self):
        silence = await super().recv()  # at its pace
        rate, samples = silence.sample_rate, silence.samples
        values = [
            int(16000 * math.sin(2 * math.pi * TONE * (self.phase + i) / rate))
            for i in range(samples)
        ]
        self.phase += samples
        frame = AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(struct.pack(f"<{samples}h", *values))
        frame.pts, frame.sample_rate, frame.time_base = silence.pts, rate, silence.time_base
        return frame


async def main(url):
    connection = RTCPeerConnection()
    for track in (Film(), Tone()):
        connection.addTransceiver(track, direction="sendonly")
    await run_session(connection, url)


asyncio.run(main(*sys.argv[1:]))
