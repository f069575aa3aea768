# SPDX-License-Identifier: LGPL-2.1-or-later
"""What these programs have in common: a command line, the frames that come, and what becomes of them."""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import time

try:
    import cv2  # noqa: F401: it is needed by what this program calls, and is missed here in words.
    import gi
    import numpy
except ImportError as error:
    sys.exit(f"{error.name} is missing for {sys.executable}. "
             "`./dev setup examples` installs it for the distribution's own Python, /usr/bin/python3.")

try:
    for library in ("Gst", "GstVideo", "GstWebRTCServer"):
        gi.require_version(library, "1.0")
except ValueError as error:
    sys.exit(f"{error}. `./dev shell` opens a shell that finds the library just built.")
from gi.repository import GLib, GObject, Gst, GstVideo, GstWebRTCServer  # noqa: E402

from objects import VisionError  # noqa: E402

Controls = GstWebRTCServer.Controls
OUTPUT = "webrtc://@:8554/output"
EPILOG = f"""
Input: /dev/video0, csi://0, rtsp://…, rtp://…, webrtc://@:8554/input, test://, screen://, a file, img_%04d.png …
Output: {OUTPUT} if none is named; or several; also rtmp://…, rtp://…, display://, a file, out_%04d.png …
The flags of video-viewer count here too: --input-width, --output-bitrate, --num-frames …
"""


def make_parser(description):
    """For the options that a program adds to those of all of them."""
    parser = argparse.ArgumentParser(
        description=description, usage="%(prog)s [options] input [output …]", epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", choices=("pipeline", "browser", "none"), default="pipeline",
                        help="who draws what was found: the pipeline, into the picture; or browsers, over it")
    parser.add_argument("--json", metavar="FILE",
                        help="writes what was found, a line for each frame; - is the terminal")
    return parser


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def parse(parser):
    """The program's own options, and `input`, `outputs` and `options`, those of the library."""
    Gst.init(None)
    arguments, rest = parser.parse_known_args()
    arguments.options = GstWebRTCServer.VideoOptions.new()
    try:
        _parsed, rest = arguments.options.parse([sys.argv[0], *rest])
    except GLib.Error as error:
        parser.error(error.message)
    if len(rest) < 2:
        parser.error("an input is missing: /dev/video0, a file, webrtc://@:8554/input for a browser's camera …")
    arguments.input, arguments.outputs = rest[1], rest[2:] or [OUTPUT]
    return arguments


def run(main):
    """main(), whose errors end the program with a sentence."""
    try:
        main()
    except VisionError as error:
        fail(error)
    except GLib.Error as error:
        fail(error.message)


def part(value):
    """For options that are a part of something: from 0 to 1."""
    number = float(value)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{value} is not from 0 to 1")
    return number


def _with_regions(uri):
    """Asks webrtcsink to send the regions of each frame to browsers."""
    if not uri.startswith(("webrtc:", "webrtcs:")):
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}frame-metadata=regions"


def _sample_with_regions(picture, objects):
    """The picture and what is in it, which webrtcsink sends to browsers with the very frame."""
    buffer = Gst.Buffer.new_wrapped(picture.tobytes())
    if picture.pts is not None:
        buffer.pts = picture.pts
    for thing in objects:
        region = GstVideo.buffer_add_video_region_of_interest_meta(
            buffer, thing.type, thing.x, thing.y, thing.width, thing.height)
        if thing.id:
            region.id = thing.id
        for name, values in {"detection": {"confidence": thing.confidence}, **thing.params}.items():
            structure = Gst.Structure.new_empty(name)
            for key, value in values.items():
                structure.set_value(key, value)
            region.add_param(structure)
    height, width = picture.shape[:2]
    caps = Gst.Caps.from_string(f"video/x-raw,format=BGR,width={width},height={height},framerate=0/1")
    return Gst.Sample.new(buffer, caps, None, None)


