# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python adds to GstWebRTCServer: numpy arrays as frames, keywords as options, `with`, `for`, asyncio.

docs/python.md tells how it is used. Without numpy, frames are samples.
"""

import asyncio
import atexit
import difflib
import importlib.util
import os
import sys
import time
import weakref

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import GLib, Gst

from .reader import SLICE, Reader

# Without these overrides, which stand in the way of the names in gi.repository.
library = get_introspection_module("GstWebRTCServer")
__all__ = []

_has_numpy = importlib.util.find_spec("numpy") is not None


def _frames():
    """The module that needs numpy, which takes a moment to load: with the first frame."""
    from . import frame

    return frame


def _text(uri):
    if not isinstance(uri, (str, os.PathLike)):
        raise TypeError(f"An address is a text or a path, not {type(uri).__name__}.")
    return os.fspath(uri)


def _make_options(options, changes):
    """VideoOptions with those of `options` and the changes. What the caller gave stays as it is."""
    if options is not None and not isinstance(options, library.VideoOptions):
        raise TypeError(f"options is a VideoOptions, not {type(options).__name__}. Others are keywords.")
    result = library.VideoOptions.new()
    names = {spec.name.replace("-", "_"): spec.name for spec in result.list_properties()}
    for property_name in names.values() if options is not None else ():
        result.set_property(property_name, options.get_property(property_name))
    for keyword, value in changes.items():
        if keyword not in names:
            close = difflib.get_close_matches(keyword, names, 1)
            hint = f" Is it {close[0]}?" if close else ""
            raise TypeError(f"There is no option {keyword}.{hint}")
        try:
            result.set_property(names[keyword], value)
        except (TypeError, ValueError, OverflowError) as error:
            raise type(error)(f"The option {keyword} cannot be {value!r}: {error}") from None
    return result


def _wait_in_slices(attempt, timeout_ms):
    """attempt(ms) until it gives something or the time is up: a signal handler runs in between."""
    if 0 <= timeout_ms <= SLICE:
        return attempt(timeout_ms)[0]
    deadline = time.monotonic() + timeout_ms / 1000
    while True:
        left = SLICE if timeout_ms < 0 else min(SLICE, max(0, int((deadline - time.monotonic()) * 1000)))
        result, more = attempt(left)
        if result is not None or not more or left == 0:
            return result


class VideoSource(library.VideoSource):
    """Frames from any address. With numpy they are arrays; made by new(), or encoded, they are samples."""

    _reader = None
    _arrays = False

    def __new__(cls, uri, options=None, **changes):
        options = _make_options(options, changes)
        arrays = _has_numpy and not options.get_property("encoded")
        if arrays and not options.get_property("format"):
            options.set_property("format", "RGB")
        self = library.VideoSource.new_with_options(_text(uri), options)
        self._arrays = arrays
        return self

    def __init__(self, *_arguments, **_options):
        """The object is there already."""

    def __class_getitem__(cls, _frame):
        return cls

    def capture(self, timeout_ms=1000):
        """The next frame, or None: nothing came in time, or the source has ended (see is_streaming())."""
        sample = self._left_over()
        if sample is None:
            sample = _wait_in_slices(self._attempt, timeout_ms)
        return self._as_frame(sample)

    def capture_sample(self, timeout_ms=1000):
        """capture(), as a Gst.Sample always."""
        frame = self.capture(timeout_ms)
        return frame if frame is None or isinstance(frame, Gst.Sample) else frame.sample

    async def capture_async(self):
        """The next frame, awaited; None when the source has ended."""
        # In one step, as several threads may each have an event loop.
        return await self.__dict__.setdefault("_reader", Reader()).await_frame(self)

    def _left_over(self):
        return self._reader.take() if self._reader else None

    def _attempt(self, timeout_ms):
        sample = library.VideoSource.capture(self, timeout_ms)
        return sample, sample is not None or self.is_streaming()

    def _as_frame(self, sample):
        return _frames().from_sample(sample) if self._arrays and isinstance(sample, Gst.Sample) else sample

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_exception):
        self.close()

    def __iter__(self):
        while True:
            frame = self.capture(SLICE)
            if frame is not None:
                yield frame
            elif not self.is_streaming():
                return

    async def __aenter__(self):
        await asyncio.get_running_loop().run_in_executor(None, self.open)
        return self

    async def __aexit__(self, *_exception):
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    async def __aiter__(self):
        while True:
            frame = await self.capture_async()
            if frame is None:
                return
            yield frame


class VideoOutput(library.VideoOutput):
    """Frames to one or several addresses: arrays of numpy, or samples."""

    _format = None

    def __new__(cls, uris, options=None, *, remote_controls=None, **changes):
        options = _make_options(options, changes)
        several = [uris] if isinstance(uris, (str, os.PathLike)) else list(uris)
        self = library.VideoOutput.new_with_options([_text(uri) for uri in several], options)
        self._format = options.get_property("format") or None
        if remote_controls is not None:
            self.set_property("remote-controls", remote_controls)
        return self

    def __init__(self, *_arguments, **_options):
        """The object is there already."""

    def render(self, frame, format=None, pts=None, copy=None):
        """Gives out a frame: an array, or a Gst.Sample.

        `format`: of the array's pixels; that of the frame it was made from, else the output's, else GRAY8, RGB or RGBA
        by its shape. `pts`: its time in nanoseconds; None: that of the frame it was made from, else now. `copy`: an
        array that can be written into is copied; False promises that nobody will, and saves the copy.
        """
        if not isinstance(frame, Gst.Sample):
            frame = self._sample_of(frame, format, pts, copy)
        elif format is not None or pts is not None:
            raise TypeError("format and pts are those of the sample.")
        return library.VideoOutput.render(self, frame)

    def _sample_of(self, frame, format, pts, copy):
        kinds = ("__array_interface__", "__array__", "__buffer__")
        if isinstance(frame, memoryview) or any(hasattr(frame, kind) for kind in kinds):
            # As it was captured.
            whole = getattr(frame, "sample", None)
            if isinstance(whole, Gst.Sample) and format is None and pts is None:
                return whole
            return _frames().to_sample(frame, format, pts, copy, self._format)
        raise TypeError(f"A frame is an array of numpy or a Gst.Sample, not {type(frame).__name__}.")

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, kind, error, _traceback):
        try:
            self.close()
        except GLib.Error:
            # What went wrong first says more.
            if kind is None:
                raise

    async def __aenter__(self):
        await asyncio.get_running_loop().run_in_executor(None, self.open)
        return self

    async def __aexit__(self, *exception):
        # Files are finished: it may take seconds.
        await asyncio.get_running_loop().run_in_executor(None, self.__exit__, *exception)


class Controls(library.Controls):
    """What browsers may change, with decorators for what is to happen then."""

    def on_change(self, name):
        """Decorates what is called with the new value when a browser has changed the control."""
        def decorate(function):
            self.connect("changed::" + name, lambda _controls, _name, value, _by: function(value))
            return function
        return decorate

    def on_press(self, name):
        """Decorates what is called when somebody has pressed the button."""
        def decorate(function):
            self.connect("activated::" + name, lambda _controls, _name, _by: function())
            return function
        return decorate


class _Handler:
    """A function that the library keeps for a server, and lets go of on a thread of its own."""

    alive = weakref.WeakSet()

    def __init__(self, server, function, take_away):
        self._server = weakref.ref(server)
        self._function = function
        self._take_away = take_away
        self.alive.add(self)

    def __call__(self, *arguments):
        return self._function(*arguments)

    def _release(self):
        server = self._server()
        if server is not None:
            self._take_away(server)

    @classmethod
    def release_all(cls):
        """Python ends threads that come to it after its end, in the middle of the library's: nothing may be left."""
        for handler in list(cls.alive):
            handler._release()
        handler = None
        deadline = time.monotonic() + 5
        while cls.alive and time.monotonic() < deadline:
            time.sleep(0.002)


