# SPDX-License-Identifier: LGPL-2.1-or-later
"""An input that is lost on the way is looked for again, and the recording goes on."""

import pathlib
import shutil
import signal
import socket
import tempfile
import unittest

import media
from media import HEIGHT, RATE, WIDTH
from program import Program, free_port

RTP = ("udpsrc address=127.0.0.1 port={} caps=application/x-rtp,media=video,clock-rate=90000,"
       "encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! avdec_h264")


class LostTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-lost-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, *arguments):
        program = Program(*arguments, cwd=self.folder)
        self.addCleanup(program.close)
        return program

    def receiver(self):
        port = free_port(socket.SOCK_DGRAM)
        frames = media.Frames(RTP.format(port))
        self.addCleanup(frames.stop)
        return port, frames

    def camera(self, port):
        """An RTSP server that is known to serve."""
        packets, frames = self.receiver()
        program = self.start("test://smpte", f"--input-width={WIDTH}", f"--input-height={HEIGHT}",
                             f"--input-rate={RATE}", f"rtsp://127.0.0.1:{port}/camera",
                             f"rtp://127.0.0.1:{packets}")
        self.assertTrue(frames.wait_for(1), program.story())
        frames.stop()
        return program

    def test_an_rtsp_camera_that_comes_back(self):
        port = free_port()
        camera = self.camera(port)
        packets, seen = self.receiver()
        # Of another day.
        (self.folder / "saved-2.mkv").write_text("kept")
        viewer = self.start(f"rtsp://127.0.0.1:{port}/camera", "--input-save=saved.mkv", "out.mkv",
                            f"rtp://127.0.0.1:{packets}")
        self.assertTrue(seen.wait_for(RATE), viewer.story())
        camera.end(signal.SIGKILL)
        viewer.wait_for("It is looked for again", "stderr")
        before = len(seen.times)
        self.camera(port)
        viewer.wait_for("The input is back", "stderr")
        self.assertTrue(seen.wait_for(before + 2 * RATE), viewer.story())
        self.assertEqual(viewer.end(signal.SIGINT), 0, viewer.story())
        frames = media.read(self.folder / "out.mkv")
        self.assertIsNone(frames.error)
        self.assertEqual(frames.wrong, [])
        self.assertEqual(frames.times, sorted(set(frames.times)))
        self.assertGreater(len(frames.times), before + RATE)
        # A file of each part, and none overwritten.
        self.assertEqual((self.folder / "saved-2.mkv").read_text(), "kept")
        for name in ("saved.mkv", "saved-3.mkv"):
            self.assertGreater(len(media.read(self.folder / name).times), 0, name)


if __name__ == "__main__":
    unittest.main()
