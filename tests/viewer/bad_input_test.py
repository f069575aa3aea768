# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cannot be meant, is not there or must not be done: said in words, and nothing is lost."""

import os
import pathlib
import re
import shutil
import socket
import tempfile
import unittest

import media
from program import PROGRAM, Program, free_port, run

DOCUMENTS = pathlib.Path(__file__).resolve().parents[2]


class BadInputTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-bad-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.film = cls.folder / "film.mp4"
        media.make_film(cls.film, 5)

    def refused(self, status, words, *arguments, **options):
        """The program says `words` in one sentence and ends with the status."""
        with self.subTest(" ".join(map(str, arguments))):
            program = run(*arguments, cwd=self.folder, **options)
            self.assertEqual(program.process.returncode, status, program.story())
            self.assertRegex(program.stderr, words)
            self.assertTrue(program.stderr.startswith("video-viewer: "), program.story())
            self.assertEqual(program.stderr.count("\n"), 1, program.story())
            self.assertEqual(program.stdout, "", program.story())

    def test_flags(self):
        for words, *arguments in (
                ("no input",),
                ("--bitrate", "--bitrate=1", "test://"),
                ("--input-width.*wide", "--input-width=wide", "test://"),
                ("--input-width.*-1", "--input-width=-1", "test://"),
                ("--input-height.*1e9", "--input-height=1e9", "test://"),
                ("--input-rate.*fast", "--input-rate", "fast", "test://"),
                ("--input-codec.*h262", "--input-codec=h262", "test://"),
                ("--input-flip.*sideways", "--input-flip=sideways", "test://"),
                ("--input-loop.*often", "--input-loop=often", "test://"),
                ("--input-latency.*-2", "--input-latency=-2", "test://"),
                ("--input-save", "--input-save", "--headless", "test://"),
                ("--output-codec.*divx", "--output-codec=divx", "test://"),
                ("--output-bitrate.*4M", "--output-bitrate=4M", "test://"),
                ("--num-frames.*many", "--num-frames=many", "test://"),
                ("--headless.*maybe", "--headless=maybe", "test://"),
                ("--ssl-key", "test://", "--ssl-key")):
            self.refused(2, f"(?i){words}.*--help", *arguments)

    def test_addresses(self):
        for words, *addresses in (
                ("gopher://", "gopher://host/film"),
                ("test://.*output|output.*test://", "test://", "test://"),
                ("display://", "display://"),
                ("port", "test://", "webrtc://@:99999/output"),
                ("port", "rtp://@:zero"),
                ("\\.xyz", "test://", "film.xyz"),
                ("extension", "test://", "film"),
                ("rtmp://", "rtmp://host/live/key")):
            self.refused(2, words, *addresses)

    def test_what_is_not_there(self):
        for words, *arguments in (
                ("nowhere.mp4", "nowhere.mp4"),
                ("/dev/video97", "/dev/video97"),
                ("/dev/video97", "v4l2:///dev/video97"),
                ("none_", "none_%04d.jpg", "out.mp4"),
                ("nowhere", "test://", "nowhere/film.mp4"),
                ("nosuchdec", "--input-decoder=nosuchdec", self.film, "out.mp4"),
                ("nosuchenc", "--output-encoder=nosuchenc", "test://", "out.mp4"),
                ("display", "test://", "display://")):
            self.refused(1, words, *arguments)

    def test_what_is_no_video(self):
        text = self.folder / "text.mp4"
        text.write_text("No video at all.\n" * 100)
        (self.folder / "empty.mkv").touch()
        sound = self.folder / "sound.ogg"
        media.make(f"audiotestsrc num-buffers=10 ! vorbisenc ! oggmux ! filesink location={sound}")
        for name in ("text.mp4", "empty.mkv", "sound.ogg"):
            self.refused(1, name, name, "out.mp4")

    def test_what_does_not_answer(self):
        self.refused(1, "127.0.0.1", f"rtsp://127.0.0.1:{free_port()}/camera", "out.mp4")
        # A WHEP server is tried again and again.
        waiting = Program(f"whep://127.0.0.1:{free_port()}/live/whep", "out.mp4", cwd=self.folder)
        self.addCleanup(waiting.close)
        waiting.wait_for("Nothing has come from whep://.* it is waited for")
        self.assertEqual(waiting.end(), 0, waiting.story())

    def test_passwords_are_not_told(self):
        program = run(f"rtsp://me:s3cret@127.0.0.1:{free_port()}/camera", "out.mp4", cwd=self.folder)
        self.assertEqual(program.process.returncode, 1, program.story())
        self.assertIn("rtsp://…@127.0.0.1", program.stderr)
        self.assertNotIn("s3cret", program.stdout + program.stderr)

    def test_ports_that_others_have(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for scheme in ("webrtc", "rtsp"):
                self.refused_at_opening(f"{port}", "test://", f"{scheme}://127.0.0.1:{port}/output")

    def test_what_an_output_finds_out_when_it_opens(self):
        address = f"127.0.0.1:{free_port()}/output"
        self.refused_at_opening("no-such", "test://", f"webrtc://{address}?no-such=1")
        self.refused_at_opening("nowhere.pem", "--ssl-cert=nowhere.pem", "--ssl-key=nowhere.pem",
                                "test://", f"webrtcs://{address}")

    def refused_at_opening(self, words, *arguments):
        # The input has been read by then, and that has been said.
        program = run(*arguments, cwd=self.folder)
        self.assertEqual(program.process.returncode, 1, program.story())
        self.assertRegex(program.stderr, words)

    def test_options_that_contradict(self):
        self.refused(1, "(?i)vp8", "--output-codec=vp8", "test://", "out.mp4")
        self.refused(1, "(?i)x264enc", "--output-encoder=x264enc", "--output-codec=vp9", "test://",
                     "out.mkv")

    def test_the_input_is_not_overwritten(self):
        before = self.film.read_bytes()
        link = self.folder / "link.mp4"
        os.symlink(self.film, link)
        for name in ("film.mp4", "./film.mp4", link, f"file://{self.film}", f"file://{link}"):
            self.refused(1, "overwrite the input", "film.mp4", name)
            self.refused(1, "overwrite the input", "film.mp4", "other.mkv", f"--output-save={name}"
                         if not str(name).startswith("file") else name)
        self.refused(1, "same file", "film.mp4", "two.mkv", "./two.mkv")
        self.assertEqual(self.film.read_bytes(), before)
        self.assertFalse((self.folder / "other.mkv").exists())

    def test_images_that_are_read_are_not_overwritten(self):
        pattern = self.folder / "image_%03d.jpg"
        media.make_images(pattern, 3)
        before = {path: path.read_bytes() for path in self.folder.glob("image_*")}
        for source in (pattern, f"{self.folder}/image_*.jpg", self.folder):
            for target in ("image_%03d.jpg", "image_%d.jpg", "image_001.jpg"):
                self.refused(1, "overwrite the input", source, target)
        self.assertEqual(len(before), 3)
        self.assertEqual({path: path.read_bytes() for path in self.folder.glob("image_*")}, before)

    def test_help_and_documents_know_every_flag(self):
        program = run("--help")
        self.assertEqual(program.process.returncode, 0, program.story())
        flags = set(re.findall(r"--[a-z-]+", program.stdout))
        self.assertGreaterEqual(len(flags), 20, program.stdout)
        manual = (DOCUMENTS / "examples/video-viewer/video-viewer.1").read_text()
        page = (DOCUMENTS / "docs/video-viewer.md").read_text()
        for flag in flags:
            self.assertIn(flag.replace("-", "\\-"), manual)
            self.assertIn(f"`{flag}`", page)
        for flag in set(re.findall(r"`(--[a-z-]+)`", page)):
            self.assertIn(flag, flags)

    def test_version(self):
        program = run("--version")
        self.assertEqual(program.process.returncode, 0)
        self.assertRegex(program.stdout, r"^video-viewer of .* \d+\.\d+\.\d+, GStreamer 1\.")
        self.assertTrue(PROGRAM.exists())


if __name__ == "__main__":
    unittest.main()
