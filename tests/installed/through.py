# SPDX-License-Identifier: LGPL-2.1-or-later
"""through.py test|webrtc|launch PROGRAM … — a program from the outside: what it is given comes out.

PROGRAM gets two addresses, of its input and of its output. `webrtc`: red pictures are published to its
input by WHIP. `test`: its input is red pictures that GStreamer makes. `launch`: it is gst-launch-1.0,
with a pipeline of red pictures. Its output is watched by WHEP, and has to be red.
"""

import os
import subprocess
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo  # noqa: E402

PATIENCE = 60  # s
PICTURES = 5
RED = "videotestsrc is-live=true pattern=red ! video/x-raw,format=I420,width=160,height=120,framerate=30/1"


def is_red(sample):
    info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
    middle = info.stride[0] * (info.height // 2) + 3 * (info.width // 2)
    red, green, blue = sample.get_buffer().extract_dup(middle, 3)
    return red > 200 and green < 60 and blue < 60


def watch(uri, program):
    """PICTURES of what is at `uri`. The clients of WHIP and WHEP ask again until somebody listens."""
    pipeline = Gst.parse_launch(
        f"webrtcserversrc name=source uri={uri} source. ! videoconvert ! video/x-raw,format=RGB ! "
        "appsink name=pictures sync=false max-buffers=1 drop=true")
    pictures = pipeline.get_by_name("pictures")
    pipeline.set_state(Gst.State.PLAYING)
    try:
        seen = 0
        for _ in range(PATIENCE):
            sample = pictures.emit("try-pull-sample", Gst.SECOND)
            # The first may be grey: of a stream that began without its key frame.
            if sample and is_red(sample):
                seen += 1
                if seen == PICTURES:
                    return
            if program.poll() is not None:
                raise SystemExit(f"the program has ended: {program.returncode}")
            if sample is None and pictures.get_property("eos"):
                raise SystemExit("the stream has ended")
        raise SystemExit(f"{seen} red pictures came, not {PICTURES}")
    finally:
        pipeline.set_state(Gst.State.NULL)


def main():
    how, *command = sys.argv[1:]
    Gst.init(None)
    # An address of this process alone, so that the port is free.
    number = os.getpid()
    host = f"127.{number >> 16 & 127 | 128}.{number >> 8 & 255}.{number & 255}:8554"
    arguments = {
        "test": ["test://red", f"webrtc://{host}/output"],
        "webrtc": [f"webrtc://{host}/input", f"webrtc://{host}/output"],
        "launch": RED.split() + ["!", "webrtcsink", f"uri=webrtc://{host}/output"],
    }[how]
    publisher = None
    program = subprocess.Popen(command + arguments)
    try:
        if how == "webrtc":
            publisher = Gst.parse_launch(f"{RED} ! webrtcserversink uri=whip://{host}/input/whip")
            publisher.set_state(Gst.State.PLAYING)
        watch(f"whep://{host}/output/whep", program)
    finally:
        program.terminate()
        program.wait(PATIENCE)
        if publisher:
            publisher.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
