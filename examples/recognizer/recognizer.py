#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Learns, in the browser, to tell apart what a camera shows: record, tag, train, and watch it know.

See README.md.
"""

import argparse
import json
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

from dataset import Dataset  # noqa: E402
from features import Histograms, Network  # noqa: E402
from routes import Routes  # noqa: E402
from trainer import Trainer  # noqa: E402

STREAM = "output"
FRESH = 2  # s after which a picture is no longer what the camera shows


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], allow_abbrev=False, usage="%(prog)s [options] [input [output]]",
        epilog="The input is where pictures come from, browsers unless one is named; the output is where they go "
               "besides: a file, rtsp:// and so on. The options of video-viewer are there, too: --input-width=640.")
    parser.add_argument("--host", default="@", help="address to listen on (@: all)")
    parser.add_argument("--port", type=int, default=8554, help="port to listen on (8554)")
    parser.add_argument("--data", default="recordings", metavar="FOLDER", help="where pictures are kept (recordings)")
    parser.add_argument("--model", metavar="FILE.onnx", help="a network that sees instead of histograms")
    parser.add_argument("--ssl-cert", help="certificate, for HTTPS: browsers of other machines give no camera without")
    parser.add_argument("--ssl-key", help="its key")
    arguments, rest = parser.parse_known_args()
    if not 0 <= arguments.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    if bool(arguments.ssl_cert) != bool(arguments.ssl_key):
        parser.error("--ssl-cert and --ssl-key are given together")
    arguments.options = GstWebRTCServer.VideoOptions.new()
    try:
        _, [_, *addresses] = arguments.options.parse([sys.argv[0], *rest])
    except GLib.Error as error:
        parser.error(error.message)
    if len(addresses) > 2:
        parser.error(f"an input and an output at most, and {addresses[2]} besides")
    arguments.input, arguments.output = (addresses + [None, None])[:2]
    return arguments


class Recognizer:
    """The program: its main loop's thread, one for pictures and one that recognizes."""

    def __init__(self, arguments):
        features = Network(arguments.model) if arguments.model else Histograms()
        dataset = Dataset(arguments.data)
        self._trainer = Trainer(dataset, features, self._tell_state)
        self._features = features
        self._newest = None  # (picture, when it came); replaced as a whole
        self._changed = threading.Event()  # there is another picture, or the program ends
        self._ends = False
        self._loop = GLib.MainLoop()
        self._failure = None
        self._sink = None

        scheme = "webrtcs" if arguments.ssl_cert else "webrtc"
        self._server = GstWebRTCServer.Server.new(f"{scheme}://{arguments.host}:{arguments.port}")
        if arguments.ssl_cert:
            self._server.props.tls_certificate = arguments.ssl_cert
            self._server.props.tls_key = arguments.ssl_key
        self._routes = Routes(self._server, dataset, self._trainer, self._picture, STREAM)
        self._server.start()
        # The server that runs at this address takes the streams.
        address = f"{scheme}://{arguments.host}:{self._server.props.port}"
        self._source = GstWebRTCServer.VideoSource(
            arguments.input or f"{address}/input", arguments.options, format="BGR")
        outputs = [f"{address}/{STREAM}"] + ([arguments.output] if arguments.output else [])
        self._output = GstWebRTCServer.VideoOutput(outputs, arguments.options)

    def run(self):
        """Until the user, or the input, ends it; what went wrong, or None."""
        self._output.open()
        self._sink = self._output.get_element(0)
        self._source.open()
        for number in (signal.SIGINT, signal.SIGTERM):
            GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, self._loop.quit)
        if sum(count > 0 for count in self._routes.state()["tags"].values()) >= 2:
            self._trainer.start("svm")
        threads = [threading.Thread(target=target) for target in (self._carry, self._recognize)]
        for thread in threads:
            thread.start()
        try:
            print("Open", ", ".join(self._server.props.urls), flush=True)
            self._loop.run()
        finally:
            self._end(threads)
        self._output.close()
        self._server.stop()
        return self._failure

    def _end(self, threads):
        """Waits for all threads: Python aborts where one is in OpenCV when the program ends."""
        self._ends = True
        self._source.close()
        self._changed.set()
        for thread in threads:
            thread.join()
        self._trainer.close()

    def _picture(self):
        """What the camera shows now; None where nobody sends one."""
        newest = self._newest
        return newest[0] if newest and time.monotonic() - newest[1] < FRESH else None

    def _carry(self):
        """From the camera to the viewers; on its way each picture is the newest for a moment."""
        try:
            for frame in self._source:
                self._newest = frame, time.monotonic()
                self._changed.set()
                self._output.render(frame)
        except GLib.Error as error:
            self._failure = error.message
        finally:
            self._loop.quit()

    def _recognize(self):
        """Looks at the newest picture when it is done with the one before: it delays none."""
        while not self._ends:
            self._changed.wait()
            self._changed.clear()
            picture, classifier = self._picture(), self._trainer.classifier
            if self._ends or picture is None or classifier is None:
                continue
            tag, confidence = classifier(self._features(picture))
            self._tell({"tag": tag, "confidence": round(confidence, 2)})

    def _tell_state(self):
        self._tell({"state": self._trainer.state()})

    def _tell(self, message):
        if self._sink is not None:
            self._sink.emit("send-message", None, json.dumps(message))


def main():
    Gst.init(None)
    arguments = parse_arguments()
    try:
        failure = Recognizer(arguments).run()
    except GLib.Error as error:
        failure = error.message
    except (OSError, ValueError) as error:
        failure = str(error)
    if failure:
        sys.exit(f"recognizer: {failure}")


if __name__ == "__main__":
    main()
