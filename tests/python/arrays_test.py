#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Samples as arrays and arrays as samples: pixels, layouts, who owns which memory, what is refused."""

import gc
import sys
import unittest
import weakref

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstVideo, GstWebRTCServer  # noqa: E402, F401

from gi.overrides.GstWebRTCServer import memory  # noqa: E402
from gi.overrides.GstWebRTCServer.frame import from_sample, to_sample  # noqa: E402

SHAPES = {
    "RGB": (48, 64, 3), "BGR": (47, 63, 3), "RGBA": (5, 7, 4), "xBGR": (5, 7, 4), "GRAY8": (9, 13),
    "YUY2": (4, 6, 2), "I420": (72, 64), "YV12": (72, 62), "NV12": (72, 62), "NV21": (72, 64)}


def noise(*shape, kind=numpy.uint8):
    return numpy.random.default_rng(1).integers(0, 255, shape, dtype=kind)


def sample_with_strides(picture, stride, offset):
    """An RGB sample whose rows are further apart than they are long, as those of a decoder or a camera."""
    height, width = picture.shape[:2]
    memory_of = numpy.zeros(offset + stride * height, numpy.uint8)
    memory_of[offset:].reshape(height, stride)[:, :width * 3] = picture.reshape(height, width * 3)
    buffer = Gst.Buffer.new_wrapped(memory_of.tobytes())
    GstVideo.buffer_add_video_meta_full(
        buffer, GstVideo.VideoFrameFlags.NONE, GstVideo.VideoFormat.RGB, width, height, 1, [offset, 0, 0, 0],
        [stride, 0, 0, 0])
    caps = Gst.Caps.from_string(f"video/x-raw,format=RGB,width={width},height={height}")
    return Gst.Sample.new(buffer, caps, None, None)


class Pixels(unittest.TestCase):
    def test_are_the_same_after_the_way_there_and_back(self):
        for name, shape in SHAPES.items():
            for copy in (None, False, True):
                with self.subTest(name, copy=copy):
                    picture = noise(*shape)
                    frame = from_sample(to_sample(picture, format=name, pts=7, copy=copy))
                    numpy.testing.assert_array_equal(frame, picture)
                    self.assertEqual((frame.format, frame.pts), (name, 7))

    def test_of_sixteen_bits_are_the_same_too(self):
        picture = noise(9, 13, kind=numpy.uint16) * 251
        frame = from_sample(to_sample(picture))
        numpy.testing.assert_array_equal(frame, picture)
        self.assertEqual((frame.format, frame.dtype), ("GRAY16_LE", numpy.uint16))

    def test_of_arrays_that_are_not_contiguous_are_the_same(self):
        picture = noise(40, 80, 3)[::2, ::-2]
        for copy in (None, False):
            numpy.testing.assert_array_equal(from_sample(to_sample(picture, copy=copy)), picture)

    def test_are_where_the_meta_data_says(self):
        picture = noise(6, 10, 3)
        frame = from_sample(sample_with_strides(picture, stride=64, offset=16))
        numpy.testing.assert_array_equal(frame, picture)
        self.assertEqual(frame.strides, (64, 3, 1))

    def test_are_laid_out_as_gstreamer_has_them(self):
        for name, shape in SHAPES.items():
            sample = to_sample(noise(*shape), format=name)
            info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
            self.assertEqual(sample.get_buffer().get_size(), info.size, name)


class Formats(unittest.TestCase):
    def test_are_known_by_shape(self):
        for shape, name in (((4, 4), "GRAY8"), ((4, 4, 1), "GRAY8"), ((4, 4, 3), "RGB"), ((4, 4, 4), "RGBA")):
            self.assertEqual(to_sample(noise(*shape)).get_caps().get_structure(0).get_string("format"), name)

    def test_come_along_with_what_is_made_of_a_frame(self):
        frame = from_sample(to_sample(noise(8, 12, 3), format="BGR", pts=3))
        for made in (frame.copy(), frame[2:6], frame * 2, frame[:, ::-1].copy()):
            self.assertEqual((made.format, made.pts, made.sample), ("BGR", 3, None))
            again = from_sample(to_sample(made))
            self.assertEqual((again.format, again.pts), ("BGR", 3))

    def test_do_not_where_they_are_wrong(self):
        rgb = from_sample(to_sample(noise(8, 12, 3)))
        self.assertEqual(from_sample(to_sample(rgb[:, :, 0])).format, "GRAY8")
        nv12 = from_sample(to_sample(noise(12, 12), format="NV12"))
        luma = nv12[:8]
        numpy.testing.assert_array_equal(from_sample(to_sample(luma)), luma)
        self.assertEqual(from_sample(to_sample(luma)).format, "GRAY8")

    def test_are_the_outputs_unless_the_frame_has_one(self):
        self.assertEqual(from_sample(to_sample(noise(4, 4, 3), usual="BGR")).format, "BGR")
        self.assertEqual(from_sample(to_sample(noise(4, 4), usual="BGR")).format, "GRAY8")
        frame = from_sample(to_sample(noise(4, 4, 3), format="RGB"))
        self.assertEqual(from_sample(to_sample(frame.copy(), usual="BGR")).format, "RGB")


