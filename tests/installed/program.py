# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library's shortest program in Python, without the override: as it stands but for its addresses."""

import sys

import gi; gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gst, GstWebRTCServer
Gst.init(None)
output = GstWebRTCServer.VideoOutput.new(sys.argv[2])
source = GstWebRTCServer.VideoSource.new(sys.argv[1])
while source.is_streaming():
    frame = source.capture(1000)          # None after 1 s without a frame, as an ordinary event
    if frame is not None:
        output.render(frame)              # a GstSample; numpy arrays through the Python override
