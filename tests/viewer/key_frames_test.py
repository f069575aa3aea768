# SPDX-License-Identifier: LGPL-2.1-or-later
"""A viewer that has lost its picture gets a new one, also where nothing is encoded on the way: the
publisher is asked."""

import pathlib
import shutil
import signal
import tempfile
import threading
import unittest

import gi
import media
from program import PATIENCE, Program, free_port

gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo  # noqa: E402


class KeyFramesTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-keys-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_a_request_reaches_the_publisher(self):
        source, page = free_port(), free_port()
        program = Program(f"webrtc://127.0.0.1:{source}/input", f"webrtc://127.0.0.1:{page}/output",
                          cwd=self.folder)
        self.addCleanup(program.close)
        program.wait_for("Open")
        # It makes a key frame when it is asked, and otherwise never again.
        publisher = media.launch(
            f"{media.LIVE} ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=1000000 "
            f"! h264parse ! webrtcserversink uri=whip://127.0.0.1:{source}/input/whip")
        self.addCleanup(media.stop, publisher)
        program.wait_for("Reading")

        changed = threading.Condition()
        frames, keys = [], []

        def take(sink):
            buffer = sink.pull_sample().get_buffer()
            with changed:
                frames.append(buffer.pts)
                if not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT):
                    keys.append(buffer.pts)
                changed.notify_all()
            return Gst.FlowReturn.OK

        viewer = Gst.parse_launch(
            f"webrtcserversrc uri=whep://127.0.0.1:{page}/output/whep ! video/x-h264 ! h264parse ! "
            "appsink name=frames sync=false emit-signals=true")
        sink = viewer.get_by_name("frames")
        sink.connect("new-sample", take)
        viewer.set_state(Gst.State.PLAYING)
        self.addCleanup(media.stop, viewer)
        with changed:
            self.assertTrue(changed.wait_for(lambda: len(frames) > media.RATE, PATIENCE),
                            program.story())
            before = len(keys)
        self.assertGreater(before, 0)
        event = GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, True, 1)
        self.assertTrue(sink.get_static_pad("sink").push_event(event))
        with changed:
            self.assertTrue(changed.wait_for(lambda: len(keys) > before, PATIENCE),
                            f"{len(frames)} frames, {len(keys)} key frames")
        self.assertEqual(program.end(signal.SIGINT), 0, program.story())


if __name__ == "__main__":
    unittest.main()
