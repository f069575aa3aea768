#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A browser's camera, with boxes around the faces, back in the browser.

The boxes are drawn into the picture or by browsers over it, and sent as JSON. See README.md.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time

import cv2
import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import GLib, Gst, GstVideo  # noqa: E402

CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uri-in", default="webrtc://@:8554/input", help="where the camera is sent to")
    parser.add_argument("--uri-out", default="webrtc://@:8554/output", help="where it is shown")
    parser.add_argument("--cascade", default=CASCADE, help="the classifier; Debian has it in opencv-data")
    parser.add_argument("--scale", type=float, default=0.5, help="of the picture that is searched, up to 1")
    parser.add_argument("--draw", choices=("pipeline", "browser"), default="pipeline", help="who draws the boxes")
    arguments = parser.parse_args()
    if not 0.05 <= arguments.scale <= 1:
        parser.error("--scale must be from 0.05 to 1")
    if not os.path.isfile(arguments.cascade):
        parser.error(f"there is no cascade at {arguments.cascade}; install opencv-data or name one with --cascade")
    return arguments


class Detector:
    """Searches the newest picture on a thread of its own: one that is slow delays no picture."""

    def __init__(self, cascade, scale, report):
        self._classifier = cv2.CascadeClassifier(cascade)
        if self._classifier.empty():
            sys.exit(f"face_detect: {cascade} is no cascade that OpenCV can read")
        self._scale = scale
        self._report = report
        self._newest = None  # guarded by _changed
        self._ends = False  # guarded by _changed
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run)
        self.faces = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        """Waits for the search that runs: Python aborts where a thread is in OpenCV when the program ends."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join()

    def look_at(self, picture, pts):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY)
        small = cv2.resize(grey, None, fx=self._scale, fy=self._scale, interpolation=cv2.INTER_AREA)
        with self._changed:
            self._newest = small, pts
            self._changed.notify()

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ends or self._newest is not None)
                if self._ends:
                    return
                (picture, pts), self._newest = self._newest, None
            found = self._classifier.detectMultiScale(cv2.equalizeHist(picture), 1.1, 5, minSize=(24, 24))
            self.faces = [[round(float(value) / self._scale) for value in face] for face in found]
            self._report(self.faces, pts)


def search(camera, drawn, detector, draws):
    """Searches the newest picture and, where browsers do not, draws what was found in the one before."""
    sample = camera.emit("pull-sample")
    caps, buffer = sample.get_caps(), sample.get_buffer()
    video = GstVideo.VideoInfo.new_from_caps(caps)
    pixels = bytearray(buffer.extract_dup(0, buffer.get_size()))
    picture = numpy.frombuffer(pixels, numpy.uint8).reshape(video.height, video.stride[0] // 4, 4)
    detector.look_at(picture, buffer.pts)
    for x, y, width, height in detector.faces if draws else []:
        cv2.rectangle(picture, (x, y), (x + width, y + height), (0, 220, 0, 255), 3)
    result = Gst.Buffer.new_wrapped(bytes(pixels))
    result.pts, result.duration = buffer.pts, buffer.duration
    drawn.set_property("caps", caps)
    return drawn.emit("push-buffer", result)


def main():
    arguments = parse_arguments()
    Gst.init(None)
    # Python may not write into a picture that passes by, so that it takes and gives copies.
    pipeline = Gst.parse_launch(
        f'webrtcserversrc name=source uri="{arguments.uri_in}" ! videoconvert ! video/x-raw,format=BGRx '
        f'! appsink name=camera emit-signals=true sync=false async=false max-buffers=1 drop=true '
        f'appsrc name=drawn is-live=true format=time max-buffers=2 leaky-type=downstream ! videoconvert '
        f'! webrtcserversink name=sink uri="{arguments.uri_out}"')
    sink = pipeline.get_by_name("sink")
    by_browser = arguments.draw == "browser"
    if by_browser:
        sink.set_property("frame-metadata", "application")

    def report(faces, pts):
        named = [dict(zip(("type", "x", "y", "width", "height"), ("face", *face))) for face in faces]
        sink.emit("send-message", None, json.dumps({"faces": named, "time": time.time()}))
        if by_browser:
            sink.emit("send-frame-metadata", "video_0", pts, json.dumps({"regions": named}))

    detector = Detector(arguments.cascade, arguments.scale, report)
    pipeline.get_by_name("camera").connect(
        "new-sample", search, pipeline.get_by_name("drawn"), detector, not by_browser)

    loop = GLib.MainLoop()
    failure = []

    def on_message(_bus, message):
        if message.type == Gst.MessageType.ERROR:
            failure.append(message.parse_error()[0].message)
            loop.quit()
        elif message.type == Gst.MessageType.EOS:
            loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    with detector:
        pipeline.set_state(Gst.State.PLAYING)
        print("Send a camera to", ", ".join(pipeline.get_by_name("source").get_property("urls") or [arguments.uri_in]))
        print("and watch", ", ".join(sink.get_property("urls") or [arguments.uri_out]), flush=True)
        loop.run()
        pipeline.set_state(Gst.State.NULL)
    if failure:
        sys.exit(f"face_detect: {failure[0]}")


if __name__ == "__main__":
    main()
