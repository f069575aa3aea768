# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which pixel formats are arrays, and how: shapes, types, and where GStreamer has the rows."""

from typing import NamedTuple


class Plane(NamedTuple):
    """Rows of a picture in memory. Bytes, but for `rows`."""

    offset: int
    stride: int
    rows: int
    width: int


class Format(NamedTuple):
    """`channels`: the third axis; 0: none. `planes`: of 4:2:0, one below the other as OpenCV has them."""

    channels: int
    kind: str = "|u1"
    planes: int = 1

    @property
    def item_size(self):
        return int(self.kind[2:])


FORMATS = {
    "GRAY8": Format(0),
    "GRAY16_LE": Format(0, "<u2"),
    **dict.fromkeys(("YUY2", "UYVY", "YVYU"), Format(2)),
    **dict.fromkeys(("RGB", "BGR"), Format(3)),
    **dict.fromkeys(("RGBA", "BGRA", "ARGB", "ABGR", "RGBx", "BGRx", "xRGB", "xBGR"), Format(4)),
    **dict.fromkeys(("NV12", "NV21"), Format(0, planes=2)),
    **dict.fromkeys(("I420", "YV12"), Format(0, planes=3)),
}
# What an array is when nobody says.
BY_SHAPE = {("|u1", 0): "GRAY8", ("<u2", 0): "GRAY16_LE", ("|u1", 3): "RGB", ("|u1", 4): "RGBA"}
MAX_SIDE = 32767


def lookup(name):
    """The Format called `name`, or None where it is no array's."""
    return FORMATS.get(name)


def names():
    return ", ".join(FORMATS)


def shape(format, width, height):
    """Of the array of a picture."""
    if format.planes > 1:
        return (height * 3 // 2, width)
    return (height, width, format.channels) if format.channels else (height, width)


def size(name, array_shape):
    """Width and height of the picture that an array of this shape and format is; ValueError in words."""
    format = FORMATS[name]
    wanted = 3 if format.channels else 2
    if len(array_shape) != wanted or (format.channels and array_shape[2] != format.channels):
        expected = f"(height, width, {format.channels})" if format.channels else "(height, width)"
        if format.planes > 1:
            expected = "(height × 3 / 2, width)"
        raise ValueError(f"{name} is an array of {expected}, not of {tuple(array_shape)}.")
    height, width = array_shape[:2]
    if format.planes > 1:
        if height % 3 or width % 2:
            raise ValueError(
                f"{name} has an even width and height and an array of (height × 3 / 2, width), not {tuple(array_shape)}.")
        height = height * 2 // 3
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError(f"A picture has from 1 to {MAX_SIDE} pixels a side, not {width}×{height}.")
    return width, height


def planes(format, width, height, strides=None, offsets=None):
    """The planes of a picture; with GStreamer's own strides and offsets unless others are given."""
    if format.planes == 1:
        row = width * max(format.channels, 1) * format.item_size
        sizes = [(height, row)]
    elif format.planes == 2:
        sizes = [(height, width), (height // 2, width)]
    else:
        sizes = [(height, width)] + [(height // 2, width // 2)] * 2
    result = []
    end = 0
    for index, (rows, row) in enumerate(sizes):
        stride = strides[index] if strides else (row + 3) & ~3
        offset = offsets[index] if offsets else end
        result.append(Plane(offset, stride, rows, row))
        end = offset + stride * rows
    return result


def is_tight(list_of_planes):
    """Whether there is nothing between rows and planes."""
    end = 0
    for plane in list_of_planes:
        if plane.offset != end or (plane.stride != plane.width and plane.rows > 1):
            return False
        end += plane.rows * plane.width
    return True
