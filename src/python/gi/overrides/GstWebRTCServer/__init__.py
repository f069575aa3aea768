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


def _pixels():
    """The module for memory that is not a frame's."""
    from . import pixels

    return pixels


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

    def capture_into(self, target, timeout_ms=1000, format=None, white=None, mean=None, deviation=None, stream=None):
        """Writes the next frame into memory of the caller's; its time in nanoseconds, or None as of capture().

        `target`: an array of numpy that can be written into, or one of a CUDA device (CuPy, PyTorch, Numba), of uint8
        or float32 and of the size of the frame. `format`: of its pixels; else RGB, RGBA, GRAY8 or CHW by its shape.
        `white`: of floats, what white is, 1 or 255. `mean`, `deviation`: of floats, a number or three; what is written
        is (colour - mean) / deviation. `stream`: on which the frame will be used; else that of the array's own
        interface. A GstWebRTCServer.Pixels says all of it itself.
        """
        pixels, kept = target, None
        if not isinstance(target, library.Pixels):
            pixels, kept = self._pixels_of(target, format, white, mean, deviation, stream)
        sample = self._left_over()
        if sample is not None:
            try:
                pixels.fill(getattr(sample, "sample", sample))
            except GLib.Error:
                self._reader.give_back(sample)
                raise
            captured = True
        else:
            captured = _wait_in_slices(lambda left: self._attempt_into(pixels, left), timeout_ms)
        del kept
        if not captured:
            return None
        return 0 if pixels.pts == Gst.CLOCK_TIME_NONE else pixels.pts

    @staticmethod
    def _pixels_of(target, format, white, mean, deviation, stream):
        module = _pixels()
        if module.is_on_device(target):
            array, kept = module.of_device(target), target
        else:
            kept = _frames().writable(target)
            array = module.of_host(kept)
        if array.read_only:
            raise ValueError("This array is read-only: nothing can be captured into it.")
        return module.describe(array, format, white, mean, deviation, stream), kept

    def _attempt_into(self, pixels, timeout_ms):
        captured = library.VideoSource.capture_into(self, pixels, timeout_ms)
        return captured or None, captured or self.is_streaming()

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

    def render(self, frame, format=None, pts=None, copy=None, *, white=None, mean=None, deviation=None, stream=None):
        """Gives out a frame: an array of numpy's or of a CUDA device's, or a Gst.Sample.

        `format`: of the array's pixels; that of the frame it was made from, else the output's, else GRAY8, RGB or RGBA
        by its shape. `pts`: its time in nanoseconds; None: that of the frame it was made from, else now. `copy`: an
        array that can be written into is copied; False promises that nobody will, and saves the copy.

        Arrays of float32, (height, width, 3), (height, width, 4) or CHW, need `white`: the value that is white, 1 or
        255. `mean` and `deviation`, a number or three, are what was subtracted from them and what they were divided by.
        Arrays with `__cuda_array_interface__` (CuPy, PyTorch, Numba) stay on their device. `stream`: on which they are
        made, as an object or a number; else the one that the interface names. They may be written to again by what is
        queued on it behind this call.
        """
        if isinstance(frame, library.Pixels):
            return library.VideoOutput.render_pixels(self, frame)
        if self._is_pixels(frame, white):
            return self._render_pixels(frame, format, pts, white, mean, deviation, stream)
        if (mean, deviation, stream) != (None, None, None):
            raise TypeError("mean, deviation and stream are of arrays of float32 and of CUDA devices.")
        if not isinstance(frame, Gst.Sample):
            frame = self._sample_of(frame, format, pts, copy)
        elif format is not None or pts is not None:
            raise TypeError("format and pts are those of the sample.")
        return library.VideoOutput.render(self, frame)

    def _is_pixels(self, frame, white):
        return not isinstance(frame, Gst.Sample) and (white is not None or _pixels().is_on_device(frame))

    def _render_pixels(self, frame, format, pts, white, mean, deviation, stream):
        module = _pixels()
        if module.is_on_device(frame):
            array, kept = module.of_device(frame), frame
        else:
            kept = _frames().readable(frame)
            array = module.of_host(kept)
        pixels = module.describe(array, format or self._usual(array), white, mean, deviation, stream)
        if pts is None:
            pts = getattr(frame, "pts", None)
        if pts is not None:
            if not 0 <= pts < Gst.CLOCK_TIME_NONE:
                raise ValueError(f"pts is a time in nanoseconds, from 0, not {pts}.")
            pixels.pts = int(pts)
        result = library.VideoOutput.render_pixels(self, pixels)
        del kept  # which the library has read, or has queued to be read on its stream
        return result

    def _usual(self, array):
        """The output's own format, where the array can be of it."""
        known = _pixels().NAMES.get(array.kind, {})
        channels = array.shape[2] if len(array.shape) == 3 else 0
        return self._format if self._format in known and known[self._format][1] == channels else None

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
