#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text that bounces over moving shapes; browsers say which text and how fast, and start and stop it.

NVIDIA's Holoviz page can be used in place of the built-in one. See README.md.
"""

import argparse
import pathlib
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

from holoviz import MAX_TEXT, Holoviz  # noqa: E402
from scene import MAX_SPEED, Scene  # noqa: E402

WIDTH, HEIGHT = 1920, 1080
STREAM = "output"
INDICATOR_INTERVAL = 250  # ms
PIPELINE = f"""
    videotestsrc is-live=true pattern=solid-color foreground-color=0xff101820
    ! video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate=60/1
    ! overlaycomposition name=scene ! video/x-raw,format=I420
    ! webrtcserversink name=sink run-policy=manual"""


def parse_arguments():
    """The command line, as Holoscan's webrtc_holoviz_server has it, and --page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on (0.0.0.0)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (8080)")
    parser.add_argument("--cert-file", help="certificate, for HTTPS")
    parser.add_argument("--key-file", help="its key")
    parser.add_argument("--ice-server", action="append", default=[], metavar="SERVER",
                        help="stun:HOST:PORT or turn:HOST:PORT[USER:PASSWORD]; may be given several times")
    parser.add_argument("--page", metavar="FOLDER", help="serve this folder's files as the page at /")
    parser.add_argument("--verbose", "-v", action="store_true", help="tell what happens")
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    if not arguments.host or set(arguments.host) & set("/?#@ "):
        parser.error(f'--host takes a name or an address, not "{arguments.host}"')
    if bool(arguments.cert_file) != bool(arguments.key_file):
        parser.error("--cert-file and --key-file are given together")
    if arguments.page and not pathlib.Path(arguments.page).is_dir():
        parser.error(f"there is no folder {arguments.page} to take the page from")
    return arguments


def address(arguments, port):
    """webrtc://host:port, or webrtcs:// with a certificate."""
    naked = ":" in arguments.host and not arguments.host.startswith("[")
    host = f"[{arguments.host}]" if naked else arguments.host
    return f"{'webrtcs' if arguments.cert_file else 'webrtc'}://{host}:{port}"


def make_controls(scene):
    """What the page is for: text and speed go to the scene, reset too, and it says how often the text bounced."""
    controls = GstWebRTCServer.Controls.new()
    controls.add_text("text", "Text", "Text", MAX_TEXT)
    controls.add_number("speed", "Speed", 50, 0, MAX_SPEED, 1)
    controls.add_indicator("bounces", "Bounces", 0.0)
    controls.add_action("reset", "Reset")
    scene.set_text("Text")
    scene.set_speed(50)
    controls.connect("changed::text", lambda _controls, _name, text, _by: scene.set_text(text))
    controls.connect("changed::speed", lambda _controls, _name, speed, _by: scene.set_speed(speed))
    controls.connect("activated::reset", lambda _controls, _name, _by: scene.reset())
    return controls


class RemoteControl:
    """The program: its main loop's thread."""

    def __init__(self, arguments):
        self._verbose = arguments.verbose
        self._loop = GLib.MainLoop()
        self._scene = Scene(WIDTH, HEIGHT)
        self._controls = make_controls(self._scene)
        self._bounces = 0
        self._started_by_holoviz = False
        self._failure = None

        self._server = GstWebRTCServer.Server.new(address(arguments, arguments.port))
        self._server.props.ice_servers = arguments.ice_server
        if arguments.cert_file:
            self._server.props.tls_certificate = arguments.cert_file
            self._server.props.tls_key = arguments.key_file
        holoviz = Holoviz(self._server, STREAM, self._on_holoviz, self._configure)
        if arguments.page:
            for why in holoviz.serve_page(arguments.page):
                self._say(f"Left out of the page: {why}")
        self._server.start()

        self._pipeline = Gst.parse_launch(PIPELINE)
        self._sink = self._pipeline.get_by_name("sink")
        # The server that runs at this address takes the stream.
        self._sink.props.uri = f"{address(arguments, self._server.props.port)}/{STREAM}"
        self._sink.props.remote_controls = self._controls
        self._pipeline.get_by_name("scene").connect("draw", lambda _element, _sample: self._scene.draw())

    def run(self):
        """Until the user ends it; what went wrong, or None."""
        bus = self._pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::request-state", self._on_request_state)
        bus.connect("message::error", self._on_error)
        # It comes on a thread of the element's.
        self._sink.connect("notify::viewers", lambda *_: GLib.idle_add(self._on_viewers))
        GLib.timeout_add(INDICATOR_INTERVAL, self._tell_bounces)
        for number in (signal.SIGINT, signal.SIGTERM):
            GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, self._loop.quit)
        self._pipeline.set_state(Gst.State.PAUSED)
        print("Open", ", ".join(self._server.props.urls), flush=True)
        self._loop.run()
        self._pipeline.set_state(Gst.State.NULL)
        self._server.stop()
        return self._failure

    def _say(self, text):
        if self._verbose:
            print(text, flush=True)

    def _configure(self, text, speed):
        """By a Holoviz page; those who use the controls are told."""
        self._scene.set_text(text)
        self._scene.set_speed(speed)
        self._controls.set_text("text", text)
        self._controls.set_number("speed", speed)

    def _on_holoviz(self):
        self._say("A Holoviz page starts the pipeline.")
        self._started_by_holoviz = True
        self._sink.emit("start")

    def _on_viewers(self):
        viewers = self._sink.props.viewers
        self._say(f"{viewers} watching.")
        if viewers == 0 and self._started_by_holoviz:
            self._started_by_holoviz = False
            self._sink.emit("stop")

    def _on_request_state(self, _bus, message):
        """Somebody has pressed Start or Stop."""
        state = message.parse_request_state()
        self._say("Started." if state == Gst.State.PLAYING else "Stopped.")
        self._pipeline.set_state(state)

    def _on_error(self, _bus, message):
        self._failure = message.parse_error()[0].message
        self._loop.quit()

    def _tell_bounces(self):
        if self._bounces != self._scene.bounces:
            self._bounces = self._scene.bounces
            self._controls.set_number("bounces", self._bounces)
        return GLib.SOURCE_CONTINUE


def main():
    arguments = parse_arguments()
    Gst.init(None)
    try:
        failure = RemoteControl(arguments).run()
    except GLib.Error as error:
        failure = error.message
    if failure:
        sys.exit(f"remote-control: {failure}")


if __name__ == "__main__":
    main()
