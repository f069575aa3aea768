#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shortest program, as it is written where the library was designed: frames of browsers, to browsers.

It runs with the override, and without: arrays are an addition. What publishes and watches is no browser here, but
speaks WHIP and WHEP.
"""

import subprocess
import sys
import unittest

PROGRAM = """
import gi; gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer
Gst.init(None)
output = GstWebRTCServer.VideoOutput.new("webrtc://@:0/output")
source = GstWebRTCServer.VideoSource.new("webrtc://@:0/input")
while source.is_streaming():
    frame = source.capture(1000)          # None after 1 s without a frame, as an ordinary event
    if frame is not None:
        output.render(frame)              # a GstSample; numpy arrays through the Python override
"""
HARNESS = """
import sys, threading, time
if sys.argv[2] == "without":
    sys.modules["gi.overrides.GstWebRTCServer"] = None
names = {}
failures = []

def run():
    try:
        exec(compile(sys.argv[1], "program", "exec"), names)
    except BaseException as error:
        failures.append(error)

thread = threading.Thread(target=run)
thread.start()
deadline = time.monotonic() + 60

def url_of(name, method):
    while time.monotonic() < deadline and not failures:
        element = getattr(names.get(name), method, lambda *_: None)(*([0] if name == "output" else []))
        if element and element.props.urls:
            return element.props.urls[0]
        time.sleep(0.02)
    raise SystemExit(f"{name} was not opened: {failures}")

source_url = url_of("source", "get_element")
Gst = names["Gst"]
assert type(names["source"]).__module__ == (
    "gi.repository.GstWebRTCServer" if sys.argv[2] == "without" else "gi.overrides.GstWebRTCServer")
publisher = Gst.parse_launch(
    "videotestsrc is-live=true pattern=white ! video/x-raw,width=320,height=240,framerate=15/1 "
    "! webrtcserversink uri=" + source_url.replace("http", "whip", 1) + "/whip")
publisher.set_state(Gst.State.PLAYING)
output_url = url_of("output", "get_element")
viewer = Gst.parse_launch(
    "webrtcserversrc uri=" + output_url.replace("http", "whep", 1) + "/whep ! videoconvert "
    "! video/x-raw,format=GRAY8 ! appsink name=sink sync=false")
viewer.set_state(Gst.State.PLAYING)
sample = viewer.get_by_name("sink").emit("try-pull-sample", 60 * Gst.SECOND)
assert sample, failures
pixels = sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
assert min(pixels[1000:2000]) > 200, min(pixels[1000:2000])
names["source"].close()
thread.join(60)
assert not thread.is_alive() and not failures, failures
for pipeline in (viewer, publisher):
    pipeline.set_state(Gst.State.NULL)
"""


class FirstProgram(unittest.TestCase):
    def run_program(self, override):
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", HARNESS, PROGRAM, override], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=150, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_runs_with_the_override(self):
        self.run_program("with")

    def test_runs_without_it(self):
        self.run_program("without")


if __name__ == "__main__":
    unittest.main(verbosity=2)
