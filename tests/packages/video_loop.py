# SPDX-License-Identifier: LGPL-2.1-or-later
# The first program that the documentation of the library shows, word for word.
import gi; gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer
Gst.init(None)
output = GstWebRTCServer.VideoOutput.new("webrtc://@:8554/output")
source = GstWebRTCServer.VideoSource.new("webrtc://@:8554/input")
while source.is_streaming():
    frame = source.capture(1000)          # None after 1 s without a frame, as an ordinary event
    if frame is not None:
        output.render(frame)              # a GstSample; numpy arrays through the Python override
