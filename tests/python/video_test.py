#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""VideoSource and VideoOutput with numpy: through files and back, lifetimes, threads, options, what is refused."""

import gc
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

from gi.overrides.GstWebRTCServer import memory  # noqa: E402

PATIENCE = 60  # seconds
VideoOutput, VideoOptions, VideoSource = (
    GstWebRTCServer.VideoOutput, GstWebRTCServer.VideoOptions, GstWebRTCServer.VideoSource)


def pictures(count, height=48, width=64):
    return list(numpy.random.default_rng(1).integers(0, 255, (count, height, width, 3), dtype=numpy.uint8))


def gradients(count, height=96, width=128):
    """Pictures that a codec changes but little; each brighter than the one before."""
    y, x = numpy.mgrid[0:height, 0:width]
    base = numpy.stack([x, y, 127 - x + y], axis=2)
    return [(base * 0.9 + 6 * number).clip(0, 255).astype(numpy.uint8) for number in range(count)]


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.images = self.folder / "picture_%03d.png"

    def write(self, address, frames, **options):
        with VideoOutput(address, wait=True, **options) as output:
            for number, frame in enumerate(frames):
                output.render(frame, pts=number * Gst.SECOND // 25)


class Frames(InFolder):
    def test_are_the_same_from_images(self):
        written = pictures(7)
        self.write(self.images, written)
        with VideoSource(self.images) as source:
            read = list(source)
        self.assertEqual(len(read), 7)
        for before, after in zip(written, read):
            numpy.testing.assert_array_equal(after, before)
        self.assertEqual([frame.format for frame in read], ["RGB"] * 7)

    def test_have_the_format_that_is_asked_for(self):
        written = pictures(2)
        self.write(self.images, [picture[:, :, ::-1] for picture in written], format="BGR")
        for name, view in (("RGB", lambda frame: frame), ("BGR", lambda frame: frame[:, :, ::-1]),
                           ("RGBA", lambda frame: frame[:, :, :3])):
            with VideoSource(self.images, format=name) as source:
                frame = source.capture(PATIENCE * 1000)
            self.assertEqual(frame.format, name)
            numpy.testing.assert_array_equal(view(frame), written[0])

    def test_are_about_the_same_from_a_film(self):
        film = self.folder / "film.mkv"
        written = gradients(20)
        self.write(film, written)
        with VideoSource(film) as source:
            read = list(source)
        self.assertEqual(len(read), 20)
        for before, after in zip(written, read):
            self.assertLess(numpy.abs(before.astype(int) - after).mean(), 6)
        times = [frame.pts for frame in read]
        self.assertEqual([round((time - times[0]) / Gst.SECOND * 25) for time in times], list(range(20)))

    def test_outlive_their_source(self):
        written = pictures(3)
        self.write(self.images, written)
        source = VideoSource(self.images)
        frames = list(source)
        source.close()
        del source
        gc.collect()
        for before, after in zip(written, frames):
            numpy.testing.assert_array_equal(after, before)

    def test_pass_from_source_to_output_as_they_are(self):
        written = pictures(3)
        self.write(self.images, written)
        again = self.folder / "again_%03d.png"
        with VideoSource(self.images) as source, VideoOutput(again, wait=True) as output:
            for frame in source:
                output.render(frame)
        with VideoSource(again) as source:
            for before, after in zip(written, source):
                numpy.testing.assert_array_equal(after, before)
        self.assertEqual(len(list(self.folder.glob("again_*.png"))), 3)

    def test_that_were_lent_are_given_back(self):
        self.assertEqual(memory.collect(), 0)
        written = pictures(20)
        counts = list(map(sys.getrefcount, written))
        with VideoOutput(self.images, wait=True) as output:
            for number in range(20):
                output.render(written[number], pts=number * Gst.SECOND // 25, copy=False)
        self.assertEqual(memory.collect(), 0)
        self.assertEqual(list(map(sys.getrefcount, written)), counts)

    def test_come_once_each_to_several_threads(self):
        self.write(self.images, [numpy.full((16, 16), number, numpy.uint8) for number in range(60)])
        source = VideoSource(self.images, format="GRAY8")
        seen = []

        def consume():
            for frame in source:
                seen.append(int(frame[0, 0]))

        threads = [threading.Thread(target=consume) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(sorted(seen), list(range(60)))

    def test_are_samples_from_new_or_when_encoded(self):
        film = self.folder / "film.mkv"
        self.write(film, gradients(5))
        for source in (VideoSource.new(str(film)), VideoSource(film, encoded=True)):
            with source:
                self.assertIsInstance(source.capture(PATIENCE * 1000), Gst.Sample)
        with VideoSource(film) as source:
            self.assertEqual(source.capture_sample(PATIENCE * 1000).get_caps().get_structure(0).get_name(), "video/x-raw")


class Options(InFolder):
    def test_are_keywords(self):
        with VideoSource("test://", input_width=160, input_height=120, num_frames=3) as source:
            self.assertEqual([frame.shape for frame in source], [(120, 160, 3)] * 3)

    def test_of_an_object_are_taken_and_left_as_they_are(self):
        options = VideoOptions()
        options.props.input_width, options.props.input_height = 160, 120
        with VideoSource("test://", options, num_frames=1) as source:
            self.assertEqual([frame.shape for frame in source], [(120, 160, 3)])
        self.assertEqual((options.props.format or "", options.props.num_frames), ("", 0))

    def test_come_from_a_command_line(self):
        options = VideoOptions()
        ok, rest = options.parse(["program", "--input-width=160", "in", "--input-height", "120", "out"])
        self.assertTrue(ok)
        self.assertEqual(rest, ["program", "in", "out"])
        self.assertEqual((options.props.input_width, options.props.input_height), (160, 120))
        with self.assertRaisesRegex(GLib.Error, "--input-widht"):
            options.parse(["program", "--input-widht=160"])

    def test_that_there_are_not_are_named(self):
        with self.assertRaisesRegex(TypeError, "input_widht. Is it input_width?"):
            VideoSource("test://", input_widht=3)
        with self.assertRaisesRegex(TypeError, "no option nonsense"):
            VideoOutput(self.images, nonsense=3)
        with self.assertRaisesRegex(TypeError, "input_width cannot be 'wide'"):
            VideoSource("test://", input_width="wide")
        with self.assertRaisesRegex((OverflowError, TypeError, ValueError), "input_width cannot be -1"):
            VideoSource("test://", input_width=-1)
        with self.assertRaisesRegex(TypeError, "options is a VideoOptions, not dict"):
            VideoSource("test://", {"input_width": 3})


class Refusals(InFolder):
    def test_of_addresses(self):
        for error, call in ((GLib.Error, lambda: VideoSource(self.folder / "nothing.mp4")),
                            (GLib.Error, lambda: VideoSource("nonsense://")),
                            (GLib.Error, lambda: VideoOutput("nonsense://")),
                            (TypeError, lambda: VideoSource(8554)),
                            (TypeError, lambda: VideoOutput([8554]))):
            with self.assertRaises(error):
                call()

    def test_of_frames(self):
        with VideoOutput(self.images, wait=True) as output:
            for frame, words in (([1, 2], "not list"), (None, "not NoneType"), (numpy.zeros((4, 4)), "float64")):
                with self.assertRaisesRegex(TypeError, words):
                    output.render(frame)
            output.render(pictures(1)[0])
        self.assertEqual(len(list(self.folder.glob("*.png"))), 1)

    def test_after_close(self):
        output = VideoOutput(self.images)
        output.render(pictures(1)[0])
        output.close()
        with self.assertRaises(GLib.Error) as caught:
            output.render(pictures(1)[0])
        self.assertTrue(caught.exception.matches(GstWebRTCServer.error_quark(), GstWebRTCServer.Error.CLOSED))
        source = VideoSource("test://")
        source.close()
        self.assertIsNone(source.capture())
        self.assertFalse(source.is_streaming())

    def test_in_a_process_that_was_forked(self):
        with VideoSource("test://") as source:
            self.assertIsNotNone(source.capture(PATIENCE * 1000))
            child = os.fork()
            if child == 0:
                try:
                    source.capture(1000)
                    os._exit(1)
                except GLib.Error:
                    os._exit(0)
                finally:
                    os._exit(2)
            _pid, status = os.waitpid(child, 0)
            self.assertEqual(os.waitstatus_to_exitcode(status), 0)


class Waiting(unittest.TestCase):
    def test_leaves_pythons_lock_to_others(self):
        source = VideoSource("webrtc://127.0.0.1:0/input")  # to which nobody sends
        source.open()
        captured = []
        thread = threading.Thread(target=lambda: captured.append(source.capture_sample(-1)))
        thread.start()
        # It could not be counted so far while capture() held the lock.
        counted = sum(1 for _ in range(1_000_000))
        self.assertEqual((counted, captured), (1_000_000, []))
        self.assertTrue(source.is_streaming())
        source.close()
        thread.join(PATIENCE)
        self.assertEqual(captured, [None])

    def test_is_not_done_when_polling(self):
        with VideoSource("webrtc://127.0.0.1:0/input") as source:
            self.assertIsNone(source.capture(0))
            self.assertIsNone(source.capture(50))
            self.assertTrue(source.is_streaming())


class WithoutNumpy(unittest.TestCase):
    PROGRAM = """
import importlib.util
import gi
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "numpy" else real(name, *more)
gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer
Gst.init(None)
frames = list(GstWebRTCServer.VideoSource("test://", num_frames=2))
assert [type(frame) for frame in frames] == [Gst.Sample] * 2, frames
import sys
assert "numpy" not in sys.modules
"""

    def test_frames_are_samples(self):
        subprocess.run([sys.executable, "-c", self.PROGRAM], check=True, timeout=PATIENCE)


if __name__ == "__main__":
    Gst.init(None)
    unittest.main(verbosity=2)
