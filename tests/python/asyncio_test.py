#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""VideoSource and VideoOutput with asyncio: nothing is lost, nothing blocks, everything ends."""

import asyncio
import pathlib
import tempfile
import unittest

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 60  # seconds
FRAMES = 30


class Iteration(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.images = pathlib.Path(folder.name, "picture_%03d.png")
        async with GstWebRTCServer.VideoOutput(self.images, wait=True) as output:
            for number in range(FRAMES):
                frame = numpy.full((16, 16), number, numpy.uint8)
                await asyncio.to_thread(output.render, frame, pts=number * Gst.SECOND // 25)

    async def test_gives_every_frame(self):
        async with GstWebRTCServer.VideoSource(self.images, format="GRAY8") as source:
            self.assertEqual([int(frame[0, 0]) async for frame in source], list(range(FRAMES)))
            self.assertIsNone(await source.capture_async())

    async def test_that_is_cancelled_and_taken_up_again_gives_every_frame(self):
        source = GstWebRTCServer.VideoSource(self.images, format="GRAY8")
        seen = []
        while True:
            task = asyncio.ensure_future(source.capture_async())
            await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            frame = await asyncio.wait_for(source.capture_async(), PATIENCE)
            if frame is None:
                break
            seen.append(int(frame[0, 0]))
        self.assertEqual(seen, list(range(FRAMES)))

    async def test_leaves_the_event_loop_to_others(self):
        async with GstWebRTCServer.VideoSource("webrtc://127.0.0.1:0/input") as source:  # to which nobody sends
            task = asyncio.ensure_future(source.capture_async())
            for _ in range(10_000):
                await asyncio.sleep(0)
            self.assertFalse(task.done())
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

    async def test_ends_when_the_source_is_closed(self):
        source = GstWebRTCServer.VideoSource("webrtc://127.0.0.1:0/input")
        await asyncio.to_thread(source.open)
        task = asyncio.ensure_future(source.capture_async())
        await asyncio.sleep(0)
        source.close()
        self.assertIsNone(await asyncio.wait_for(task, PATIENCE))

    async def test_raises_what_goes_wrong(self):
        broken = self.images.parent / "broken.mkv"
        broken.write_bytes(bytes(1000))
        with self.assertRaises(GLib.Error):
            async with GstWebRTCServer.VideoSource(broken) as source:
                await asyncio.wait_for(source.capture_async(), PATIENCE)


if __name__ == "__main__":
    Gst.init(None)
    unittest.main(verbosity=2)
