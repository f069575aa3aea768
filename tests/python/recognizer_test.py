# SPDX-License-Identifier: LGPL-2.1-or-later
"""The recognizer's learning and its recordings; tests/browser/recognizer.test.js has the rest."""

import pathlib
import resource
import sys
import tempfile
import threading
import unittest

try:
    import cv2
    import numpy
except ImportError:
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples/recognizer"))
from classifier import KINDS, train  # noqa: E402
from dataset import MOST_TAGS, Dataset, Refused  # noqa: E402
from features import Histograms, Network  # noqa: E402
from trainer import Trainer  # noqa: E402

DEADLINE = 60  # s


def picture(kind, seed):
    """A disc, or bars, somewhere on a background that says nothing."""
    noise = numpy.random.default_rng(seed)
    drawn = numpy.full((120, 160, 3), noise.integers(60, 180), numpy.uint8)
    x, y = (int(value) for value in noise.integers(-15, 15, 2))
    if kind == "disc":
        cv2.circle(drawn, (80 + x, 60 + y), 35, (30, 200, 30), -1)
    elif kind == "bars":
        for column in range(20, 140, 24):
            cv2.rectangle(drawn, (column + x, 20 + y), (column + 10 + x, 100 + y), (200, 40, 40), -1)
    else:
        cv2.fillPoly(drawn, [numpy.array([(80 + x, 15 + y), (120 + x, 105 + y), (40 + x, 105 + y)])], (40, 40, 220))
    return drawn


def field(number, value):
    """A field of a protocol buffer: a number, or bytes."""
    def varint(rest):
        return bytes([rest & 127 | 128]) + varint(rest >> 7) if rest > 127 else bytes([rest])
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def mean_colour_network():
    """An ONNX file of one layer: 1 × 3 × 224 × 224 numbers become the mean of each colour."""
    def tensor(name, *sides):
        shape = field(2, b"".join(field(1, field(1, side)) for side in sides))
        return field(1, name) + field(2, field(1, field(1, 1) + shape))
    node = field(1, "picture") + field(2, "means") + field(3, "pool") + field(4, "GlobalAveragePool")
    graph = (field(1, node) + field(2, "means") + field(11, tensor("picture", 1, 3, 224, 224))
             + field(12, tensor("means", 1, 3, 1, 1)))
    return field(1, 7) + field(7, graph) + field(8, field(1, "") + field(2, 11))


