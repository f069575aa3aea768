#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GstWebRTCServer.VideoOptions and VideoSource as a Python program has them."""

import threading
import unittest

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20000  # milliseconds


class Options(unittest.TestCase):
    def test_are_properties(self):
        options = GstWebRTCServer.VideoOptions(input_width=640, input_flip="180", encoded=True)
        self.assertEqual(options.props.input_width, 640)
        self.assertEqual(options.props.input_flip, "180")
        self.assertTrue(options.props.encoded)
        self.assertIsNone(options.props.input_codec)
        self.assertEqual(options.props.turn_servers, [])
        options.props.turn_servers = ["turn://a:b@c", "turn://d:e@f"]
        self.assertEqual(options.props.turn_servers, ["turn://a:b@c", "turn://d:e@f"])

    def test_are_taken_out_of_the_arguments(self):
        options = GstWebRTCServer.VideoOptions.new()
        ok, rest = options.parse(
            ["viewer", "in.mp4", "--input-width=320", "--input-loop", "-1", "--headless", "out.mkv"])
        self.assertTrue(ok)
        self.assertEqual(rest, ["viewer", "in.mp4", "out.mkv"])
        self.assertEqual(options.props.input_width, 320)
        self.assertEqual(options.props.input_loop, -1)
        self.assertTrue(options.props.headless)

    def test_refuse_what_there_is_not(self):
        options = GstWebRTCServer.VideoOptions.new()
        with self.assertRaises(GLib.Error) as caught:
            options.parse(["viewer", "--input-width=320", "--input-wide=5"])
        self.assertTrue(caught.exception.matches(
            GstWebRTCServer.error_quark(), GstWebRTCServer.Error.FAILED))
        self.assertIn("--input-wide", caught.exception.message)
        self.assertEqual(options.props.input_width, 0)


class Source(unittest.TestCase):
    def test_gives_frames(self):
        source = GstWebRTCServer.VideoSource.new_with_options(
            "test://ball", GstWebRTCServer.VideoOptions(num_frames=3, format="RGB"))
        frames = []
        while source.is_streaming():
            frame = source.capture(PATIENCE)
            if frame is not None:
                frames.append(frame)
        self.assertEqual(len(frames), 3)
        caps = frames[0].get_caps().get_structure(0)
        self.assertEqual(caps.get_string("format"), "RGB")
        self.assertEqual(frames[0].get_buffer().get_size(), 320 * 240 * 3)
        self.assertLess(frames[0].get_buffer().pts, frames[1].get_buffer().pts)
        self.assertEqual(source.get_stats().get_uint64("frames"), (True, 3))
        self.assertTrue(source.is_live())
        self.assertEqual(source.get_uri(), "test://ball")

    def test_is_closed_from_another_thread(self):
        source = GstWebRTCServer.VideoSource.new("test://")

        def capture():
            while source.is_streaming():
                source.capture(-1)

        waiting = threading.Thread(target=capture)
        waiting.start()
        self.assertIsNotNone(source.capture(-1))
        source.close()
        waiting.join(PATIENCE / 1000)
        self.assertFalse(waiting.is_alive())
        self.assertFalse(source.is_streaming())

    def test_says_what_is_wrong(self):
        for uri, code, words in (
                ("ftp://host/x", GstWebRTCServer.Error.INVALID_URI, "ftp"),
                ("none.mp4", GstWebRTCServer.Error.FAILED, "none.mp4"),
                ("test://lion", GstWebRTCServer.Error.INVALID_URI, "smpte")):
            with self.assertRaises(GLib.Error) as caught:
                GstWebRTCServer.VideoSource.new(uri)
            self.assertTrue(
                caught.exception.matches(GstWebRTCServer.error_quark(), code), uri)
            self.assertIn(words, caught.exception.message)


if __name__ == "__main__":
    Gst.init(None)
    unittest.main()
