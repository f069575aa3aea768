# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text that bounces over shapes that move.

Everything is drawn once with cairo, into tiles; a frame only says where they lie, and GStreamer's
`overlaycomposition` lays them over the picture. So Python has little to do for a frame, and the same
wishes at the same frames make the same film. Any thread.
"""

import dataclasses
import math
import sys
import threading

import cairo
import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
gi.require_version("Pango", "1.0")
gi.require_version("PangoCairo", "1.0")
from gi.repository import Gst, GstVideo, Pango, PangoCairo  # noqa: E402

MAX_SPEED = 100
FRAMES_PER_MINUTE = 3600
# Of cairo's pixels, which are numbers of 32 bits.
FORMAT = GstVideo.VideoFormat.BGRA if sys.byteorder == "little" else GstVideo.VideoFormat.ARGB

# Where the text begins, and how far it goes in a frame at speed 1: in shares of the picture. At speed
# 100 it crosses the width in a second and a half. The two have no common rhythm, so that it comes
# everywhere.
BEGIN = (0.1, 0.3)
STEP = (0.000111, 0.000137)


class Bounce:
    """One coordinate of something that goes to and fro between walls at 0 and at `room`, in pixels."""

    def __init__(self, position, direction):
        self.position = position
        self._direction = direction  # pixels for each frame and unit of speed

    def advance(self, speed, room):
        """A step of direction × speed; True where it met a wall.

        What is beyond a wall is reflected, and a step that is longer than the room ends at a wall.
        """
        room = max(room, 0)
        # The room may have become smaller: that is no bounce.
        self.position = min(self.position, room) + self._direction * speed
        if 0 <= self.position <= room:
            return False
        low = self.position < 0
        self.position = min(max(-self.position if low else 2 * room - self.position, 0), room)
        self._direction = abs(self._direction) if low else -abs(self._direction)
        # Without room there are no walls to meet.
        return room > 0


class Tile:
    """A small picture, drawn once and laid over many frames."""

    def __init__(self, width, height, draw):
        self.width, self.height = width, height
        surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, width, height)
        draw(cairo.Context(surface))
        surface.flush()
        self.pixels = Gst.Buffer.new_wrapped(bytes(surface.get_data()))
        GstVideo.buffer_add_video_meta(
            self.pixels, GstVideo.VideoFrameFlags.NONE, FORMAT, width, height)

    def add_to(self, composition, x, y):
        """Lays it over a frame with its upper left corner at (x, y)."""
        composition.add_rectangle(GstVideo.VideoOverlayRectangle.new_raw(
            self.pixels, x, y, self.width, self.height, GstVideo.VideoOverlayFormatFlags.PREMULTIPLIED_ALPHA))


class Nothing:
    """A tile of nothing: empty text."""

    width = height = 0

    def add_to(self, composition, x, y):
        """Lays nothing over a frame."""


def lay_out(context, text, size):
    """A line of text. Pango finds fonts for whatever letters there are."""
    layout = PangoCairo.create_layout(context)
    font = Pango.FontDescription("Sans Bold")
    font.set_absolute_size(size * Pango.SCALE)
    layout.set_font_description(font)
    layout.set_single_paragraph_mode(True)
    layout.set_text(text, -1)
    return layout


def text_tile(text, size, widest):
    """One line of text, as large as `size` says or smaller, so that it is no wider than `widest` pixels."""
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_ARGB32, 1, 1))
    width, height = lay_out(context, text, size).get_pixel_size()
    if width > widest:
        size *= widest / width
        width, height = lay_out(context, text, size).get_pixel_size()
    if width <= 0 or height <= 0:
        return Nothing()

    def draw(on):
        on.set_source_rgb(1, 1, 1)
        PangoCairo.show_layout(on, lay_out(on, text, size))

    return Tile(min(width, widest), height, draw)


def paint(context, colour):
    """Takes a colour, two hexadecimal digits each of red, green and blue."""
    context.set_source_rgb((colour >> 16 & 255) / 255, (colour >> 8 & 255) / 255, (colour & 255) / 255)


# The shapes are drawn in a square of 1 × 1.


def points(context):
    paint(context, 0xFFD54F)
    for row in range(5):
        for column in range(5):
            context.arc(0.1 + 0.2 * column, 0.1 + 0.2 * row, 0.04, 0, 2 * math.pi)
            context.fill()


def lines(context):
    paint(context, 0x4FC3F7)
    context.set_line_width(0.02)
    for i in range(9):
        context.move_to(0.05 + 0.9 * i / 8, 0.05)
        context.line_to(0.95 - 0.9 * i / 8, 0.95)
    context.stroke()


def rectangle(context):
    paint(context, 0x81C784)
    context.rectangle(0.05, 0.2, 0.9, 0.6)
    context.fill_preserve()
    paint(context, 0x2E7D32)
    context.set_line_width(0.04)
    context.stroke()


def oval(context):
    context.translate(0.5, 0.5)
    context.scale(0.48, 0.3)
    paint(context, 0xBA68C8)
    context.arc(0, 0, 1, 0, 2 * math.pi)
    context.fill()


def triangle(context):
    paint(context, 0xE57373)
    context.move_to(0.5, 0.05)
    context.line_to(0.95, 0.9)
    context.line_to(0.05, 0.9)
    context.close_path()
    context.fill()


@dataclasses.dataclass(frozen=True)
class Shape:
    """Something that goes to and fro."""

    tile: Tile
    middle: tuple  # of its way, in shares of the picture
    reach: tuple   # how far it goes from there, likewise
    turns: tuple   # to and fro, in a minute of 60 frames/s

    def add_to(self, composition, frame, width, height):
        time = 2 * math.pi * frame / FRAMES_PER_MINUTE
        x = self.middle[0] + self.reach[0] * math.sin(self.turns[0] * time)
        y = self.middle[1] + self.reach[1] * math.cos(self.turns[1] * time)
        self.tile.add_to(composition, round(x * width - self.tile.width / 2), round(y * height - self.tile.height / 2))


class Scene:
    """All of it, for a picture of so many pixels."""

    def __init__(self, width, height):
        self._width, self._height = width, height
        unit = height // 6

        def square(draw):
            def scaled(context):
                context.scale(unit, unit)
                draw(context)
            return Tile(unit, unit, scaled)

        self._shapes = [
            Shape(square(points), (0.2, 0.3), (0.1, 0.1), (9, 7)),
            Shape(square(lines), (0.8, 0.3), (0.1, 0.1), (-8, 11)),
            Shape(square(rectangle), (0.5, 0.5), (0.3, 0.1), (5, 13)),
            Shape(square(oval), (0.2, 0.75), (0.1, 0.08), (-10, 6)),
            Shape(square(triangle), (0.8, 0.75), (0.12, 0.08), (7, -12)),
        ]
        self._lock = threading.Lock()
        self._text = Nothing()
        self._speed = 50
        self.reset()

    def set_text(self, text):
        tile = text_tile(text, self._height // 9, self._width * 9 // 10)
        with self._lock:
            self._text = tile

    def set_speed(self, speed):
        """0 … MAX_SPEED."""
        with self._lock:
            self._speed = min(max(speed, 0), MAX_SPEED)

    def reset(self):
        """Everything is where it was at first, and nothing has bounced."""
        with self._lock:
            self._x = Bounce(BEGIN[0] * self._width, STEP[0] * self._width)
            self._y = Bounce(BEGIN[1] * self._height, STEP[1] * self._height)
            self.frames = self.bounces = 0

    def draw(self):
        """The next frame: everything moves on by one step, and is where the composition says."""
        composition = GstVideo.VideoOverlayComposition.new(None)
        with self._lock:
            for shape in self._shapes:
                shape.add_to(composition, self.frames, self._width, self._height)
            self.frames += 1
            across = self._x.advance(self._speed, self._width - self._text.width)
            along = self._y.advance(self._speed, self._height - self._text.height)
            self.bounces += across or along
            self._text.add_to(composition, *self._place())
        return composition

    def text_box(self):
        """Where the text is: x, y, width and height in pixels of the picture."""
        with self._lock:
            return (*self._place(), self._text.width, self._text.height)

    def _place(self):
        return round(self._x.position), round(self._y.position)
