#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GstWebRTCServer.Controls as a Python program has it: a stream, requests over HTTP, signals."""

import json
import threading
import unittest
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, GObject, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20  # seconds


class Diary:
    """What signals said, on whichever thread."""

    def __init__(self):
        self.entries = []
        self.changed = threading.Condition()

    def note(self, *entry):
        with self.changed:
            self.entries.append(entry)
            self.changed.notify_all()

    def wait(self, count):
        with self.changed:
            self.changed.wait_for(lambda: len(self.entries) >= count, PATIENCE)
            return list(self.entries)


def declare():
    controls = GstWebRTCServer.Controls.new()
    controls.add_text("text", None, "hello", 20)
    controls.add_number("speed", "Speed", 1, 0, 10, 0.5)
    controls.add_toggle("loop", "Loop", True)
    controls.add_choice("shape", "Shape", "ball", ["ball", "box"])
    controls.add_color("ink", "Ink", 0x80FF0000)
    controls.add_indicator("faces", "Faces", 0)
    controls.add_indicator("mood", "Mood", "calm")
    controls.add_action("reset", "Again")
    return controls


class Values(unittest.TestCase):
    def test_are_what_was_set(self):
        controls = declare()
        self.assertEqual(controls.get_text("text"), "hello")
        controls.set_text("text", "bye")
        controls.set_number("speed", 2.5)
        controls.set_value("loop", False)
        # A plain number would be a gint, which this is too large for.
        controls.set_value("ink", GObject.Value(GObject.TYPE_UINT, 0xFF00FF00))
        self.assertEqual(controls.get_text("text"), "bye")
        self.assertEqual(controls.get_number("speed"), 2.5)
        self.assertEqual(controls.get_value("loop"), (True, False))
        self.assertEqual(controls.get_value("ink"), (True, 0xFF00FF00))
        controls.set_text("ink", "#12345678")
        self.assertEqual(controls.get_value("ink"), (True, 0x12345678))
        self.assertEqual(controls.get_value("reset"), (False, None))
        self.assertIsNone(controls.get_text("nothing"))
        self.assertTrue(controls.remove("loop"))
        self.assertFalse(controls.remove("loop"))

    def refuses(self, code, call, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertTrue(caught.exception.matches(GstWebRTCServer.error_quark(), code))
        return caught.exception.message

    def test_that_do_not_fit_are_refused(self):
        controls = declare()
        failed = GstWebRTCServer.Error.FAILED
        self.assertIn("from 0 to 10", self.refuses(failed, controls.set_number, "speed", 11))
        self.assertIn("numbers", self.refuses(failed, controls.set_number, "speed", float("nan")))
        self.assertIn("no control", self.refuses(failed, controls.set_number, "nothing", 1))
        self.assertIn("one of ball, box", self.refuses(failed, controls.set_text, "shape", "cube"))
        self.assertIn("already", self.refuses(
            GstWebRTCServer.Error.NAME_TAKEN, controls.add_toggle, "text", None, False))
        self.assertEqual(controls.get_number("speed"), 1)


class Stream(unittest.TestCase):
    def setUp(self):
        self.diary = Diary()
        self.controls = declare()
        self.controls.connect(
            "changed::speed", lambda controls, *words: self.note(*words))
        self.controls.connect("activated::reset", lambda controls, *words: self.note(*words))
        self.pipeline = Gst.parse_launch(
            "videotestsrc is-live=true ! video/x-raw,width=160,height=120 "
            "! webrtcserversink name=sink uri=webrtc://127.0.0.1:0/output")
        sink = self.pipeline.get_by_name("sink")
        sink.set_property("remote-controls", self.controls)
        self.pipeline.set_state(Gst.State.PLAYING)
        address = sink.get_property("urls")[0]
        self.url = address.replace("/output", "/api/controls/output")

    def tearDown(self):
        self.pipeline.set_state(Gst.State.NULL)

    def note(self, *words):
        on_main = threading.current_thread() is threading.main_thread()
        self.diary.note(*words, "main" if on_main else "other")

    def values(self):
        with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:
            controls = json.load(answer)["controls"]
        return {control["name"]: control.get("value") for control in controls}

    def ask(self, request):
        body = json.dumps({"id": 1, "request": request}).encode()
        wanted = urllib.request.Request(self.url, body, method="PATCH",
                                        headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(wanted, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)["error"]
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)["error"]

    def test_shows_and_changes_them(self):
        self.assertEqual(self.values(), {
            "text": "hello", "speed": 1, "loop": True, "shape": "ball", "ink": "#80ff0000",
            "faces": 0, "mood": "calm", "reset": None})
        self.assertEqual(self.ask({"type": "set", "values": {"speed": 7, "shape": "box"}}),
                         (200, None))
        self.assertEqual(self.ask({"type": "action", "name": "reset"}), (200, None))
        # No main loop runs here.
        self.assertEqual(self.diary.wait(2),
                         [("speed", 7.0, "http", "other"), ("reset", "http", "other")])
        self.assertEqual(self.controls.get_text("shape"), "box")
        status, error = self.ask({"type": "set", "values": {"faces": 1}})
        self.assertEqual((status, error["code"], error["control"]), (422, "read-only", "faces"))

    def test_signals_come_on_the_main_loop_where_there_is_one(self):
        loop = GLib.MainLoop()
        answers = []

        def browse():
            try:
                answers.append(self.ask({"type": "set", "values": {"speed": 3}}))
            finally:
                loop.quit()

        browser = threading.Thread(target=browse)
        # Once the loop runs, so that neither its end nor the signal is ahead of it.
        GLib.idle_add(browser.start)
        loop.run()
        browser.join(PATIENCE)
        self.assertEqual(answers, [(200, None)])
        self.assertEqual(self.diary.wait(1), [("speed", 3.0, "http", "main")])


if __name__ == "__main__":
    Gst.init(None)
    unittest.main()
