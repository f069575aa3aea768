# SPDX-License-Identifier: LGPL-2.1-or-later
"""How video-viewer ends: by its input, by signals, by what fails. Files can be played."""

import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import media
from media import HEIGHT, RATE, WIDTH
from program import PATIENCE, PROGRAM, Program, free_port, run

SIZE = (f"--input-width={WIDTH}", f"--input-height={HEIGHT}", f"--input-rate={RATE}")


class EndTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-end-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, *arguments, **options):
        program = Program(*arguments, cwd=self.folder, **options)
        self.addCleanup(program.close)
        return program

    def playable(self, name, least):
        frames = media.read(self.folder / name)
        self.assertIsNone(frames.error, name)
        self.assertEqual(frames.wrong, [], name)
        self.assertGreaterEqual(len(frames.times), least, name)
        return frames

    def recording(self, seconds=2):
        """A recording of a live input, of which so much is known to have been written."""
        port = free_port(socket.SOCK_DGRAM)
        seen = media.Frames(
            f"udpsrc address=127.0.0.1 port={port} caps=application/x-rtp,media=video,"
            "clock-rate=90000,encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! "
            "avdec_h264")
        self.addCleanup(seen.stop)
        program = self.start("test://smpte", *SIZE, "a.mp4", "b.mkv", f"rtp://127.0.0.1:{port}")
        self.assertTrue(seen.wait_for(seconds * RATE), program.story())
        return program

    def test_signals_end_the_files(self):
        for number, status, words in ((signal.SIGINT, 0, "Ctrl-C"),
                                      (signal.SIGTERM, 128 + 15, "SIGTERM"),
                                      (signal.SIGHUP, 128 + 1, "SIGHUP")):
            with self.subTest(number):
                program = self.recording(1)
                self.assertEqual(program.end(number), status, program.story())
                self.assertRegex(program.stdout, f"Ended by {words}: [0-9]+ frames in 0:0")
                self.assertEqual(program.stderr, "")
                for name in ("a.mp4", "b.mkv"):
                    self.playable(name, RATE)

    def test_killed_it_leaves_what_it_had(self):
        program = self.recording(4)
        program.end(signal.SIGKILL)
        # A fragment a second: all but the last two, whatever lay in queues.
        self.playable("a.mp4", RATE)
        self.playable("b.mkv", RATE)

    def test_the_end_of_the_input(self):
        media.make_film(self.folder / "film.mp4", 2 * RATE)
        program = run("film.mp4", "out.mkv", cwd=self.folder)
        self.assertEqual(program.process.returncode, 0, program.story())
        self.assertRegex(program.stdout, "The input has ended: 30 frames .* 0 dropped")
        self.assertEqual(len(self.playable("out.mkv", 2 * RATE).times), 2 * RATE)

    def test_so_many_frames(self):
        program = run("test://smpte", *SIZE, "--num-frames=20", "out.mp4", cwd=self.folder)
        self.assertEqual(program.process.returncode, 0, program.story())
        self.assertEqual(len(self.playable("out.mp4", 20).times), 20)

    def test_quiet(self):
        program = run("--quiet", "test://smpte", *SIZE, "--num-frames=2", "out.mkv",
                      cwd=self.folder)
        self.assertEqual((program.process.returncode, program.stdout, program.stderr), (0, "", ""))

    def test_nohup(self):
        program = self.start("-c", f'trap "" HUP; exec "{PROGRAM}" test:// out.mkv',
                             command="/bin/sh")
        program.wait_for("Reading")
        program.send(signal.SIGHUP)
        self.assertEqual(program.end(signal.SIGINT), 0, program.story())

    def test_a_reader_that_leaves_does_not_end_it(self):
        read, write = os.pipe()
        process = subprocess.Popen([PROGRAM, "test://smpte", *SIZE, "--num-frames=30", "out.mp4"],
                                   cwd=self.folder, stdout=write, stderr=subprocess.PIPE)
        os.close(read)
        os.close(write)
        self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
        process.stderr.close()
        self.playable("out.mp4", 30)

    def test_a_terminal_has_a_line_of_progress(self):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "test://smpte", *SIZE, "out.mp4"], cwd=self.folder,
                                   stdout=theirs, stderr=theirs,
                                   env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        text = b""
        try:
            while not re.search(rb"\r\x1b\[K0:0[1-9]  [0-9]+ frames  [0-9.]+ frames/s  "
                                rb"[0-9]+ dropped", text):
                part = os.read(ours, 4096)
                self.assertTrue(part, text)
                text += part
            # As a user does it.
            os.write(ours, b"\x03") if os.tcgetpgrp(ours) == process.pid else (
                process.send_signal(signal.SIGINT))
            while not re.search(rb"Ended by Ctrl-C", text):
                part = os.read(ours, 4096)
                self.assertTrue(part, text)
                text += part
            self.assertEqual(process.wait(PATIENCE), 0)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            os.close(ours)
        self.playable("out.mp4", 1)

    def test_a_full_disk_ends_one_output_and_not_the_others(self):
        os.symlink("/dev/full", self.folder / "full.mkv")
        program = run("test://smpte", *SIZE, "--num-frames=60", "full.mkv", "good.mkv",
                      cwd=self.folder)
        self.assertEqual(program.process.returncode, 1, program.story())
        self.assertRegex(program.stderr, "full.mkv is given up: .")
        self.playable("good.mkv", 60)

    def test_when_no_output_is_left_it_ends(self):
        os.symlink("/dev/full", self.folder / "full.mkv")
        program = run("test://smpte", *SIZE, "full.mkv", cwd=self.folder)
        self.assertEqual(program.process.returncode, 1, program.story())
        self.assertRegex(program.stderr, "full.mkv")

    def test_an_open_input_that_never_answers_can_be_interrupted(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            program = self.start(f"rtsp://127.0.0.1:{silent.getsockname()[1]}/camera", "out.mkv")
            client, _ = silent.accept()
            with client:
                client.recv(1)
                self.assertEqual(program.end(signal.SIGINT), 0, program.story())

    def test_systemd_is_told(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            path = str(self.folder / "notify")
            manager.bind(path)
            manager.settimeout(PATIENCE)
            program = self.start("test://smpte", *SIZE, "out.mkv", env={"NOTIFY_SOCKET": path})
            words = []
            while not (words and re.match("STATUS=0:0[1-9]  [0-9]+ frames", words[-1])):
                words.append(manager.recv(4096).decode())
            self.assertEqual(words[0], "READY=1")
            self.assertIn("\nWATCHDOG=1", words[-1])
            self.assertEqual(program.end(signal.SIGTERM), 128 + 15)
            while words[-1] != "STOPPING=1":
                words.append(manager.recv(4096).decode())


if __name__ == "__main__":
    unittest.main()
