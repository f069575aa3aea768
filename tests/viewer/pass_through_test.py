# SPDX-License-Identifier: LGPL-2.1-or-later
"""What comes encoded goes out as it came, and is encoded anew where it has to be."""

import pathlib
import re
import shutil
import signal
import tempfile
import unittest
import urllib.request

import media
from media import HEIGHT, RATE, WIDTH
from program import PATIENCE, Program, free_port, run


class PassThroughTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="viewer-pass-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.film = self.folder / "film.mp4"
        media.make_film(self.film)

    def convert(self, *arguments):
        program = run(*arguments, cwd=self.folder)
        self.assertEqual(program.process.returncode, 0, program.story())
        self.assertEqual(program.stderr, "")
        return program

    def units(self, name, codec="h264"):
        return media.access_units(self.folder / name, codec)

    def test_files_have_the_same_frames(self):
        self.convert("film.mp4", "a.mkv", "b.mp4", "c.ts", "--output-save=d.mov")
        before = self.units("film.mp4")
        self.assertEqual(len(before), 2 * RATE)
        for name in ("a.mkv", "b.mp4", "c.ts", "d.mov"):
            with self.subTest(name):
                self.assertEqual(self.units(name), before)

    def test_vp8_too(self):
        media.make_film(self.folder / "film.mkv")
        self.convert("film.mkv", "a.webm")
        before = self.units("film.mkv", "vp8")
        self.assertEqual(len(before), 2 * RATE)
        self.assertEqual(self.units("a.webm", "vp8"), before)

    def test_options_that_need_pictures(self):
        before = self.units("film.mp4")
        for option in ("--output-bitrate=100000", "--output-encoder=x264enc", "--input-width=80",
                       "--input-decoder=avdec_h264"):
            with self.subTest(option):
                self.convert(option, "film.mp4", "a.mp4")
                self.assertNotEqual(self.units("a.mp4"), before)
                self.assertEqual(len(media.read(self.folder / "a.mp4").times), 2 * RATE)

    def test_another_codec(self):
        self.convert("--output-codec=vp8", "film.mp4", "a.mkv")
        self.assertEqual(len(self.units("a.mkv", "vp8")), 2 * RATE)
        self.assertEqual(media.read(self.folder / "a.mkv").wrong, [])

    def test_what_one_output_does_not_take_is_encoded_for_it_alone(self):
        media.make_film(self.folder / "film.mkv")
        self.convert("film.mkv", "a.mkv", "b.mp4")
        self.assertEqual(self.units("a.mkv", "vp8"), self.units("film.mkv", "vp8"))
        self.assertEqual(len(self.units("b.mp4")), 2 * RATE)
        self.assertEqual(media.read(self.folder / "b.mp4").wrong, [])

    def test_input_save_has_what_was_read(self):
        self.convert("film.mp4", "--input-save=saved.mkv", "--input-flip=180", "a.mp4")
        self.assertEqual(self.units("saved.mkv"), self.units("film.mp4"))

    def watch(self, *arguments, least=RATE):
        """What a viewer sees, the encoder that the server names, and what the program said."""
        port = free_port()
        program = Program("--input-loop=-1", *arguments, f"webrtc://127.0.0.1:{port}/output",
                          cwd=self.folder)
        self.addCleanup(program.close)
        program.wait_for("Open")
        frames = media.Frames(f"webrtcserversrc uri=whep://127.0.0.1:{port}/output/whep")
        self.addCleanup(frames.stop)
        self.assertTrue(frames.wait_for_right(least), program.story())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            metrics = answer.read().decode()
        encoder = re.search(r'webrtcserver_encoder_info\{[^}]*encoder="([^"]*)"', metrics)
        frames.stop()
        self.assertEqual(program.end(signal.SIGINT), 0, program.story())
        self.assertEqual(frames.sizes, {(WIDTH, HEIGHT)})
        return encoder[1], program.stdout

    def test_browsers_get_a_film_as_it_is(self):
        encoder, said = self.watch("film.mp4")
        self.assertEqual(encoder, "none")
        self.assertNotIn("anew", said)

    def test_b_frames_are_encoded_anew_for_browsers(self):
        media.make(f"{media.PICTURES % (2 * RATE)} ! x264enc bframes=2 b-adapt=false "
                   f"speed-preset=ultrafast key-int-max={RATE} ! h264parse ! mp4mux ! "
                   f"filesink location={self.folder}/b.mp4")
        encoder, said = self.watch("b.mp4")
        self.assertNotEqual(encoder, "none")
        self.assertIn("B-frames", said)

    def test_h265_is_encoded_anew_for_browsers(self):
        if not media.Gst.ElementFactory.find("x265enc"):
            self.skipTest("there is no x265enc")
        media.make(f"{media.PICTURES % (2 * RATE)} ! x265enc speed-preset=ultrafast "
                   f"tune=zerolatency key-int-max={RATE} ! h265parse ! mp4mux ! "
                   f"filesink location={self.folder}/h265.mp4")
        encoder, said = self.watch("h265.mp4")
        self.assertNotEqual(encoder, "none")
        self.assertIn("H.265", said)


if __name__ == "__main__":
    unittest.main()
