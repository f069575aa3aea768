#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application with controls of its own: a text that moves through the picture at the speed that
browsers choose. What it hears, it says in its output. Arguments: the address, and properties of
webrtcsink.
"""

import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

WIDTH = 320  # pixels


def say(*words):
    print(*words, flush=True)


class Application:
    def __init__(self, uri, properties):
        self.place = 0.0  # of the text's left end, in pixels
        self.time = 0
        self.turns = 0
        self.controls = GstWebRTCServer.Controls.new()
        self.controls.add_number("speed", "Speed in pixels a second", 10, 0, 200, 1)
        self.controls.add_choice("shape", "Shape", "bar", ["bar", "block"])
        self.controls.add_indicator("turns", "Turns", 0)
        self.controls.add_indicator("mood", "Mood", "calm")
        self.controls.add_action("home", "Back to the start")
        self.controls.connect("changed::speed", self.on_speed)
        self.controls.connect("activated::home", self.on_home)
        try:
            self.controls.add_toggle("speed", None, False)
        except GLib.Error as error:
            say("refused:", error.matches(GstWebRTCServer.error_quark(),
                                          GstWebRTCServer.Error.NAME_TAKEN), error.message)
        self.pipeline = Gst.parse_launch(
            "videotestsrc is-live=true pattern=black "
            f"! video/x-raw,format=I420,width={WIDTH},height=240,framerate=15/1 "
            "! textoverlay name=overlay text=▮ font-desc=\"Sans 60\" shaded-background=false "
            "draw-shadow=false draw-outline=false halignment=left valignment=center xpad=0 "
            f"! webrtcserversink name=sink uri={uri} {properties}")
        self.overlay = self.pipeline.get_by_name("overlay")
        self.sink = self.pipeline.get_by_name("sink")
        self.sink.set_property("remote-controls", self.controls)
        self.sink.connect("control-changed", lambda sink, name, value: say("element:", name, value))
        self.overlay.get_static_pad("video_sink").add_probe(
            Gst.PadProbeType.BUFFER, self.move)

    def on_speed(self, controls, name, value, by):
        say("changed:", name, value, by)
        controls.set_text("mood", "hasty" if value > 50 else "calm")

    def on_home(self, _controls, name, by):
        say("activated:", name, by)
        self.place = 0.0

    def move(self, _pad, info):
        """Each frame is as far on as its time says, whatever the machine is busy with."""
        buffer = info.get_buffer()
        passed = (buffer.pts - self.time) / Gst.SECOND if self.time else 0
        self.time = buffer.pts
        self.place += self.controls.get_number("speed") * passed
        if self.place > WIDTH - 80:
            self.place = 0.0
            self.turns += 1
            self.controls.set_number("turns", self.turns)
        self.overlay.set_property("deltax", round(self.place))
        return Gst.PadProbeReturn.OK


def main():
    Gst.init(None)
    application = Application(sys.argv[1], " ".join(sys.argv[2:]))
    loop = GLib.MainLoop()
    for end in (signal.SIGTERM, signal.SIGINT):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, end, loop.quit)
    application.pipeline.set_state(Gst.State.PLAYING)
    say("address:", application.sink.get_property("urls")[0])
    loop.run()
    application.pipeline.set_state(Gst.State.NULL)


main()
