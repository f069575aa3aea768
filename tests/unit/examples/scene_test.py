# SPDX-License-Identifier: LGPL-2.1-or-later
"""What scene_test.cpp and bounce_test.cpp ask of the scene in C++, of the one in Python."""

import pathlib
import sys
import threading
import unittest

EXAMPLE = pathlib.Path(__file__).resolve().parents[3] / "examples" / "remote-control"
sys.path.insert(0, str(EXAMPLE))
try:
    import scene
except (ImportError, ValueError) as missing:
    print(f"{missing}; python3-gi-cairo, gir1.2-pango-1.0 and gir1.2-gst-plugins-base-1.0 have it (./dev setup examples)")
    sys.exit(77)
scene.Gst.init(None)

WIDTH, HEIGHT = 640, 360


class BounceTest(unittest.TestCase):
    def test_is_reflected_at_both_walls(self):
        bounce = scene.Bounce(97, 1)
        self.assertTrue(bounce.advance(5, 100))
        self.assertEqual(bounce.position, 98)
        self.assertFalse(bounce.advance(5, 100))
        self.assertEqual(bounce.position, 93)
        back = scene.Bounce(3, -1)
        self.assertTrue(back.advance(5, 100))
        self.assertEqual(back.position, 2)

    def test_a_step_longer_than_the_room_ends_at_a_wall(self):
        bounce = scene.Bounce(5, 1)
        self.assertTrue(bounce.advance(1000, 10))
        self.assertEqual(bounce.position, 0)

    def test_without_room_it_stands(self):
        bounce = scene.Bounce(90, 1)
        for room in (0, -50):
            self.assertFalse(bounce.advance(100, room))
            self.assertEqual(bounce.position, 0)

    def test_is_never_out(self):
        bounce = scene.Bounce(0, 0.37)
        for i in range(20000):
            room = i * 7919 % 500
            bounce.advance(i * 104729 % 3000 / 10, room)
            self.assertTrue(0 <= bounce.position <= room, i)


class SceneTest(unittest.TestCase):
    def setUp(self):
        self.scene = scene.Scene(WIDTH, HEIGHT)
        self.scene.set_text("Text")

    def draw(self, frames, of=None):
        for _ in range(frames):
            composition = (of or self.scene).draw()
        return composition

    def places(self, composition):
        """Where the rectangles of a frame lie."""
        rectangles = [composition.get_rectangle(i) for i in range(composition.n_rectangles())]
        return [tuple(rectangle.get_render_rectangle())[1:] for rectangle in rectangles]

    def test_text_lies_over_five_shapes_where_it_says(self):
        places = self.places(self.draw(7))
        self.assertEqual(len(places), 6)
        self.assertEqual(places[-1], self.scene.text_box())

    def test_shapes_move_while_the_text_stands(self):
        self.scene.set_speed(0)
        before = self.places(self.draw(1))
        after = self.places(self.draw(60))
        self.assertEqual(before[-1], after[-1])
        for one, other in zip(before[:-1], after[:-1]):
            self.assertNotEqual(one, other)

    def test_the_text_bounces_and_never_leaves(self):
        self.scene.set_speed(scene.MAX_SPEED)
        for _ in range(2000):
            self.draw(1)
            x, y, width, height = self.scene.text_box()
            self.assertTrue(0 <= x <= WIDTH - width and 0 <= y <= HEIGHT - height)
        self.assertGreater(self.scene.bounces, 10)
        self.assertEqual(self.scene.frames, 2000)

    def test_goes_where_the_scene_in_c_plus_plus_goes(self):
        # scene_test.cpp has the same numbers.
        self.scene.set_text("")
        self.draw(300)
        self.assertEqual(self.scene.text_box(), (150, 128, 0, 0))

    def test_twice_the_speed_is_twice_the_way(self):
        other = scene.Scene(WIDTH, HEIGHT)
        other.set_text("Text")
        begin = self.scene.text_box()[0]
        self.scene.set_speed(20)
        other.set_speed(40)
        self.draw(60)
        self.draw(60, other)
        way = self.scene.text_box()[0] - begin
        self.assertGreater(way, 50)
        self.assertAlmostEqual(other.text_box()[0] - begin, 2 * way, delta=2)

    def test_long_text_is_made_small_enough(self):
        for letter in "iWäあ":
            self.scene.set_text(letter * 64)
            self.draw(1)
            x, _y, width, _height = self.scene.text_box()
            self.assertTrue(0 < width <= WIDTH * 9 // 10, letter)
            self.assertLessEqual(x + width, WIDTH, letter)

    def test_what_is_no_letter_harms_nothing(self):
        for text in ("", " ", "\n", "a\nb", "\t", "<b>bold</b>", "&amp;", "\u202e\u0301"):
            self.scene.set_text(text)
            self.draw(5)
        self.scene.set_text("")
        self.assertEqual(len(self.places(self.draw(1))), 5)

    def test_reset_begins_anew(self):
        first = self.places(self.draw(1))
        self.scene.set_speed(100)
        self.draw(700)
        self.assertGreater(self.scene.bounces, 0)
        self.scene.reset()
        self.assertEqual((self.scene.frames, self.scene.bounces), (0, 0))
        self.scene.set_speed(50)
        self.assertEqual(self.places(self.draw(1)), first)

    def test_may_be_steered_while_it_is_drawn(self):
        def steer():
            for i in range(100):
                self.scene.set_text("x" * (i % 64))
                self.scene.set_speed(i)

        steering = threading.Thread(target=steer)
        steering.start()
        self.draw(200)
        steering.join()
        self.assertEqual(self.scene.frames, 200)


if __name__ == "__main__":
    unittest.main()
