#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arrays of floats, captured into and rendered, and arrays of a CUDA device: those by a double of the driver."""

import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 60_000  # ms
WIDTH, HEIGHT = 64, 48
SHAPES = {"RGB": (HEIGHT, WIDTH, 3), "RGBA": (HEIGHT, WIDTH, 4), "CHW": (3, HEIGHT, WIDTH)}
VideoOutput, VideoSource = GstWebRTCServer.VideoOutput, GstWebRTCServer.VideoSource


def red_source(**options):
    return VideoSource("test://red", input_width=WIDTH, input_height=HEIGHT, **options)


def of_colour(name, colour, kind=numpy.float32):
    """A picture of one colour, from 0 to 1."""
    planes = [numpy.full((HEIGHT, WIDTH), value, kind) for value in (*colour, 1)]
    return numpy.stack(planes[:3]) if name == "CHW" else numpy.stack(planes[:SHAPES[name][2]], axis=2)


def colour_of(picture, name):
    """Of the middle, without alpha."""
    middle = picture[:, HEIGHT // 2, WIDTH // 2] if name == "CHW" else picture[HEIGHT // 2, WIDTH // 2]
    return [float(value) for value in middle[:3]]


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.images = pathlib.Path(folder.name, "picture_%03d.png")

    def shown(self):
        """What has been written."""
        with VideoSource(self.images) as source:
            return list(source)


class Floats(InFolder):
    def test_are_shown_in_their_colours(self):
        for name, shape in SHAPES.items():
            with self.subTest(name), VideoOutput(self.images, wait=True) as output:
                picture = of_colour(name, (0.8, 0.4, 0.2))
                self.assertEqual(picture.shape, shape)
                output.render(picture, white=1, pts=0)
            numpy.testing.assert_array_equal(self.shown()[0][HEIGHT // 2, WIDTH // 2], (204, 102, 51))

    def test_are_shown_as_they_were_before_a_network_normalised_them(self):
        mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        picture = (of_colour("RGB", (0.8, 0.4, 0.2)) - mean) / deviation
        with VideoOutput(self.images, wait=True) as output:
            output.render(picture.astype(numpy.float32), white=1, mean=mean, deviation=deviation)
            output.render(255 * of_colour("CHW", (0.8, 0.4, 0.2)), white=255)
        for frame in self.shown():
            numpy.testing.assert_array_equal(frame[0, 0], (204, 102, 51))

    def test_need_not_follow_each_other_in_memory(self):
        wide = numpy.zeros((HEIGHT, 2 * WIDTH, 3), numpy.float32)
        wide[:, ::2] = (0, 0, 1)
        with VideoOutput(self.images, wait=True) as output:
            output.render(wide[:, ::2], white=1)
        numpy.testing.assert_array_equal(self.shown()[0][3, 3], (0, 0, 255))

    def test_are_captured_into_an_array_of_the_callers(self):
        for name, shape in SHAPES.items():
            with self.subTest(name), red_source(num_frames=2) as source:
                target = numpy.zeros(shape, numpy.float32)
                self.assertIsInstance(source.capture_into(target, PATIENCE, white=1), int)
                red, green, blue = colour_of(target, name)
                self.assertGreater(red, 0.95)
                self.assertLess(max(green, blue), 0.05)
                self.assertIsNotNone(source.capture_into(target, PATIENCE, white=1, mean=0.5, deviation=0.5))
                self.assertLess(colour_of(target, name)[2], -0.9)
                self.assertIsNone(source.capture_into(target, 0, white=1))
                self.assertFalse(source.is_streaming())

    def test_of_a_part_of_an_array_are_captured_too(self):
        whole = numpy.full((3, HEIGHT + 4, WIDTH + 8), 7, numpy.float32)
        with red_source() as source:
            source.capture_into(whole[:, 2:-2, 4:-4], PATIENCE, white=255)
        self.assertGreater(whole[0, 2, 4], 250)
        for edge in (whole[:, :2], whole[:, -2:], whole[:, :, :4], whole[:, :, -4:]):
            self.assertTrue((edge == 7).all())


class Bytes(InFolder):
    def test_are_captured_as_they_are_named(self):
        with red_source() as source:
            bgr = numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8)
            source.capture_into(bgr, PATIENCE, format="BGR")
            self.assertGreater(bgr[5, 5, 2], 250)
            planes = numpy.zeros((HEIGHT * 3 // 2, WIDTH), numpy.uint8)
            for name in ("NV12", "I420"):
                source.capture_into(planes, PATIENCE, format=name)
                self.assertGreater(planes[-1, -1], 200)  # much red

    def test_that_do_not_fit_are_captured_by_what_does(self):
        with red_source(num_frames=1) as source:
            with self.assertRaisesRegex(GLib.Error, "64x48"):
                source.capture_into(numpy.zeros((10, 10), numpy.uint8), PATIENCE)
            self.assertTrue(source.is_streaming())
            self.assertIsNotNone(source.capture(PATIENCE))
            self.assertFalse(source.is_streaming())


class Refusals(InFolder):
    def test_say_what_is_missing(self):
        floats, small = numpy.zeros((4, 4, 3), numpy.float32), numpy.zeros((4, 4, 3), numpy.uint8)
        frozen = small.copy()
        frozen.flags.writeable = False
        output, source = VideoOutput(self.images), red_source()
        for error, words, call in (
                (TypeError, "white=1 or white=255", lambda: output.render(floats)),
                (TypeError, "need white=", lambda: source.capture_into(floats)),
                (TypeError, "float64", lambda: output.render(numpy.zeros((4, 4, 3)), white=1)),
                (TypeError, "float32", lambda: output.render(small, white=1)),
                (TypeError, "float32", lambda: output.render(small, mean=1)),
                (TypeError, "CUDA", lambda: output.render(floats, white=1, stream=3)),
                (ValueError, "'YUY2'", lambda: output.render(floats, "YUY2", white=1)),
                (ValueError, "no picture", lambda: output.render(numpy.zeros(4, numpy.float32), white=1)),
                (ValueError, "three", lambda: output.render(floats, white=1, mean=(1, 2))),
                (ValueError, "pts", lambda: output.render(floats, white=1, pts=-1)),
                (ValueError, "read-only", lambda: source.capture_into(frozen)),
                (ValueError, "follow each other", lambda: source.capture_into(small[:, ::2])),
                (GLib.Error, "white", lambda: output.render(floats, white=0))):
            with self.subTest(words), self.assertRaisesRegex(error, words):
                call()
        self.assertEqual(output.get_stats().get_value("frames"), 0)

    def test_of_a_device_that_is_not_there(self):
        class Elsewhere:
            __cuda_array_interface__ = {
                "shape": (4, 4, 3), "typestr": "|u1", "data": (4096, False), "version": 3, "strides": None}

        with self.assertRaisesRegex(GLib.Error, "(?i)cuda"):
            VideoOutput(self.images).render(Elsewhere())


class DeviceArray:
    """As CuPy and PyTorch show theirs."""

    def __init__(self, driver, shape, kind, stream=None):
        self.driver = driver
        self.size = int(numpy.prod(shape)) * int(kind[2:])
        address = ctypes.c_uint64()
        driver.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(self.size))
        self.address = address.value
        self.__cuda_array_interface__ = {
            "shape": shape, "typestr": kind, "data": (self.address, False), "version": 3, "stream": stream}

    def write(self, array):
        data = numpy.ascontiguousarray(array)
        self.driver.call("cuMemcpyHtoD_v2", ctypes.c_uint64(self.address), ctypes.c_void_p(data.ctypes.data),
                         ctypes.c_size_t(self.size))

    def read(self, like):
        result = numpy.empty_like(like)
        self.driver.call("cuMemcpyDtoH_v2", ctypes.c_void_p(result.ctypes.data), ctypes.c_uint64(self.address),
                         ctypes.c_size_t(self.size))
        return result


class Driver:
    """The double, by its functions; its device's primary context is current."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.call("cuInit", 0)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), 0)
        self.call("cuCtxPushCurrent_v2", context)

    def call(self, name, *arguments):
        result = getattr(self.library, name)(*arguments)
        if result != 0:
            raise RuntimeError(f"{name}: {result}")


def device_tests():
    """In a process of its own: this one has looked for a driver, and found none."""
    driver = Driver(os.environ["WEBRTCSERVER_LIBCUDA"])

    class OnDevice(InFolder):
        def test_are_rendered(self):
            tensor = DeviceArray(driver, SHAPES["CHW"], "<f4", stream=1)
            tensor.write(of_colour("CHW", (0.8, 0.4, 0.2)))
            with VideoOutput(self.images, wait=True) as output:
                output.render(tensor, white=1)
            for seen, wanted in zip(self.shown()[0][HEIGHT // 2, WIDTH // 2], (204, 102, 51)):
                self.assertAlmostEqual(seen, wanted, delta=4)

        def test_are_captured_into(self):
            tensor = DeviceArray(driver, SHAPES["RGB"], "|u1")
            with red_source() as source:
                self.assertIsNotNone(source.capture_into(tensor, PATIENCE, stream=0))
            driver.call("cuStreamSynchronize", ctypes.c_void_p(0))
            red, green, blue = colour_of(tensor.read(numpy.zeros(SHAPES["RGB"], numpy.uint8)), "RGB")
            self.assertGreater(red, 240)
            self.assertLess(max(green, blue), 12)

        def test_of_float64_are_refused(self):
            with self.assertRaisesRegex(TypeError, "<f8"):
                VideoOutput(self.images).render(DeviceArray(driver, SHAPES["RGB"], "<f8"), white=1)

    return OnDevice


class Device(unittest.TestCase):
    def test_in_a_process_with_a_driver(self):
        double = pathlib.Path(os.environ["WEBRTCSERVER_BUILD_DIR"], "tests/doubles/libcuda/libcuda.so.1")
        if not double.exists():
            self.skipTest("The double of the driver has not been built.")
        result = subprocess.run(
            [sys.executable, __file__, "OnDevice"], env={**os.environ, "WEBRTCSERVER_LIBCUDA": str(double)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE / 1000, check=False)
        if "needs clang or nvcc" in result.stdout or "no kernels" in result.stdout:
            self.skipTest("This build has no kernels.")
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    Gst.init(None)
    if "WEBRTCSERVER_LIBCUDA" in os.environ:
        OnDevice = device_tests()
    unittest.main(verbosity=2)
