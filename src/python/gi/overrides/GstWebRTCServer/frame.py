# SPDX-License-Identifier: LGPL-2.1-or-later
"""Samples of raw video as numpy arrays, and arrays as samples."""

import gi
import numpy

gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo  # noqa: E402

from . import formats, memory  # noqa: E402


class Frame(numpy.ndarray):
    """A picture: a read-only array on the memory that it came in, which lives for as long as the array.

    `sample`: the Gst.Sample; None of what was made from a frame. `pts`: its time in nanoseconds, or None.
    `format`: of the pixels, "RGB" for example. Copies, slices and results have both too.
    """

    sample = None
    pts = None
    format = None

    def __array_finalize__(self, origin):
        self.pts = getattr(origin, "pts", None)
        # The upper part of an NV12 array is another picture; that of an RGB array is still RGB.
        if self.ndim == 3 or self.shape == getattr(origin, "shape", None):
            self.format = getattr(origin, "format", None)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        # A sum of all pixels is a number, as of any array.
        if return_scalar or array.ndim == 0:
            return array[()]
        return super().__array_wrap__(array, context)


def _layout(sample, buffer):
    """The format's name, width, height, and the strides and offsets of the planes."""
    caps = sample.get_caps()
    structure = caps.get_structure(0) if caps and caps.get_size() else None
    if structure is None or structure.get_name() != "video/x-raw":
        kind = structure.get_name() if structure else "a sample without caps"
        raise ValueError(f"Only raw video is an array; this is {kind}. capture_sample() has it as it is.")
    meta = GstVideo.buffer_get_video_meta(buffer)
    if meta:
        name = GstVideo.VideoFormat.to_string(meta.format)
        return name, meta.width, meta.height, list(meta.stride), list(meta.offset)
    try:
        info = GstVideo.VideoInfo.new_from_caps(caps)
    except TypeError:  # what PyGObject makes of a NULL
        raise ValueError(f"There is no such video: {caps.to_string()}") from None
    return structure.get_string("format"), info.width, info.height, list(info.stride), list(info.offset)


def from_sample(sample):
    """The Frame of a sample; ValueError where its format is no array's."""
    buffer = sample.get_buffer()
    if buffer is None:
        raise ValueError("This sample has no buffer.")
    name, width, height, strides, offsets = _layout(sample, buffer)
    format = formats.lookup(name)
    if format is None:
        raise ValueError(f"{name} is no array. format= can be one of {formats.names()}.")
    if format.planes > 1 and (width % 2 or height % 2):
        raise ValueError(f"{name} of {width}×{height} is no array: its planes do not fit below each other. RGB does.")
    mapping = memory.Mapping(buffer, owner=sample)
    planes = formats.planes(format, width, height, strides, offsets)
    shape = formats.shape(format, width, height)
    if format.planes == 1 or formats.is_tight(planes):
        view = mapping.view(planes[0].offset, shape, _strides(format, planes[0].stride), format.kind)
        frame = numpy.asarray(view).view(Frame)
    else:
        # Rows with something between them: one below the other is a copy.
        parts = [numpy.asarray(mapping.view(plane.offset, (plane.rows, plane.width), (plane.stride, 1), "|u1"))
                 for plane in planes]
        copy = numpy.concatenate([part.ravel() for part in parts]).reshape(shape)
        copy.flags.writeable = False
        frame = copy.view(Frame)
    frame.sample = sample
    frame.pts = None if buffer.pts == Gst.CLOCK_TIME_NONE else buffer.pts
    frame.format = name
    return frame


def _strides(format, stride):
    return (stride, format.channels, 1) if format.channels else (stride, format.item_size)


def _kind_of(array):
    """Its array-interface type; TypeError in words."""
    kind = array.dtype.str
    if kind not in ("|u1", "<u2"):
        raise TypeError(
            f"A frame is an array of uint8 (or of uint16, GRAY16_LE), not of {array.dtype}: "
            "scale it to 0…255 and use .astype(numpy.uint8); of float32, say white=1 or white=255.")
    return kind


