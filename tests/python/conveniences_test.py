#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The decorators of Controls and Server: what a browser does comes to the function below them."""

import json
import queue
import subprocess
import sys
import unittest
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 60  # seconds


def ask(url, method="GET", content=None):
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return json.load(reply)


class Decorators(unittest.TestCase):
    def test_of_controls_hear_what_a_browser_changes(self):
        heard = queue.Queue()
        controls = GstWebRTCServer.Controls()
        controls.add_number("speed", None, 1, 0, 10, 1)
        controls.add_text("text", None, "hello", 20)

        @controls.on_change("speed")
        def speed(value):
            heard.put(value)

        @controls.on_change("text")
        def text(value):
            heard.put(value)

        self.assertTrue(callable(speed) and callable(text))
        with GstWebRTCServer.VideoOutput("webrtc://127.0.0.1:0/output", remote_controls=controls) as output:
            url = output.get_element(0).props.urls[0].replace("/output", "/api/controls/output")
            ask(url, "PATCH", {"id": 1, "request": {"type": "set", "values": {"speed": 7}}})
            self.assertEqual(heard.get(timeout=PATIENCE), 7.0)
            ask(url, "PATCH", {"id": 2, "request": {"type": "set", "values": {"text": "bye"}}})
            self.assertEqual(heard.get(timeout=PATIENCE), "bye")
        self.assertTrue(heard.empty())

    def test_of_a_server_answer(self):
        with GstWebRTCServer.Server(uri="webrtc://127.0.0.1:0") as server:
            @server.route("GET", "/hello/{name}")
            def hello(request):
                request.respond_json(200, json.dumps({"hello": request.get_capture("name")}))

            self.assertTrue(callable(hello))
            self.assertEqual(ask(server.get_urls()[0].rstrip("/") + "/hello/world"), {"hello": "world"})
        self.assertFalse(server.is_listening())


class End(unittest.TestCase):
    PROGRAM = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer
Gst.init(None)
server = GstWebRTCServer.Server(uri="webrtc://127.0.0.1:0")
server.add_handler("GET", "/hello", lambda *_: None)
server.add_socket("/chat", lambda *_: None)
server.set_authorize(lambda *_: None)
server.start()
"""

    def test_of_a_program_with_handlers_is_clean(self):
        """Even where it forgets to stop the server: the library lets go of handlers on its own threads."""
        for stop in ("", "server.stop()"):
            subprocess.run([sys.executable, "-c", self.PROGRAM + stop], check=True, timeout=PATIENCE)


if __name__ == "__main__":
    Gst.init(None)
    unittest.main(verbosity=2)
