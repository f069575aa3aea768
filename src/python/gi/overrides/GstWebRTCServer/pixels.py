# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arrays of floats, and arrays of CUDA devices, as what the library calls Pixels: where they are and how they lie.

Nothing is copied here: the library reads or writes the array's own memory.
"""

from typing import NamedTuple

from gi.module import get_introspection_module

library = get_introspection_module("GstWebRTCServer")
_Layout = library.PixelLayout

BYTES = {"RGB": (_Layout.RGB8, 3), "RGBA": (_Layout.RGBA8, 4), "BGR": (_Layout.BGR8, 3), "BGRA": (_Layout.BGRA8, 4),
         "GRAY8": (_Layout.GRAY8, 0), "NV12": (_Layout.NV12, 0), "I420": (_Layout.I420, 0)}
FLOATS = {"RGB": (_Layout.RGB_FLOAT, 3), "RGBA": (_Layout.RGBA_FLOAT, 4), "CHW": (_Layout.PLANAR_RGB_FLOAT, 0)}
NAMES = {"|u1": BYTES, "<f4": FLOATS}


class Array(NamedTuple):
    """An array in memory: what the array interface and CUDA's say of one."""

    address: int
    shape: tuple
    strides: tuple
    kind: str
    read_only: bool
    stream: int | None = None  # the stream that CUDA's interface names
    device: bool = False


def is_on_device(frame):
    """Whether it is an array of a CUDA device: CuPy's, PyTorch's, Numba's."""
    try:
        return hasattr(frame, "__cuda_array_interface__")
    except RuntimeError:  # what PyTorch says of a tensor that needs gradients
        return True


def of_device(frame):
    """The Array that CUDA's interface describes."""
    try:
        interface = frame.__cuda_array_interface__
    except RuntimeError as error:
        raise TypeError(f"This array cannot be read on its device: {error}") from None
    shape = tuple(interface["shape"])
    if interface.get("mask") is not None:
        raise TypeError("An array with a mask is no picture.")
    return Array(interface["data"][0], shape, _strides(shape, interface.get("strides"), interface["typestr"]),
                 interface["typestr"], interface["data"][1], interface.get("stream"), True)


def of_host(array):
    """The Array that numpy has."""
    interface = array.__array_interface__
    return Array(interface["data"][0], tuple(array.shape), tuple(array.strides), interface["typestr"],
                 interface["data"][1])


def _strides(shape, strides, kind):
    if strides is not None:
        return tuple(strides)
    result, step = [], int(kind[2:])
    for count in reversed(shape):
        result.insert(0, step)
        step *= count
    return tuple(result)


def _name_of(array, wanted):
    """The name of its layout: as it is asked for, or guessed by the shape."""
    known = NAMES.get(array.kind)
    if known is None:
        raise TypeError(f"Pixels are of uint8 or of float32, not of {array.kind!r}: convert them, or the array, first.")
    shape = array.shape
    if wanted:
        if wanted not in known:
            kind = "float32" if known is FLOATS else "uint8"
            raise ValueError(f"There is no layout {wanted!r} for pixels of {kind}. There are {', '.join(known)}.")
        return wanted
    if len(shape) == 3 and shape[2] in (3, 4):
        return "RGB" if shape[2] == 3 else "RGBA"
    if known is FLOATS and len(shape) == 3 and shape[0] == 3:
        return "CHW"
    if known is BYTES and len(shape) == 2:
        return "GRAY8"
    raise ValueError(
        f"An array of {tuple(shape)} is no picture: (height, width, 3), (height, width, 4), "
        f"{'(3, height, width)' if known is FLOATS else '(height, width)'} are. Others need format=.")


def _refuse(array, name, shape):
    raise ValueError(f"{name} is an array of {shape}, not of {tuple(array.shape)}.")


def _planes(array, name, channels):
    """Width, height, and the address and stride of each plane."""
    item = int(array.kind[2:])
    shape, strides, address = array.shape, array.strides, array.address
    gapless = "its pixels have to follow each other in a row"
    if name == "CHW":
        if len(shape) != 3 or shape[0] != 3:
            _refuse(array, name, "(3, height, width)")
        if strides[2] != item:
            raise ValueError(f"This array's strides are {strides}: {gapless}.")
        return shape[2], shape[1], [(address + index * strides[0], strides[1]) for index in range(3)]
    if channels:
        if len(shape) != 3 or shape[2] != channels:
            _refuse(array, name, f"(height, width, {channels})")
        if strides[2] != item or strides[1] != channels * item:
            raise ValueError(f"This array's strides are {strides}: {gapless}.")
        return shape[1], shape[0], [(address, strides[0])]
    if len(shape) != 2:
        _refuse(array, name, "(height, width)" if name == "GRAY8" else "(height × 3 / 2, width)")
    if strides[1] != item:
        raise ValueError(f"This array's strides are {strides}: {gapless}.")
    width, height, stride = shape[1], shape[0], strides[0]
    if name == "GRAY8":
        return width, height, [(address, stride)]
    if height % 3 or width % 2:
        _refuse(array, name, "(height × 3 / 2, width), both even,")
    height = height * 2 // 3
    end = address + height * stride
    if name == "NV12":
        return width, height, [(address, stride), (end, stride)]
    if stride != width:
        raise ValueError("I420 is an array without gaps between its rows.")
    half = width // 2
    return width, height, [(address, stride), (end, half), (end + half * (height // 2), half)]


def _colours(pixels, name, value):
    """The mean or the deviation: one number, or one of red, green and blue each."""
    if value is None:
        return
    try:
        three = [float(part) for part in value]
    except TypeError:
        three = [float(value)] * 3
    if len(three) != 3:
        raise ValueError(f"{name} is a number, or three: of red, green and blue.")
    getattr(pixels, f"set_{name}")(*three)


def describe(array, format=None, white=None, mean=None, deviation=None, stream=None):
    """The Pixels of an Array; TypeError or ValueError in words."""
    name = _name_of(array, format)
    floats = array.kind == "<f4"
    if floats and white is None:
        raise TypeError("Pixels of float32 need white=: the value that is white, 1 or 255.")
    if not floats and (white is not None or mean is not None or deviation is not None):
        raise TypeError("white, mean and deviation are of pixels of float32.")
    if stream is not None and not array.device:
        raise TypeError("stream is of arrays on a CUDA device.")
    layout, channels = NAMES[array.kind][name]
    width, height, planes = _planes(array, name, channels)
    pixels = library.Pixels.new(layout, width, height)
    for index, (address, stride) in enumerate(planes):
        pixels.set_plane(index, address, stride)
    pixels.memory = library.PixelMemory.DEVICE if array.device else library.PixelMemory.HOST
    if floats:
        pixels.white = white
        _colours(pixels, "mean", mean)
        _colours(pixels, "deviation", deviation)
    if array.device:
        # Theirs are the driver's own numbers: 1 is the default stream, 2 that of the thread.
        number = array.stream if stream is None else stream
        pixels.set_stream(int(getattr(number, "cuda_stream", getattr(number, "ptr", number)) or 0))
    return pixels
