# SPDX-License-Identifier: LGPL-2.1-or-later
"""Learns which tag a vector has, from vectors that have one."""

import cv2
import numpy

KINDS = ("knn", "svm", "logistic")
NEIGHBOURS = 5


class Classifier:
    """Is trained once, by train(), and never changes: any thread may ask it."""

    def __init__(self, kind, tags, mean, deviation, model, neighbours, count):
        self.kind = kind
        self.tags = tags
        self._mean = mean
        self._deviation = deviation
        self._model = model
        self._neighbours = neighbours
        self._count = count

    def __call__(self, vector):
        """(tag, share of the nearest recordings that have this tag, from 0 to 1)."""
        row = ((vector - self._mean) / self._deviation).astype(numpy.float32).reshape(1, -1)
        _, best, near, _ = self._neighbours.findNearest(row, self._count)
        if self._model is not None:
            _, best = self._model.predict(row)
        tag = int(best.ravel()[0])
        return self.tags[tag], float(numpy.mean(near.ravel() == tag))


def train(recordings, kind="svm"):
    """A Classifier, from the vectors of each tag: {tag: [vector, …]}.

    Raises ValueError where there is nothing to tell apart.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no way of learning; there are {', '.join(KINDS)}")
    recordings = {tag: vectors for tag, vectors in recordings.items() if len(vectors)}
    if len(recordings) < 2:
        raise ValueError("record pictures of at least two tags first: there is nothing to tell apart")
    tags = sorted(recordings)
    vectors = numpy.concatenate([numpy.asarray(recordings[tag], numpy.float32) for tag in tags])
    labels = numpy.repeat(numpy.arange(len(tags), dtype=numpy.int32), [len(recordings[tag]) for tag in tags])
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    # What never varies says nothing, and must not be divided by its noise.
    deviation[deviation < 1e-3] = 1
    rows = ((vectors - mean) / deviation).astype(numpy.float32)

    neighbours = cv2.ml.KNearest_create()
    neighbours.train(rows, cv2.ml.ROW_SAMPLE, labels)
    model = None
    if kind == "svm":
        model = cv2.ml.SVM_create()
        model.setType(cv2.ml.SVM_C_SVC)
        model.setKernel(cv2.ml.SVM_LINEAR)
        model.setC(0.1)
        model.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, 1000, 1e-4))
        model.train(rows, cv2.ml.ROW_SAMPLE, labels)
    elif kind == "logistic":
        model = cv2.ml.LogisticRegression_create()
        model.setLearningRate(0.05)
        model.setIterations(200)
        model.setRegularization(cv2.ml.LogisticRegression_REG_L2)
        model.setTrainMethod(cv2.ml.LogisticRegression_BATCH)
        model.train(rows, cv2.ml.ROW_SAMPLE, labels.astype(numpy.float32))
    return Classifier(kind, tags, mean, deviation, model, neighbours, min(NEIGHBOURS, numpy.bincount(labels).min()))