def readable(frame):
    """An array of numpy with the pixels of `frame` row by row; a copy where they lie otherwise."""
    array = numpy.asanyarray(frame)
    if array.dtype == numpy.uint8:
        raise TypeError("white, mean and deviation are of pixels of float32.")
    if array.dtype != numpy.float32:
        raise TypeError(f"Pixels are of uint8 or of float32, not of {array.dtype}: .astype(numpy.float32) makes them so.")
    return numpy.ascontiguousarray(array)


def writable(target):
    """The array of numpy that has the memory of `target`, which is to be written into."""
    array = numpy.asarray(target)
    if array is not target and not numpy.shares_memory(array, numpy.asarray(target)):
        raise TypeError(f"A frame is captured into an array, which {type(target).__name__} is not.")
    return array


def _name_of(array, kind, wanted, usual):
    """The name of the format of an array: as it is asked for, known or guessed."""
    channels = array.shape[2] if array.ndim == 3 else 0
    if wanted:
        format = formats.lookup(wanted)
        if format is None:
            raise ValueError(f"There is no format {wanted!r} for arrays. There are {formats.names()}.")
        if format.kind != kind:
            raise TypeError(f"{wanted} is an array of {numpy.dtype(format.kind)}, not of {array.dtype}.")
        return wanted
    for known in (getattr(array, "format", None), usual):
        format = formats.lookup(known)
        # One channel of an RGB frame is grey; a plane of NV12 is too, but cannot be told from all of it.
        if format and format.kind == kind and format.channels == channels:
            return known
    guess = formats.BY_SHAPE.get((kind, channels)) if array.ndim in (2, 3) else None
    if guess is None:
        raise ValueError(
            "A frame is an array of (height, width), (height, width, 3) or (height, width, 4), not of "
            f"{tuple(array.shape)}. Others need format=.")
    return guess


def _fill(array, format, planes, size):
    """A buffer with a copy of the array, laid out as GStreamer has it."""
    buffer = Gst.Buffer.new_allocate(None, size, None)
    if buffer is None:
        raise MemoryError(f"There is no memory for a frame of {size} bytes.")
    mapping = memory.Mapping(buffer, Gst.MapFlags.WRITE)
    if format.planes == 1:
        view = mapping.view(0, array.shape, _strides(format, planes[0].stride), format.kind)
        numpy.copyto(numpy.asarray(view), array)
        return buffer
    flat = numpy.ascontiguousarray(array).reshape(-1)
    begin = 0
    for plane in planes:
        rows = flat[begin:begin + plane.rows * plane.width].reshape(plane.rows, plane.width)
        view = mapping.view(plane.offset, rows.shape, (plane.stride, 1), "|u1")
        numpy.copyto(numpy.asarray(view), rows)
        begin += plane.rows * plane.width
    return buffer


def to_sample(array, format=None, pts=None, copy=None, usual=None):
    """The Gst.Sample of an array.

    `usual`: the format of arrays that do not say another. `copy`: None copies what somebody could write into.
    """
    array = numpy.asanyarray(array)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    kind = _kind_of(array)
    name = _name_of(array, kind, format, usual)
    width, height = formats.size(name, array.shape)
    known = formats.lookup(name)
    planes = formats.planes(known, width, height)
    bytes_needed = planes[-1].offset + planes[-1].stride * planes[-1].rows
    if copy is None:
        copy = array.flags.writeable
    if not copy and array.flags.c_contiguous and formats.is_tight(planes) and array.nbytes == bytes_needed:
        buffer = memory.wrap(array)
    else:
        buffer = _fill(array, known, planes, bytes_needed)
    if pts is None:
        pts = getattr(array, "pts", None)
    if pts is not None:
        if not 0 <= pts < Gst.CLOCK_TIME_NONE:
            raise ValueError(f"pts is a time in nanoseconds, from 0, not {pts}.")
        buffer.pts = int(pts)
    caps = Gst.Caps.from_string(f"video/x-raw,format={name},width={width},height={height},framerate=0/1")
    return Gst.Sample.new(buffer, caps, None, None)
