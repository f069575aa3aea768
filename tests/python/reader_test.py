#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames for asyncio: every frame goes to one who awaits it, whoever gives up in between."""

import asyncio
import gc
import queue
import threading
import unittest
import weakref

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GstWebRTCServer  # noqa: E402, F401

from gi.overrides.GstWebRTCServer.reader import Reader  # noqa: E402

PATIENCE = 20  # seconds


class Source:
    """What the Reader needs of a VideoSource: frames that the test puts in."""

    def __init__(self):
        self.frames = queue.Queue()
        self.streaming = True
        self.reader = Reader()
        self.asked = threading.Semaphore(0)

    def capture(self, timeout_ms):
        self.asked.release()
        try:
            frame = self.frames.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return None
        if isinstance(frame, Exception):
            self.streaming = False
            raise frame
        return frame

    def is_streaming(self):
        return self.streaming

    def end(self):
        self.streaming = False

    def next(self):
        return asyncio.wait_for(self.reader.await_frame(self), PATIENCE)


class Awaiting(unittest.IsolatedAsyncioTestCase):
    async def being_asked(self, source):
        """Until the thread waits inside of capture()."""
        await asyncio.get_running_loop().run_in_executor(None, source.asked.acquire, True, PATIENCE)

    async def test_gives_frames_in_order(self):
        source = Source()
        for frame in range(50):
            source.frames.put(frame)
        self.assertEqual([await source.next() for _ in range(50)], list(range(50)))

    async def test_leaves_the_event_loop_free(self):
        source = Source()
        waiting = asyncio.ensure_future(source.next())
        await self.being_asked(source)
        # The thread is inside of capture(); the loop turns all the same.
        for _ in range(1000):
            await asyncio.sleep(0)
        self.assertFalse(waiting.done())
        source.frames.put("frame")
        self.assertEqual(await waiting, "frame")

    async def test_ends_when_the_source_does(self):
        source = Source()
        waiting = [asyncio.ensure_future(source.next()) for _ in range(3)]
        await self.being_asked(source)
        source.end()
        self.assertEqual(await asyncio.gather(*waiting), [None, None, None])

    async def test_raises_what_the_source_raises(self):
        source = Source()
        source.frames.put(OSError("the camera is gone"))
        with self.assertRaisesRegex(OSError, "the camera is gone"):
            await source.next()
        self.assertIsNone(await source.next())

    async def test_that_is_cancelled_loses_no_frame(self):
        source = Source()
        for number in range(20):
            given_up = asyncio.ensure_future(source.next())
            await self.being_asked(source)
            given_up.cancel()
            source.frames.put(number)
            with self.assertRaises(asyncio.CancelledError):
                await given_up
            self.assertEqual(await source.next(), number)

    async def test_that_is_cancelled_when_the_frame_has_come_loses_none(self):
        source = Source()
        source.frames.put("frame")
        reader = source.reader
        future = asyncio.get_running_loop().create_future()
        waiter = (asyncio.get_running_loop(), future, source)
        future.set_result("frame")
        reader._give_up(waiter)
        self.assertEqual(reader.take(), "frame")
        self.assertIsNone(reader.take())

    async def test_by_several_gives_each_frame_once(self):
        source = Source()
        seen = []

        async def consume():
            while (frame := await source.next()) is not None:
                seen.append(frame)

        consumers = [asyncio.ensure_future(consume()) for _ in range(4)]
        for frame in range(200):
            source.frames.put(frame)
        while len(seen) < 200:
            await asyncio.sleep(0)
        source.end()
        await asyncio.gather(*consumers)
        self.assertEqual(sorted(seen), list(range(200)))

    async def test_keeps_no_source_alive(self):
        source = Source()
        source.frames.put("frame")
        self.assertEqual(await source.next(), "frame")
        gone = asyncio.Event()
        loop = asyncio.get_running_loop()
        _reference = weakref.ref(source, lambda _: loop.call_soon_threadsafe(gone.set))
        del source
        gc.collect()
        await asyncio.wait_for(gone.wait(), PATIENCE)

    def test_in_a_loop_that_is_closed_leaves_the_frame_to_the_next(self):
        source = Source()

        async def give_up():
            waiting = asyncio.ensure_future(source.reader.await_frame(source))
            await self.being_asked(source)
            waiting.cancel()

        asyncio.run(give_up())
        source.frames.put("frame")
        self.assertEqual(asyncio.run(source.next()), "frame")


if __name__ == "__main__":
    unittest.main(verbosity=2)
