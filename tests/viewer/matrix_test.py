# SPDX-License-Identifier: LGPL-2.1-or-later
"""video-viewer from any input to any output: one process for each input, with all outputs at once.

Each cell of the table is looked at: what comes out is decoded, and every picture has the bars that
went in.
"""

import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import media
from media import HEIGHT, LIVE, H264, RATE, WIDTH, Frames
from program import PATIENCE, Program, free_port

RTMP_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
ENOUGH = RATE  # right pictures in a row that each output has to show
INPUTS_BY_UDP = ("rtp", "rtsp", "webrtc", "whep")
OUTPUTS_BY_UDP = ("rtp", "webrtc", "whip")

table = {}


class RtmpServer:
    """nginx, as far as it takes streams and gives them out."""

    def __init__(self, folder):
        self.port = free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"load_module {RTMP_MODULE};\ndaemon off;\nmaster_process off;\nworker_processes 1;\n"
            f"pid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
            f"rtmp {{ server {{ listen 127.0.0.1:{self.port}; "
            "application live { live on; wait_key on; } } }\n")
        self.process = subprocess.Popen(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-p", folder, "-c", configuration],
            stderr=subprocess.PIPE, text=True)
        # Whoever connects waits in its queue until it accepts.
        while True:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self.process.poll() is not None:
                raise AssertionError(self.process.stderr.read())

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stderr.close()


class MatrixTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-matrix-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.rtmp = None
        if RTMP_MODULE.exists():
            cls.rtmp = RtmpServer(cls.folder)
            cls.addClassCleanup(cls.rtmp.close)

    def start(self, *arguments, **options):
        program = Program(*arguments, cwd=self.folder, **options)
        self.addCleanup(program.close)
        return program

    def frames(self, description):
        frames = Frames(description)
        self.addCleanup(frames.stop)
        return frames

    def launch(self, description):
        pipeline = media.launch(description)
        self.addCleanup(media.stop, pipeline)
        return pipeline

    def check_frames(self, row, column, frames):
        self.assertGreaterEqual(frames.right, ENOUGH, f"{frames.wrong} {frames.error}")
        self.assertEqual(frames.sizes, {(WIDTH, HEIGHT)})
        # A busy machine may lose a packet of what travels by UDP, and with it a picture.
        if row not in INPUTS_BY_UDP and column not in OUTPUTS_BY_UDP:
            self.assertEqual(frames.wrong, [])
        table[row][column] = len(frames.times)

    def check_row(self, row, source, *options, ready=None):
        """All outputs of one input. `ready` is called when the program reads."""
        table[row] = {}
        page, rtsp, whipped = free_port(), free_port(), free_port()
        rtp = free_port(socket.SOCK_DGRAM)
        films = {"mp4": self.folder / f"{row}-out.mp4", "mkv": self.folder / f"{row}-out.mkv",
                 "images": self.folder / f"{row}-out-%05d.jpg"}
        outputs = [f"webrtc://127.0.0.1:{page}/output",
                   f"whip://127.0.0.1:{whipped}/whipped/whip", f"rtsp://127.0.0.1:{rtsp}/film",
                   f"rtp://127.0.0.1:{rtp}", *films.values()]
        # These listen.
        streams = {
            "whip": self.frames(f"webrtcserversrc uri=webrtc://127.0.0.1:{whipped}/whipped"),
            "rtp": self.frames(
                f"udpsrc address=127.0.0.1 port={rtp} caps=application/x-rtp,media=video,"
                "clock-rate=90000,encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! "
                "avdec_h264")}
        if self.rtmp:
            outputs.append(f"rtmp://127.0.0.1:{self.rtmp.port}/live/{row}")
        viewer = self.start(*options, source, *outputs)
        viewer.wait_for(f"Open http://127.0.0.1:{page}/output")
        if ready:
            ready()
        # And these connect, once there is something.
        self.assertTrue(streams["rtp"].wait_for(1), viewer.story())
        streams["webrtc"] = self.frames(
            f"webrtcserversrc uri=whep://127.0.0.1:{page}/output/whep")
        streams["rtsp"] = self.frames(
            f"rtspsrc location=rtsp://127.0.0.1:{rtsp}/film protocols=tcp latency=0 ! "
            "rtph264depay ! h264parse ! avdec_h264")
        if self.rtmp:
            streams["rtmp"] = self.frames(
                f"rtmp2src location=rtmp://127.0.0.1:{self.rtmp.port}/live/{row} ! flvdemux ! "
                "h264parse ! avdec_h264")
        for column, frames in streams.items():
            with self.subTest(f"{row} to {column}"):
                frames.wait_for_right(ENOUGH)
                frames.stop()
                self.check_frames(row, column, frames)
        self.assertEqual(viewer.end(signal.SIGINT), 0, viewer.story())
        self.assertEqual(viewer.stderr, "")
        for column, film in films.items():
            with self.subTest(f"{row} to {column}"):
                frames = media.read(film)
                self.assertIsNone(frames.error)
                self.check_frames(row, column, frames)
                self.assertEqual(frames.times, sorted(set(frames.times)))

    def test_test(self):
        self.check_row("test", "test://smpte", f"--input-width={WIDTH}",
                       f"--input-height={HEIGHT}", f"--input-rate={RATE}")

    def test_mp4(self):
        film = self.folder / "film.mp4"
        media.make_film(film)
        self.check_row("mp4", film, "--input-loop=-1")

    def test_mkv(self):
        # VP8, which some of the outputs take and others do not.
        film = self.folder / "film.mkv"
        media.make_film(film)
        self.check_row("mkv", film, "--input-loop=-1", "--output-codec=h264")

    def test_images(self):
        images = self.folder / "image-%03d.jpg"
        media.make_images(images)
        self.check_row("images", images, "--input-loop=-1", f"--input-rate={RATE}")

    def test_rtp(self):
        port = free_port(socket.SOCK_DGRAM)
        self.launch(f"{LIVE} ! {H264} config-interval=-1 ! rtph264pay aggregate-mode=zero-latency "
                    f"! udpsink host=127.0.0.1 port={port} sync=false")
        self.check_row("rtp", f"rtp://127.0.0.1:{port}", "--input-codec=h264")

    def test_rtsp(self):
        port, packets = free_port(), free_port(socket.SOCK_DGRAM)
        sent = self.frames(f"udpsrc address=127.0.0.1 port={packets} caps=application/x-rtp,"
                           "media=video,clock-rate=90000,encoding-name=H264,payload=96 ! "
                           "rtph264depay ! h264parse ! avdec_h264")
        self.start("test://smpte", f"rtsp://127.0.0.1:{port}/camera",
                   f"rtp://127.0.0.1:{packets}", f"--input-width={WIDTH}",
                   f"--input-height={HEIGHT}", f"--input-rate={RATE}")
        self.assertTrue(sent.wait_for(1))
        self.check_row("rtsp", f"rtsp://127.0.0.1:{port}/camera")

    def test_webrtc(self):
        port = free_port()
        self.check_row(
            "webrtc", f"webrtc://127.0.0.1:{port}/input",
            ready=lambda: self.launch(
                f"{LIVE} ! {H264} ! webrtcserversink uri=whip://127.0.0.1:{port}/input/whip"))

    def test_whep(self):
        port = free_port()
        self.launch(f"{LIVE} ! {H264} ! webrtcserversink uri=webrtc://127.0.0.1:{port}/film")
        self.check_row("whep", f"whep://127.0.0.1:{port}/film/whep")


def print_table():
    columns = ("webrtc", "whip", "rtsp", "rtp", "rtmp", "mp4", "mkv", "images")
    print(" " * 8 + "".join(f"{column:>8}" for column in columns))
    for row, cells in table.items():
        print(f"{row:<8}" + "".join(f"{cells.get(column, '-'):>8}" for column in columns))
    if not RTMP_MODULE.exists():
        print("rtmp is left out: nginx's RTMP module is not there (libnginx-mod-rtmp)")


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    print_table()
    sys.exit(not result.wasSuccessful())
