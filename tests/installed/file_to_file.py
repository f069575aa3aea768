# SPDX-License-Identifier: LGPL-2.1-or-later
"""file_to_file.py DIRECTORY PROGRAM … — a program that copies a film ends by itself, and its film plays."""

import pathlib
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

PATIENCE = 60  # s
FRAMES = 30


def run(description):
    """Plays the pipeline to its end and returns its "frames", if it has such an identity."""
    pipeline = Gst.parse_launch(description)
    seen = []
    counter = pipeline.get_by_name("frames")
    if counter:
        counter.connect("handoff", lambda element, buffer: seen.append(buffer.pts))
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if message is None:
        raise SystemExit(f"did not end: {description}")
    if message.type == Gst.MessageType.ERROR:
        raise SystemExit(f"{message.parse_error().gerror.message}: {description}")
    return seen


def main():
    directory, *command = sys.argv[1:]
    Gst.init(None)
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        film = pathlib.Path(scratch, "film.mkv")
        copy = pathlib.Path(scratch, "copy.mkv")
        run(f"videotestsrc num-buffers={FRAMES} ! video/x-raw,width=160,height=120,framerate=30/1 ! "
            f"vp8enc deadline=1 ! matroskamux ! filesink location={film}")
        subprocess.run([*command, film, copy], check=True, timeout=PATIENCE)
        times = run(f"filesrc location={copy} ! decodebin ! identity name=frames signal-handoffs=true ! "
                    "fakesink")
    # A file reads faster than an encoder writes, and render() does not wait unless it is told to.
    if not 0 < len(times) <= FRAMES:
        raise SystemExit(f"{len(times)} pictures of {FRAMES} are in the copy")
    if times != sorted(set(times)):
        raise SystemExit(f"the pictures of the copy are not in their order: {times}")


if __name__ == "__main__":
    main()