atexit.register(_Handler.release_all)


class Server(library.Server):
    """The server, with a decorator for routes; `with` starts and stops it."""

    def add_handler(self, method, pattern, handler, *user_data):
        """Adds a route: handler(server, request, *user_data)."""
        return library.Server.add_handler(self, method, pattern, self._keep(pattern, handler), *user_data)

    def add_socket(self, pattern, handler, *user_data):
        """Adds a route for WebSockets: handler(server, socket, *user_data)."""
        return library.Server.add_socket(self, pattern, self._keep(pattern, handler), *user_data)

    def _keep(self, pattern, handler):
        return _Handler(self, handler, lambda server: server.remove_route(pattern))

    def set_authorize(self, authorize, *user_data):
        """Has authorize(server, credentials, *user_data) asked who may come in; None: nobody may."""
        if authorize is not None:
            authorize = _Handler(self, authorize, lambda server: server.set_authorize(None))
        return library.Server.set_authorize(self, authorize, *user_data)

    def route(self, method, pattern):
        """Decorates what answers a request: a function of it."""
        def decorate(function):
            self.add_handler(method, pattern, lambda _server, request: function(request))
            return function
        return decorate

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.stop()


for _class in (VideoSource, VideoOutput, Controls, Server):
    override(_class)
    __all__.append(_class.__name__)
# The class of arrays, for isinstance() and annotations: when somebody asks, as it loads numpy.
type(sys.modules["gi.repository.GstWebRTCServer"]).Frame = property(lambda _module: _frames().Frame)