class Stream:
    """The frames of the input, and the outputs that they go to; to be used with `with`."""

    def __init__(self, arguments, controls=None):
        self.draws = arguments.draw == "pipeline"
        self._by_browser = arguments.draw == "browser"
        self._arguments, self._controls = arguments, controls
        self._frames = 0
        self._sinks = []
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        with self._exits:
            self._open()
            # Nothing failed: what is open stays open.
            self._exits = self._exits.pop_all()
        return self

    def __exit__(self, *exception):
        return self._exits.__exit__(*exception)

    def _open(self):
        arguments = self._arguments
        self._json = self._exits.enter_context(_open_json(arguments.json)) if arguments.json else None
        arguments.options.set_property("format", "BGR")
        self._source = GstWebRTCServer.VideoSource(arguments.input, arguments.options)
        # Before it is opened: an exception in the middle of that would hide what it says.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: self._source.close())
        self._exits.enter_context(self._source)
        # A film loses no frame.
        arguments.options.set_property("wait", not self._source.is_live())
        # Where outputs share an encoder, what hangs on a frame does not come out of it.
        groups = [[_with_regions(uri)] for uri in arguments.outputs] if self._by_browser else [arguments.outputs]
        self._outputs = [self._exits.enter_context(self._make_output(uris)) for uris in groups]
        elements = [output.get_element(index)
                    for output, uris in zip(self._outputs, groups) for index in range(len(uris))]
        self._sinks = [element for element in elements
                       if element and GObject.signal_lookup("send-message", type(element))]
        self._announce(self._source.get_element(), "Send a camera to")
        for sink in self._sinks:
            self._announce(sink, "Watch")

    def _make_output(self, uris):
        served = any(uri.startswith("webrtc") for uri in uris)
        return GstWebRTCServer.VideoOutput(
            uris, self._arguments.options, remote_controls=self._controls if served else None)

    @staticmethod
    def _announce(element, words):
        if element and element.find_property("urls"):
            print(words, ", ".join(element.get_property("urls") or []), file=sys.stderr, flush=True)

    def looker(self, find, every_frame):
        """What finds something in a picture: find, which a live picture does not wait for unless it is to."""
        if every_frame or not self._source.is_live():
            return find
        newest = Newest(find)
        self._exits.callback(newest.close)
        return newest.look_at

    def frames(self):
        """The pictures of the input, in BGR, which may be drawn into."""
        for frame in self._source:
            yield numpy.array(frame, subok=True)

    def show(self, picture, objects=()):
        """Gives out a picture, and tells what was found in it."""
        # Nobody writes into it any more.
        frame = _sample_with_regions(picture, objects) if self._by_browser else picture
        how = {} if self._by_browser else {"format": "BGR", "copy": False}
        for output in self._outputs:
            output.render(frame, **how)
        said = [thing.as_json() for thing in objects]
        if self._json:
            seconds = None if picture.pts is None else round(picture.pts / 1e9, 4)
            print(json.dumps({"frame": self._frames, "time": seconds, "objects": said}), file=self._json, flush=True)
        self._frames += 1
        for sink in self._sinks:
            sink.emit("send-message", None, json.dumps({"objects": said, "time": time.time()}))


def _open_json(path):
    if path == "-":
        return contextlib.nullcontext(sys.stdout)
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise VisionError(f"{path} cannot be written: {error.strerror}") from None


class Newest:
    """Looks for something on a thread of its own, in the newest picture: one that is slow delays no picture."""

    def __init__(self, find):
        self._find = find
        self._picture = None
        self._found = []
        self._error = None
        self._ends = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self):
        """Waits for what it looks for now: a thread must not be in OpenCV when the program ends."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join()

    def look_at(self, picture):
        """What was found last, in this picture or one before. The picture is not to be drawn into."""
        with self._changed:
            if self._error:
                raise self._error
            self._picture = picture
            self._changed.notify()
            return self._found

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ends or self._picture is not None)
                if self._ends:
                    return
                picture, self._picture = self._picture, None
            try:
                found = self._find(picture)
            except Exception as error:  # noqa: BLE001: it is raised again where it is heard.
                with self._changed:
                    self._error = error
                return
            with self._changed:
                self._found = found
