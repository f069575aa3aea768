#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes the background away, or puts another in its place. See README.md."""

import re

import matting
import stream

MODES = ["colour", "blur", "image", "mask", "as it is"]


def colour(text):
    """#rrggbb as 0xffrrggbb, or None."""
    return int(text[1:], 16) | 0xFF000000 if re.fullmatch("#[0-9a-fA-F]{6}", text) else None


def main():
    parser = stream.make_parser(__doc__)
    parser.set_defaults(draw="none")
    parser.add_argument("--background", default="#00b140", metavar="WHAT",
                        help="what stands there instead: a colour such as #00b140, blur, or the file of a picture")
    parser.add_argument("--method", choices=sorted(matting.SUBTRACTORS), default="mog2",
                        help="how the background is learnt, with a camera that stands still")
    parser.add_argument("--model", help="an ONNX file such as U²-Net's, which knows the background by itself")
    parser.add_argument("--learning", type=stream.part, default=matting.RATE, metavar="RATE",
                        help=f"how much of each frame the background learns ({matting.RATE})")
    arguments = stream.parse(parser)
    ink = colour(arguments.background)
    mode = "colour" if ink is not None else "blur" if arguments.background == "blur" else "image"
    image = matting.read_image(arguments.background) if mode == "image" else None
    matte = matting.Segmented(arguments.model) if arguments.model else matting.Learned(arguments.method)

    controls = stream.Controls.new()
    modes = [name for name in MODES if name != "image" or image is not None]
    controls.add_choice("background", "Background", mode, modes)
    controls.add_color("colour", "Colour", ink if ink is not None else 0xFF00B140)
    controls.add_number("edge", "Softness of the edge", 5, 1, 31, 2)
    if not arguments.model:
        controls.add_number("learning", "Learning", arguments.learning, 0, 0.05, 0.001)
        controls.add_action("again", "Learn the background again")

    def replace(picture, rate):
        mask = matte.mask(picture, rate)
        wanted = controls.get_text("background")
        if wanted == "as it is":
            return picture
        if wanted == "mask":
            return matting.grey(mask)
        if wanted == "blur":
            behind = matting.blurred(picture)
        elif wanted == "image":
            behind = matting.cover(image, picture.shape)
        else:
            behind = matting.plain(picture.shape, controls.get_value("colour")[1])
        return matting.compose(picture, mask, behind, controls.get_number("edge"))

    pressed = []
    controls.connect("activated::again", lambda *_press: pressed.append(True))
    with stream.Stream(arguments, controls) as flow:
        for picture in flow.frames():
            # Here and not where it is pressed, which is another thread.
            if pressed:
                pressed.clear()
                matte.learn_again()
            picture[:] = replace(picture, matting.RATE if arguments.model else controls.get_number("learning"))
            flow.show(picture)


if __name__ == "__main__":
    stream.run(main)
