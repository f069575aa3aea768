# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures that can be recognised wherever they come out: colour bars, and how they are counted."""

import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp  # noqa: E402, F401

from program import PATIENCE  # noqa: E402

Gst.init(None)

WIDTH = 160
HEIGHT = 120
RATE = 15
# The bars of videotestsrc's smpte, from the left.
BARS = ((191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0),
        (0, 0, 191))
# Limited range, chroma of half the size and small encoders; other bars are 190 away.
TOLERANCE = 70

PICTURES = (f"videotestsrc pattern=smpte num-buffers=%d ! video/x-raw,format=I420,width={WIDTH},"
            f"height={HEIGHT},framerate={RATE}/1")
LIVE = PICTURES.replace("num-buffers=%d", "is-live=true")
H264 = f"x264enc tune=zerolatency speed-preset=ultrafast key-int-max={RATE} bitrate=400 ! h264parse"


def launch(description):
    """A pipeline that runs; `stop()` ends it."""
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    return pipeline


def stop(pipeline):
    pipeline.set_state(Gst.State.NULL)


def finish(pipeline):
    """Waits for the end of what a pipeline makes."""
    message = pipeline.get_bus().timed_pop_filtered(
        PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    stop(pipeline)
    if message is None:
        raise AssertionError("the pipeline does not end")
    if message.type == Gst.MessageType.ERROR:
        raise AssertionError(message.parse_error())


def make(description):
    finish(launch(description))


def make_film(path, frames=2 * RATE):
    """H.264 in MP4, or VP8 in Matroska, one key frame a second."""
    encoder, muxer = (H264, "mp4mux") if path.suffix == ".mp4" else (
        f"vp8enc deadline=1 cpu-used=8 keyframe-max-dist={RATE}", "matroskamux")
    make(f"{PICTURES % frames} ! {encoder} ! {muxer} ! filesink location={path}")


def make_images(pattern, frames=2 * RATE):
    make(f"{PICTURES % frames} ! jpegenc ! multifilesink location={pattern}")


def differences(sample):
    """What is not as in the bars: nothing, when the picture is right."""
    structure = sample.get_caps().get_structure(0)
    width, height = structure.get_value("width"), structure.get_value("height")
    done, memory = sample.get_buffer().map(Gst.MapFlags.READ)
    if not done:
        raise AssertionError("the picture cannot be read")
    try:
        data = bytes(memory.data)
    finally:
        sample.get_buffer().unmap(memory)
    stride = (width * 3 + 3) // 4 * 4
    found = []
    for index, bar in enumerate(BARS):
        x = int(width * (index + 0.5) / len(BARS))
        at = height // 3 * stride + x * 3
        pixel = tuple(data[at:at + 3])
        if any(abs(one - other) > TOLERANCE for one, other in zip(pixel, bar)):
            found.append(f"bar {index} is {pixel} and not {bar}")
    return found


class Frames:
    """What a pipeline with `! ` frames behind it shows, from whatever thread it comes."""

    TAIL = ("videoconvert ! video/x-raw,format=RGB ! "
            "appsink name=frames sync=false emit-signals=true")

    def __init__(self, description):
        self.changed = threading.Condition()
        self.times = []
        self.sizes = set()
        self.wrong = []
        self.right = 0  # pictures in a row, at most
        self.row = 0
        self.error = None
        self.ended = False
        self.pipeline = Gst.parse_launch(f"{description} ! {self.TAIL}")
        self.pipeline.get_by_name("frames").connect("new-sample", self.take)
        bus = self.pipeline.get_bus()
        bus.set_sync_handler(self.hear)
        self.pipeline.set_state(Gst.State.PLAYING)

    def take(self, sink):
        sample = sink.pull_sample()
        structure = sample.get_caps().get_structure(0)
        wrong = differences(sample)
        with self.changed:
            self.row = 0 if wrong else self.row + 1
            self.right = max(self.right, self.row)
            if wrong:
                self.wrong.append((len(self.times), wrong))
            self.times.append(sample.get_buffer().pts)
            self.sizes.add((structure.get_value("width"), structure.get_value("height")))
            self.changed.notify_all()
        return Gst.FlowReturn.OK

    def hear(self, _bus, message):
        if message.type in (Gst.MessageType.ERROR, Gst.MessageType.EOS):
            with self.changed:
                if message.type == Gst.MessageType.ERROR:
                    self.error = self.error or str(message.parse_error())
                self.ended = True
                self.changed.notify_all()
        return Gst.BusSyncReply.PASS

    def wait_for(self, count):
        """Until so many frames have come; whether they have."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.times) >= count or self.ended, PATIENCE)
            return len(self.times) >= count

    def wait_for_right(self, count):
        """Until so many right pictures have come one after another; whether they have."""
        with self.changed:
            self.changed.wait_for(lambda: self.right >= count or self.ended, PATIENCE)
            return self.right >= count

    def wait_for_end(self):
        with self.changed:
            return self.changed.wait_for(lambda: self.ended, PATIENCE)

    def stop(self):
        stop(self.pipeline)
        return self


def read(source):
    """All frames of a file or of images, which has to end by itself."""
    if "%" in str(source):
        description = (f"multifilesrc location={source} start-index=0 "
                       f"caps=image/jpeg,framerate={RATE}/1 ! jpegdec")
    else:
        description = f"filesrc location={source} ! decodebin"
    frames = Frames(description)
    ended = frames.wait_for_end()
    frames.stop()
    if not ended:
        raise AssertionError(f"{source} does not end")
    return frames


def slices(unit):
    """What of an access unit of H.264 is a picture: without delimiters and parameter sets, which
    come and go with the container."""
    return [nal.rstrip(b"\0") for nal in unit.split(b"\0\0\1")[1:] if nal[0] & 31 in (1, 5)]


def access_units(path, codec="h264"):
    """The frames of a file as they are encoded, without what a container adds."""
    units = []
    # VP8 has nothing to be parsed.
    parser = "matroskademux" if codec == "vp8" else (
        f"parsebin ! {codec}parse config-interval=-1 ! "
        f"video/x-{codec},stream-format=byte-stream,alignment=au")
    pipeline = Gst.parse_launch(
        f"filesrc location={path} ! {parser} ! appsink name=units sync=false")
    sink = pipeline.get_by_name("units")
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        sample = sink.try_pull_sample(PATIENCE * Gst.SECOND)
        if sample is None:
            break
        buffer = sample.get_buffer()
        unit = buffer.extract_dup(0, buffer.get_size())
        units.append(unit if codec == "vp8" else slices(unit))
    ended = sink.is_eos()
    stop(pipeline)
    if not ended:
        raise AssertionError(f"{path} does not end")
    return units
