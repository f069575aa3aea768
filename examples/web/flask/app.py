#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Flask application with a stream in it: its page shows the picture, its REST interface steers it.

Flask serves the page and the data, GstWebRTCServer the stream, from one process. See ../README.md.
"""

import argparse
import re
import signal
import sys
import threading

import flask
import gi
import werkzeug.serving

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PIPELINE = """
    videotestsrc name=source is-live=true pattern=circular ! video/x-raw,width=640,height=360,framerate=30/1
    ! videobalance name=balance ! textoverlay name=text valignment=top ! videoconvert
    ! webrtcserversink name=sink"""
# What can be changed: element, property, smallest and largest, step.
NUMBERS = {
    "speed": ("source", "horizontal-speed", -20, 20, 1),
    "brightness": ("balance", "brightness", -1, 1, 0.05),
    "saturation": ("balance", "saturation", 0, 2, 0.05),
}
MAX_TEXT = 40


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--host", default="127.0.0.1", help="address of both (127.0.0.1)")
    parser.add_argument("--port", type=int, default=5000, help="port of the page (5000)")
    parser.add_argument("--stream-port", type=int, default=8554, help="port of the stream (8554)")
    parser.add_argument("--origin", action="append", default=[], metavar="ORIGIN",
                        help="what the page's address begins with where it is not this machine's name: "
                             "https://robot.example.org. May be given several times")
    arguments = parser.parse_args()
    for name in ("port", "stream_port"):
        if not 0 <= getattr(arguments, name) <= 65535:
            parser.error(f"--{name.replace('_', '-')} must be from 0 to 65535")
    return arguments


class Picture:
    """What the pipeline shows. Any thread may ask and change: Flask has one for each request."""

    def __init__(self, pipeline):
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._text = ""  # guarded by _lock

    def values(self):
        with self._lock:
            found = {name: self._element(element).get_property(key)
                     for name, (element, key, *_) in NUMBERS.items()}
            return {**found, "text": self._text}

    def change(self, values):
        """All of it or nothing; ValueError says what does not fit."""
        for name, value in values.items():
            self._check(name, value)
        with self._lock:
            for name, value in values.items():
                if name == "text":
                    self._text = value
                    # The overlay reads markup.
                    self._element("text").set_property("text", GLib.markup_escape_text(value))
                else:
                    element, key = NUMBERS[name][:2]
                    self._element(element).set_property(key, value)

    @staticmethod
    def _check(name, value):
        if name == "text":
            if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
                raise ValueError(f"text is a line of at most {MAX_TEXT} characters.")
            return
        if name not in NUMBERS:
            raise ValueError(f"There is no {name}; there are {', '.join(NUMBERS)} and text.")
        *_, least, most, step = NUMBERS[name]
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        # NaN is not between any two; neither is what is too large for a float.
        if not numeric or not least <= value <= most or (step == 1 and value != int(value)):
            raise ValueError(f"{name} is a {'whole ' if step == 1 else ''}number from {least} to {most}.")

    def _element(self, name):
        return self._pipeline.get_by_name(name)


def make_app(picture):
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024

    @app.get("/")
    def page():
        # Whatever name the visitor has for this machine is the stream's, too.
        host = re.sub(r":[0-9]*$", "", flask.request.host)
        return flask.render_template("index.html", stream=f"http://{host}:{app.config['STREAM_PORT']}", numbers=NUMBERS,
                                     values=picture.values(), max_text=MAX_TEXT)

    @app.get("/api/picture")
    def read():
        return picture.values()

    @app.patch("/api/picture")
    def change():
        try:
            values = flask.request.get_json(silent=True)
        except RecursionError:
            values = None
        if not isinstance(values, dict):
            return {"detail": "The body is a JSON object, such as {\"speed\": 5}, of type application/json."}, 400
        try:
            picture.change(values)
        except ValueError as error:
            return {"detail": str(error)}, 422
        return picture.values()

    return app


def origins(arguments, host, port):
    """Of the pages that may show the stream: Flask's, which has another port than the stream."""
    names = {"localhost", "127.0.0.1", host} - {"0.0.0.0", "[::]"}
    return [f"http://{name}:{port}" for name in sorted(names)] + arguments.origin


def main():
    arguments = parse_arguments()
    Gst.init(None)
    pipeline = Gst.parse_launch(PIPELINE)
    app = make_app(Picture(pipeline))
    try:
        # Flask's own server is for development; the threads are for requests that come at once.
        server = werkzeug.serving.make_server(arguments.host, arguments.port, app, threaded=True)
    except (OSError, SystemExit):
        sys.exit(f"app: port {arguments.port} of {arguments.host} cannot be listened on")
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    streams = GstWebRTCServer.Server.new(f"webrtc://{host}:{arguments.stream_port}")
    streams.props.allowed_origins = origins(arguments, host, server.server_port)
    try:
        streams.start()
    except GLib.Error as error:
        sys.exit(f"app: {error.message}")
    pipeline.get_by_name("sink").props.uri = f"webrtc://{host}:{streams.props.port}/output"
    app.config["STREAM_PORT"] = streams.props.port

    loop = GLib.MainLoop()
    failure = []

    def on_error(_bus, message):
        failure.append(message.parse_error()[0].message)
        loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::error", on_error)
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipeline.set_state(Gst.State.PLAYING)
    print(f"Open http://{host}:{server.server_port}/", flush=True)
    loop.run()
    server.shutdown()
    pipeline.set_state(Gst.State.NULL)
    streams.stop()
    if failure:
        sys.exit(f"app: {failure[0]}")


if __name__ == "__main__":
    main()
