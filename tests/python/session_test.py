#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GstWebRTCServer's Stream and Session from Python, with peers that are real: webrtcsrc by WHEP."""

import json
import threading
import unittest

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20  # s
CAPS = "video/x-raw,format=I420,width=160,height=120,framerate=30/1"

Gst.init(None)


class Diary:
    """What signals said, on whichever thread."""

    def __init__(self):
        self.entries = []
        self.changed = threading.Condition()

    def note(self, *entry):
        with self.changed:
            self.entries.append(entry)
            self.changed.notify_all()

    def wait(self, *entry):
        with self.changed:
            return self.changed.wait_for(lambda: entry in self.entries, PATIENCE)


class Camera:
    """Gray pictures, thirty a second, for as long as the stream takes them."""

    def __init__(self, stream):
        self.stream = stream
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        caps = Gst.Caps.from_string(CAPS)
        frame = bytes([128]) * (160 * 120 * 3 // 2)
        number = 0
        try:
            while not self.stopped.wait(1 / 30):
                buffer = Gst.Buffer.new_wrapped(frame)
                buffer.pts = number * Gst.SECOND // 30
                self.stream.push_sample("video", Gst.Sample.new(buffer, caps, None, None))
                number += 1
        except GLib.Error:  # the stream has been closed
            pass

    def stop(self):
        self.stopped.set()
        self.thread.join()


class Viewer:
    """webrtcsrc, as a program elsewhere would have it."""

    def __init__(self, port, name):
        self.pipeline = Gst.parse_launch(
            f"webrtcsrc name=source uri=whep://127.0.0.1:{port}/{name}/whep ! video/x-raw "
            "! appsink name=sink sync=false drop=true max-buffers=1")
        self.pipeline.set_state(Gst.State.PLAYING)

    def picture(self):
        return self.pipeline.get_by_name("sink").emit("try-pull-sample", PATIENCE * Gst.SECOND)

    def stop(self):
        self.pipeline.set_state(Gst.State.NULL)


class SessionTest(unittest.TestCase):
    def setUp(self):
        self.diary = Diary()
        self.server = GstWebRTCServer.Server.new("webrtc://127.0.0.1:0")
        self.server.connect("stream-added", lambda _, stream: self.diary.note("stream", stream.props.name))
        self.server.connect("session-added", self.session_added)
        self.server.connect("session-removed",
                            lambda _, session: self.diary.note("removed", session.props.id))
        self.server.start()
        self.addCleanup(self.server.stop)

    def session_added(self, _server, session):
        name = session.props.id
        self.diary.note("added", name)
        session.connect("notify::connected", lambda session, _: self.diary.note("connected", name))
        session.connect("closed", lambda _, reason: self.diary.note("closed", name, reason))

    def watched(self):
        stream = self.server.add_stream("camera", ["video"])
        camera = Camera(stream)
        self.addCleanup(camera.stop)
        viewer = Viewer(self.server.get_port(), "camera")
        self.addCleanup(viewer.stop)
        self.assertIsNotNone(viewer.picture())
        session, = stream.get_sessions()
        return stream, viewer, session

    def test_a_stream_without_an_element_is_watched(self):
        stream, viewer, session = self.watched()
        self.assertTrue(self.diary.wait("stream", "camera"))
        self.assertTrue(self.diary.wait("connected", session.props.id))
        self.assertEqual((stream.props.name, stream.props.direction, stream.props.state),
                         ("camera", "out", "live"))
        self.assertEqual(stream.props.n_sessions, 1)
        self.assertEqual(self.server.get_streams(), [stream])
        self.assertEqual(self.server.get_sessions(), [session])
        self.assertEqual((session.props.role, session.props.peer_address, session.props.stream),
                         ("view", "127.0.0.1", stream))
        self.assertIn(session.props.video_codec, ("H264", "VP8", "VP9", "H265", "AV1"))
        self.assertIsNone(session.props.audio_codec)
        self.assertIsNotNone(session.props.connected_since)
        self.assertFalse(session.props.closed)
        numbers = session.get_statistics()
        self.assertGreater(numbers.frames, 0)
        self.assertGreater(numbers.key_frames, 0)
        self.assertGreater(numbers.bytes, 0)
        self.assertGreater(numbers.bitrate, 0)
        self.assertTrue(stream.get_statistics().has_field("sessions"))
        with self.assertRaises(GLib.Error) as refused:
            stream.push_sample("audio", Gst.Sample.new(Gst.Buffer.new(), None, None, None))
        self.assertIn("without audio", refused.exception.message)

    def test_close_ends_a_session_and_its_object_stays(self):
        _, _, session = self.watched()
        session.close("That was all.")
        session.close(None)
        self.assertTrue(self.diary.wait("closed", session.props.id, "kicked"))
        self.assertTrue(self.diary.wait("removed", session.props.id))
        self.assertTrue(session.props.closed)
        self.assertEqual(session.props.close_reason, "kicked")
        self.assertGreater(session.get_statistics().frames, 0)
        with self.assertRaises(GLib.Error) as late:
            session.send_message('"hello"')
        self.assertEqual(late.exception.code, GstWebRTCServer.Error.CLOSED)

    def test_a_stream_that_is_closed_takes_its_sessions_along(self):
        stream, _, session = self.watched()
        stream.close()
        stream.close()
        self.assertTrue(self.diary.wait("closed", session.props.id, "ended"))
        self.assertTrue(stream.props.closed)
        self.assertEqual(self.server.get_streams(), [])
        self.server.add_stream("camera", None)

    def test_what_cannot_be_is_said(self):
        for name, media in (("a/b", None), ("api", None), ("ok", ["smell"]), ("ok", [])):
            with self.assertRaises(GLib.Error, msg=name):
                self.server.add_stream(name, media)
        self.server.add_stream("twice", None)
        with self.assertRaises(GLib.Error) as taken:
            self.server.add_stream("twice", None)
        self.assertEqual(taken.exception.code, GstWebRTCServer.Error.NAME_TAKEN)
        stopped = GstWebRTCServer.Server.new("webrtc://127.0.0.1:0")
        with self.assertRaises(GLib.Error) as early:
            stopped.add_stream("camera", None)
        self.assertEqual(early.exception.code, GstWebRTCServer.Error.CLOSED)

    def test_messages_are_json(self):
        stream = self.server.add_stream("camera", None)
        stream.send_message(json.dumps({"to": "nobody"}))
        for text in ("{", json.dumps("x" * 70000)):
            with self.assertRaises(GLib.Error):
                stream.send_message(text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