class Learning(unittest.TestCase):
    def setUp(self):
        self.features = Histograms()

    def vectors(self, kind, seeds):
        return [self.features(picture(kind, seed)) for seed in seeds]

    def test_pictures_that_were_not_recorded_are_recognized(self):
        recordings = {kind: self.vectors(kind, range(12)) for kind in ("disc", "bars", "corner")}
        for way in KINDS:
            classifier = train(recordings, way)
            for kind in recordings:
                for vector in self.vectors(kind, range(100, 108)):
                    tag, confidence = classifier(vector)
                    self.assertEqual(tag, kind, way)
                    self.assertGreater(confidence, 0.5, (way, kind))

    def test_one_picture_of_each_is_enough(self):
        for way in KINDS:
            classifier = train({"disc": self.vectors("disc", [1]), "bars": self.vectors("bars", [1])}, way)
            self.assertEqual(classifier(self.vectors("disc", [2])[0])[0], "disc", way)

    def test_one_tag_teaches_nothing(self):
        for recordings in ({}, {"disc": self.vectors("disc", [1])}, {"disc": self.vectors("disc", [1]), "bars": []}):
            with self.assertRaisesRegex(ValueError, "at least two tags"):
                train(recordings)

    def test_another_way_of_learning_is_named(self):
        with self.assertRaisesRegex(ValueError, "'guess'.*knn, svm, logistic"):
            train({"a": [numpy.zeros(3)], "b": [numpy.ones(3)]}, "guess")

    def test_black_pictures_of_any_size_have_a_vector(self):
        for size in ((1, 1, 3), (1080, 1920, 3)):
            vector = self.features(numpy.zeros(size, numpy.uint8))
            self.assertEqual(vector.shape, self.features(picture("disc", 1)).shape)
            self.assertTrue(numpy.isfinite(vector).all())

    def test_a_network_of_the_users_sees_instead(self):
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(mean_colour_network())
            file.flush()
            self.features = Network(file.name)
        self.assertEqual(self.features(picture("disc", 1)).shape, (3,))
        classifier = train({kind: self.vectors(kind, range(6)) for kind in ("disc", "bars")}, "knn")
        self.assertEqual(classifier(self.vectors("bars", [7])[0])[0], "bars")

    def test_a_network_is_asked_by_several_threads(self):
        """What recognizes and what trains do so at the same time."""
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(mean_colour_network())
            file.flush()
            network = Network(file.name)
        wrong = []

        def ask(kind):
            asked = picture(kind, 1)
            expected = network(asked)
            wrong.extend(kind for _time in range(60) if not numpy.array_equal(network(asked), expected))

        threads = [threading.Thread(target=ask, args=(kind,)) for kind in ("disc", "bars", "corner")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_networks_that_are_none_are_named(self):
        with self.assertRaisesRegex(ValueError, "there is no network at /nowhere.onnx"):
            Network("/nowhere.onnx")
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(b"no network")
            file.flush()
            with self.assertRaisesRegex(ValueError, f"{file.name} is no network"):
                Network(file.name)


class Recordings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.dataset = Dataset(self.folder)

    def test_what_is_recorded_is_listed_read_and_removed(self):
        names = [self.dataset.record("mug", picture("disc", seed)) for seed in range(3)]
        self.assertEqual(self.dataset.tags(), {"mug": 3})
        self.assertEqual(sorted(names), self.dataset.pictures("mug"))
        decoded = cv2.imdecode(numpy.frombuffer(self.dataset.read("mug", names[0]), numpy.uint8), cv2.IMREAD_COLOR)
        self.assertEqual(decoded.shape, (120, 160, 3))
        self.dataset.remove("mug", names[0])
        self.assertEqual(Dataset(self.folder).tags(), {"mug": 2})
        self.dataset.remove_tag("mug")
        self.assertEqual(self.dataset.tags(), {})

    def test_tags_are_no_paths(self):
        outside = self.folder.parent / "outside"
        for tag in ("", ".", "..", "../outside", "a/b", "/etc", "a\\b", ".hidden", "a\0b", "a\nb", "x" * 41, "a.", "a ",
                    "漢" * 41, None):
            for refused in (lambda: self.dataset.record(tag, picture("disc", 1)), lambda: self.dataset.pictures(tag),
                            lambda: self.dataset.remove_tag(tag)):
                with self.assertRaises(Refused, msg=repr(tag)) as caught:
                    refused()
                self.assertEqual(caught.exception.status, 422)
        self.assertFalse(outside.exists())
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_tags_of_any_language_are_one_however_they_are_typed(self):
        self.dataset.record("Tasse für Tee", picture("disc", 1))
        self.dataset.record("Tasse fu\u0308r Tee", picture("disc", 2))
        self.assertEqual(self.dataset.tags(), {"Tasse für Tee": 2})

    def test_pictures_are_no_paths(self):
        self.dataset.record("mug", picture("disc", 1))
        (self.folder / "secret.jpg").write_bytes(b"secret")
        for name in ("../secret.jpg", "secret.jpg", "", ".", "1.png", "7.jpg", "../../etc/passwd"):
            for refused in (self.dataset.read, self.dataset.remove):
                with self.assertRaises(Refused, msg=name) as caught:
                    refused("mug", name)
                self.assertEqual(caught.exception.status, 404)
        self.assertTrue((self.folder / "secret.jpg").exists())

    def test_a_full_disk_leaves_nothing_behind(self):
        self.dataset.record("mug", picture("disc", 1))
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            with self.assertRaisesRegex(Refused, "cannot be written") as caught:
                self.dataset.record("mug", picture("disc", 2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self.assertEqual(caught.exception.status, 507)
        self.assertEqual(len(list((self.folder / "mug").iterdir())), 1)
        self.dataset.record("mug", picture("disc", 3))
        self.assertEqual(self.dataset.tags(), {"mug": 2})

    def test_what_was_being_written_when_the_power_went_is_no_picture(self):
        self.dataset.record("mug", picture("disc", 1))
        (self.folder / "mug/.part-7.jpg").write_bytes(b"half")
        self.assertEqual(Dataset(self.folder).tags(), {"mug": 1})
        self.assertEqual(len(list((self.folder / "mug").iterdir())), 1)

    def test_folders_with_names_of_their_own_are_left_alone(self):
        self.dataset.record("mug", picture("disc", 1))
        for name in ("mug.", "mug ", ".git", "x" * 60, "漢" * 41, "Tasse fu\u0308r Tee"):
            (self.folder / name).mkdir()
        (self.folder / "notes").touch()
        self.assertEqual(self.dataset.tags(), {"mug": 1})

    def test_tags_are_counted(self):
        for number in range(MOST_TAGS):
            (self.folder / f"tag{number}").mkdir()
        with self.assertRaisesRegex(Refused, "100 tags already"):
            self.dataset.record("one more", picture("disc", 1))
        self.dataset.record("tag7", picture("disc", 1))


class Training(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.dataset = Dataset(folder.name)
        self.reports = threading.Semaphore(0)
        self.look = threading.Event()
        self.look.set()
        histograms = Histograms()

        def features(seen):
            self.look.wait(DEADLINE)
            return histograms(seen)

        self.trainer = Trainer(self.dataset, features, self.reports.release)
        for kind in ("disc", "bars"):
            for seed in range(3):
                self.dataset.record(kind, picture(kind, seed))

    def until_trained(self):
        for _begun_and_ended in range(2):
            self.assertTrue(self.reports.acquire(timeout=DEADLINE))

    def test_a_second_trainer_is_refused_and_disturbs_nothing(self):
        self.look.clear()
        self.trainer.start("knn")
        with self.assertRaisesRegex(Refused, "has not ended") as caught:
            self.trainer.start("svm")
        self.assertEqual(caught.exception.status, 409)
        self.assertTrue(self.trainer.state()["training"])
        self.look.set()
        self.until_trained()
        self.assertEqual(self.trainer.state(), {
            "training": False, "problem": None, "trained": {"kind": "knn", "tags": ["bars", "disc"]}})
        self.trainer.start("svm")
        self.until_trained()
        self.assertEqual(self.trainer.classifier.kind, "svm")

    def test_one_tag_is_refused(self):
        self.dataset.remove_tag("bars")
        (self.folder / "empty").mkdir()
        with self.assertRaisesRegex(Refused, "at least two tags"):
            self.trainer.start("svm")
        self.assertFalse(self.trainer.state()["training"])

    def test_files_that_are_no_pictures_are_passed_over(self):
        (self.folder / "disc/1.jpg").write_bytes(b"")
        (self.folder / "disc/2.jpg").write_bytes(b"no picture")
        self.trainer.start("svm")
        self.until_trained()
        self.assertEqual(self.trainer.state()["trained"]["tags"], ["bars", "disc"])

    def test_pictures_that_are_all_broken_are_a_problem_that_is_told(self):
        for name in self.dataset.pictures("disc"):
            (self.folder / "disc" / name).write_bytes(b"no picture")
        self.trainer.start("svm")
        self.until_trained()
        self.assertRegex(self.trainer.state()["problem"], "at least two tags")
        self.assertIsNone(self.trainer.classifier)

    def test_the_end_waits_for_the_training(self):
        self.look.clear()
        self.trainer.start("knn")
        end = threading.Thread(target=self.trainer.close)
        end.start()
        self.assertTrue(end.is_alive())
        self.look.set()
        end.join(DEADLINE)
        self.assertFalse(end.is_alive())
        self.assertFalse(self.trainer.state()["training"])
        with self.assertRaisesRegex(Refused, "ends") as caught:
            self.trainer.start("knn")
        self.assertEqual(caught.exception.status, 503)


if __name__ == "__main__":
    unittest.main()
