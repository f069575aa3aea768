# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames for asyncio: a thread waits for them while somebody awaits one, and never the event loop.

A frame that came for somebody who has given up meanwhile is the next one's.
"""

import asyncio
import collections
import threading

SLICE = 250  # ms; how long the thread may go on waiting after everybody has given up
LINGER = 1  # s; a stream's next frame is awaited sooner than this: no thread for each


class Reader:
    """Of one source. await_frame() is for event loops, take() for any thread."""

    def __init__(self):
        self._changed = threading.Condition()
        self._waiting = collections.deque()  # (event loop, future, source); guarded by _changed
        self._left = collections.deque()  # frames whose future was cancelled; guarded by _changed
        self._runs = False  # guarded by _changed

    def take(self):
        """A frame that somebody gave up, or None."""
        with self._changed:
            return self._left.popleft() if self._left else None

    def give_back(self, frame):
        """What was taken and could not be used is the next one's."""
        with self._changed:
            self._left.appendleft(frame)

    async def await_frame(self, source):
        """The next frame; None when the source has ended."""
        loop = asyncio.get_running_loop()
        waiter = (loop, loop.create_future(), source)
        # In one go: a frame that comes in between would wait for the next who asks.
        with self._changed:
            if self._left:
                return self._left.popleft()
            self._waiting.append(waiter)
            if self._runs:
                self._changed.notify()
            else:
                self._runs = True
                threading.Thread(target=self._run, name="capture", daemon=True).start()
        try:
            return await waiter[1]
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def _give_up(self, waiter):
        future = waiter[1]
        with self._changed:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
        # Cancelled between the frame's arrival and its awaiter's turn.
        if future.done() and not future.cancelled() and future.exception() is None and future.result() is not None:
            self._hand_on(future.result())

    def _run(self):
        while True:
            source = self._somebodys_source()
            if source is None:
                return
            try:
                frame = source.capture(SLICE)
                if frame is not None:
                    self._hand_on(frame)
                elif not source.is_streaming():
                    self._tell_all(lambda future: future.set_result(None))
            except BaseException as error:  # whoever awaits it has to hear of it, not this thread
                self._tell_all(lambda future, error=error: future.set_exception(error))
            # Until somebody awaits the next frame, the source is the application's alone.
            source = frame = None

    def _somebodys_source(self):
        with self._changed:
            if not self._waiting:
                self._changed.wait_for(lambda: self._waiting, LINGER)
            if not self._waiting:
                self._runs = False
                return None
            return self._waiting[0][2]

    def _hand_on(self, frame):
        """To the first who awaits one and whose event loop still runs; else it is kept."""
        with self._changed:
            while self._waiting:
                loop, future, _source = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(self._resolve, future, frame)
                    return
                except RuntimeError:  # the loop is closed
                    continue
            self._left.append(frame)

    def _resolve(self, future, frame):
        if future.cancelled():
            self._hand_on(frame)
        else:
            future.set_result(frame)

    def _tell_all(self, tell):
        with self._changed:
            waiting, self._waiting = self._waiting, collections.deque()
        for loop, future, _source in waiting:
            try:
                loop.call_soon_threadsafe(lambda future=future: future.cancelled() or tell(future))
            except RuntimeError:
                continue
