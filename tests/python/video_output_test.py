# SPDX-License-Identifier: LGPL-2.1-or-later
"""VideoOutput from Python, through the typelib: files, browsers' server, errors, the end, fork."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20  # s
STEP = Gst.SECOND // 25

Gst.init(None)


def picture(pts, width=160, height=120):
    buffer = Gst.Buffer.new_wrapped(bytes([200, 20, 20]) * width * height)
    buffer.pts = pts
    caps = Gst.Caps.from_string(f"video/x-raw,format=RGB,width={width},height={height}")
    return Gst.Sample.new(buffer, caps, None, None)


def play(description):
    """The number of frames and the last error's words, None without one."""
    pipeline = Gst.parse_launch(
        f"{description} ! decodebin ! videoconvert ! fakesink name=sink sync=false signal-handoffs=true")
    frames = []
    pipeline.get_by_name("sink").connect("handoff", lambda sink, buffer, pad: frames.append(buffer.pts))
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if message is None:
        return frames, "it neither plays nor ends"
    return frames, message.parse_error()[0].message if message.type == Gst.MessageType.ERROR else None


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def waiting():
    options = GstWebRTCServer.VideoOptions.new()
    options.props.wait = True
    return options


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def test_browser_and_file_share_one_encoder(self):
        path = self.path("film.mp4")
        output = GstWebRTCServer.VideoOutput.new_with_options(
            ["webrtc://127.0.0.1:0/output", path], None)
        controls = GstWebRTCServer.Controls.new()
        output.props.remote_controls = controls
        self.assertTrue(output.open())
        self.assertEqual(output.get_element(0).props.remote_controls, controls)
        uri = output.get_uris()[0]
        port = int(uri.split(":")[2].split("/")[0])
        self.assertGreater(port, 0)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
            self.assertEqual(answer.status, 200)
        # The queue of a stream is short: frames that come faster than they are encoded are dropped.
        for i in range(10):
            output.render(picture(i * STEP))
        stats = output.get_stats()
        self.assertEqual(stats.get_value("frames"), 10)
        self.assertEqual(stats.get_value("encoders"), 1)
        self.assertEqual(output.get_element(0).get_factory().get_name(), "webrtcserversink")
        self.assertIsNone(output.get_element(7))
        output.close()
        self.assertFalse(output.is_streaming())
        frames, error = play(f"filesrc location={path}")
        self.assertIsNone(error)
        self.assertGreater(len(frames), 0)
        with self.assertRaises(GLib.Error) as caught:
            output.render(picture(0))
        self.assertEqual(caught.exception.code, GstWebRTCServer.Error.CLOSED)

    def test_port_in_use_is_said_by_open(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for uri in (f"webrtc://127.0.0.1:{port}/output", f"rtsp://127.0.0.1:{port}/output"):
                output = GstWebRTCServer.VideoOutput.new(uri)
                with self.assertRaises(GLib.Error) as caught:
                    output.open()
                self.assertIn(str(port), caught.exception.message)

    def test_rtp_reaches_a_player_by_its_session_description(self):
        port = free_port(socket.SOCK_DGRAM)
        description = self.path("stream.sdp")
        output = GstWebRTCServer.VideoOutput.new(f"rtp://127.0.0.1:{port}?sdp={description}")
        player = Gst.parse_launch(
            f"udpsrc address=127.0.0.1 port={port} caps=application/x-rtp,media=video,"
            "clock-rate=90000,encoding-name=H264 ! rtph264depay ! decodebin ! videoconvert "
            "! fakesink name=sink sync=false signal-handoffs=true")
        shown = threading.Event()
        player.get_by_name("sink").connect("handoff", lambda *_: shown.set())
        player.set_state(Gst.State.PLAYING)
        player.get_state(0)
        for _ in range(PATIENCE * 25):
            output.render(picture(Gst.CLOCK_TIME_NONE))
            if shown.wait(0.04):
                break
        player.set_state(Gst.State.NULL)
        output.close()
        self.assertTrue(shown.is_set())
        text = pathlib.Path(description).read_text(encoding="utf-8")
        self.assertIn(f"m=video {port} RTP/AVP 96", text)
        self.assertIn("H264/90000", text)

    def test_rtsp_is_served(self):
        port = free_port()
        output = GstWebRTCServer.VideoOutput.new(f"rtsp://127.0.0.1:{port}/output")
        output.open()
        output.render(picture(Gst.CLOCK_TIME_NONE))
        player = Gst.parse_launch(
            f"rtspsrc location=rtsp://127.0.0.1:{port}/output protocols=tcp latency=0 ! decodebin "
            "! videoconvert ! fakesink name=sink sync=false signal-handoffs=true")
        shown = threading.Event()
        player.get_by_name("sink").connect("handoff", lambda *_: shown.set())
        player.set_state(Gst.State.PLAYING)
        for _ in range(PATIENCE * 25):
            output.render(picture(Gst.CLOCK_TIME_NONE))
            if shown.wait(0.04):
                break
        player.set_state(Gst.State.NULL)
        output.close()
        self.assertTrue(shown.is_set())

    def test_failing_target_leaves_the_others(self):
        path = self.path("film.mkv")
        uri = f"rtmp://127.0.0.1:{free_port()}/live/key"
        output = GstWebRTCServer.VideoOutput.new_with_options([uri, path], waiting())
        told = []
        failed = threading.Event()

        def on_failed(output, uri, message):
            told.append((uri, message))
            failed.set()

        output.connect("target-failed", on_failed)
        for i in range(5):
            output.render(picture(i * STEP))
        self.assertTrue(failed.wait(PATIENCE))
        for i in range(5, 10):
            output.render(picture(i * STEP))
        self.assertTrue(output.is_streaming())
        output.close()
        self.assertEqual([one[0] for one in told], [uri])
        frames, error = play(f"filesrc location={path}")
        self.assertIsNone(error)
        self.assertEqual(len(frames), 10)

    def test_disk_full_ends_the_target_in_words(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        path = self.path("film.mkv")
        os.symlink("/dev/full", path)
        output = GstWebRTCServer.VideoOutput.new_with_options([path], waiting())
        with self.assertRaises(GLib.Error) as caught:
            for i in range(100000):
                output.render(picture(i * STEP))
        self.assertIn("No target is left", caught.exception.message)
        self.assertFalse(output.is_streaming())
        output.close()

    def test_killed_recorder_leaves_a_file_that_plays(self):
        path = self.path("film.mp4")
        recorder = subprocess.Popen([sys.executable, __file__, "--record", path],
                                    stdout=subprocess.PIPE, text=True)
        self.addCleanup(recorder.stdout.close)
        self.assertEqual(recorder.stdout.readline().strip(), "recorded")
        recorder.send_signal(signal.SIGKILL)
        recorder.wait(PATIENCE)
        frames, error = play(f"filesrc location={path}")
        self.assertIsNone(error)
        self.assertGreater(len(frames), 25)

    def test_forked_child_gets_an_error(self):
        output = GstWebRTCServer.VideoOutput.new(self.path("film.mkv"))
        output.render(picture(0))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                output.render(picture(STEP))
            except GLib.Error as error:
                code = 0 if "fork" in error.message else 2
            os._exit(code)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        output.close()

    def test_display_is_left_out_when_headless(self):
        options = GstWebRTCServer.VideoOptions.new()
        options.props.headless = True
        path = self.path("film.mkv")
        output = GstWebRTCServer.VideoOutput.new_with_options(["display://", path], options)
        output.render(picture(0))
        output.close()
        self.assertEqual(len(play(f"filesrc location={path}")[0]), 1)


def record(path):
    output = GstWebRTCServer.VideoOutput.new_with_options([path], waiting())
    # Ten seconds. The queues are short, and who renders waits for room: all but the last frames
    # have been written by then, in fragments.
    for i in range(250):
        output.render(picture(i * STEP))
    print("recorded", flush=True)
    signal.pause()


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--record":
        record(sys.argv[2])
    else:
        unittest.main()