class Memory(unittest.TestCase):
    def setUp(self):
        gc.collect()
        self.assertEqual(memory.collect(), 0)

    def test_of_a_frame_is_the_samples(self):
        sample = to_sample(noise(16, 16, 3), copy=False)
        self.assertTrue(numpy.shares_memory(from_sample(sample), from_sample(sample)))

    def test_of_a_frame_lives_for_as_long_as_any_part_of_it(self):
        picture = noise(16, 16, 3)
        expected = picture[3, :, 1].copy()
        frame = from_sample(to_sample(picture, copy=False))
        part = frame[3][:, 1]
        gone = weakref.ref(picture)
        del picture, frame
        gc.collect()
        self.assertEqual(memory.collect(), 1)
        self.assertIsNotNone(gone())
        numpy.testing.assert_array_equal(part, expected)
        del part
        gc.collect()
        self.assertEqual(memory.collect(), 0)
        self.assertIsNone(gone())

    def test_that_is_lent_is_kept_and_given_back(self):
        picture = noise(16, 16, 3)
        before = sys.getrefcount(picture)
        samples = [to_sample(picture, copy=False) for _ in range(100)]
        self.assertGreaterEqual(sys.getrefcount(picture), before + 100)
        del samples
        self.assertEqual(memory.collect(), 0)
        self.assertEqual(sys.getrefcount(picture), before)

    def test_that_others_may_write_into_is_copied(self):
        picture = noise(16, 16, 3)
        sample = to_sample(picture)
        expected = picture.copy()
        picture[:] = 0
        numpy.testing.assert_array_equal(from_sample(sample), expected)

    def test_that_nobody_writes_into_is_not(self):
        picture = noise(16, 16, 3)
        picture.flags.writeable = False
        self.assertTrue(numpy.shares_memory(from_sample(to_sample(picture)), picture))

    def test_of_a_frame_is_read_only_and_stays_so(self):
        frame = from_sample(to_sample(noise(16, 16, 3)))
        with self.assertRaises(ValueError):
            frame[0, 0] = 1
        with self.assertRaises(ValueError):
            frame.flags.writeable = True
        frame.copy()[0, 0] = 1

    def test_that_was_lent_is_not_changed_in_place_by_an_element(self):
        picture = noise(16, 16, 3)
        buffer = to_sample(picture, copy=False).get_buffer()
        self.assertTrue(buffer.peek_memory(0).mini_object.flags & Gst.MemoryFlags.READONLY)


class Refusals(unittest.TestCase):
    def refused(self, error, words, call, *arguments, **keywords):
        with self.assertRaises(error) as caught:
            call(*arguments, **keywords)
        self.assertIn(words, str(caught.exception))

    def test_name_what_is_wrong_with_an_array(self):
        self.refused(TypeError, "float64", to_sample, numpy.zeros((4, 4, 3)))
        self.refused(TypeError, "bool", to_sample, numpy.zeros((4, 4), bool))
        self.refused(TypeError, "uint8", to_sample, noise(4, 4, kind=numpy.uint16), format="GRAY8")
        self.refused(ValueError, "(4, 4, 5)", to_sample, noise(4, 4, 5))
        self.refused(ValueError, "(4,)", to_sample, noise(4))
        self.refused(ValueError, "0×4", to_sample, noise(4, 0, 3))
        self.refused(ValueError, "40000×1", to_sample, noise(1, 40000))
        self.refused(ValueError, "'RGBX'", to_sample, noise(4, 4, 4), format="RGBX")
        self.refused(ValueError, "(height, width, 3)", to_sample, noise(4, 4, 4), format="RGB")
        self.refused(ValueError, "height × 3 / 2", to_sample, noise(7, 4), format="NV12")
        self.refused(ValueError, "pts", to_sample, noise(4, 4), pts=-1)

    def test_name_an_odd_size_that_has_no_array(self):
        for name in ("I420", "NV12"):
            for width, height in ((31, 20), (30, 21)):
                caps = Gst.Caps.from_string(f"video/x-raw,format={name},width={width},height={height}")
                size = GstVideo.VideoInfo.new_from_caps(caps).size
                sample = Gst.Sample.new(Gst.Buffer.new_wrapped(bytes(size)), caps, None, None)
                with self.assertRaisesRegex(ValueError, f"{name} of {width}×{height} is no array"):
                    from_sample(sample)

    def test_name_what_is_wrong_with_a_sample(self):
        buffer = Gst.Buffer.new_wrapped(bytes(100))
        for caps, words in (("video/x-h264", "video/x-h264"), ("video/x-raw,format=I420_10LE,width=4,height=4", "I420_10LE"),
                            ("video/x-raw,format=RGB,width=100,height=100", "100 bytes"),
                            ("video/x-raw,format=RGB", "There is no such video")):
            self.refused(ValueError, words, from_sample, Gst.Sample.new(buffer, Gst.Caps.from_string(caps), None, None))
        self.refused(ValueError, "without caps", from_sample, Gst.Sample.new(buffer, None, None, None))
        self.refused(ValueError, "no buffer", from_sample, Gst.Sample.new(None, None, None, None))


if __name__ == "__main__":
    Gst.init(None)
    unittest.main(verbosity=2)
