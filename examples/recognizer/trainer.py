# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains from a dataset while pictures go on."""

import threading

import cv2
import numpy

from classifier import KINDS, train
from dataset import Refused

MOST_PICTURES = 300  # of a tag, spread over all of them: more takes longer and hardly tells more


def _spread(names):
    if len(names) <= MOST_PICTURES:
        return names
    return [names[round(i * (len(names) - 1) / (MOST_PICTURES - 1))] for i in range(MOST_PICTURES)]


class Trainer:
    """Any thread may use it; one training runs at a time, on a thread of its own."""

    def __init__(self, dataset, features, report):
        self._dataset = dataset
        self._features = features
        self._report = report  # is called when a training has begun or ended
        self._lock = threading.Lock()
        self._busy = False  # guarded by _lock
        self._ends = False  # set while _lock is held
        self._thread = None  # guarded by _lock
        self._problem = None  # guarded by _lock
        self.classifier = None  # the last that was trained; replaced as a whole

    def state(self):
        with self._lock:
            busy, problem = self._busy, self._problem
        classifier = self.classifier
        return {"training": busy, "problem": problem,
                "trained": classifier and {"kind": classifier.kind, "tags": classifier.tags}}

    def start(self, kind):
        """Returns at once."""
        if kind not in KINDS:
            raise Refused(422, f"There is no such way of learning; there are {', '.join(KINDS)}.")
        if sum(count > 0 for count in self._dataset.tags().values()) < 2:
            raise Refused(422, "Record pictures of at least two tags first: there is nothing to tell apart.")
        with self._lock:
            if self._busy:
                raise Refused(409, "Somebody else's training has not ended yet.")
            if self._ends:
                raise Refused(503, "The recognizer ends.")
            self._busy, self._problem = True, None
            self._thread = threading.Thread(target=self._run, args=(kind,))
            self._thread.start()
        self._report()

    def close(self):
        """Gives the training up, and waits until it has noticed: nothing is begun after it."""
        with self._lock:
            self._ends = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self, kind):
        problem = None
        try:
            self.classifier = train(self._vectors(), kind)
        except (ValueError, OSError, Refused) as error:
            problem = str(error)
        except cv2.error as error:
            problem = f"OpenCV cannot learn from these pictures: {error.err}"
        with self._lock:
            self._busy, self._problem = False, problem
        self._report()

    def _vectors(self):
        """The vectors of each tag. A file that is gone meanwhile, or is no picture, is passed over."""
        vectors = {}
        for tag in self._dataset.tags():
            vectors[tag] = []
            for name in _spread(self._dataset.pictures(tag)):
                if self._ends:
                    raise ValueError("The recognizer ends.")
                try:
                    content = self._dataset.read(tag, name)
                except Refused:
                    continue
                picture = cv2.imdecode(numpy.frombuffer(content, numpy.uint8), cv2.IMREAD_COLOR) if content else None
                if picture is not None:
                    vectors[tag].append(self._features(picture))
        return vectors
