# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures of which it is known what is in them, models of which it is known what they say, and where examples are."""

import os
import sys

import cv2
import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.normpath(os.path.join(HERE, "..", "..", "examples"))
VISION = os.path.join(EXAMPLES, "vision")
sys.path.insert(0, VISION)

PORTRAIT = os.path.join(HERE, "portrait.jpg")
FACE = (115, 65, 97, 97)  # x, y, width, height of the face in it


def portrait(width=640, height=360, left=160, top=20):
    """The photograph on a grey wall, and where its face is then."""
    picture = numpy.full((height, width, 3), 128, numpy.uint8)
    photograph = cv2.imread(PORTRAIT)
    picture[top:top + photograph.shape[0], left:left + photograph.shape[1]] = photograph
    return picture, (FACE[0] + left, FACE[1] + top, *FACE[2:])


def draw_person(picture, x, y, height):
    """A person from head to foot, around (x, y), in silhouette."""
    part = height / 100
    ellipses = [(0, -42, 6.5, 8, 0), (0, -20, 12, 18, 0), (0, -30, 14, 7, 0),
                (-13, -14, 4, 18, 6), (13, -14, 4, 18, -6), (-6, 20, 6, 30, 4), (6, 20, 6, 30, -4),
                (-9, 47, 6, 3, 0), (9, 47, 6, 3, 0)]
    for across, down, width, tall, angle in ellipses:
        cv2.ellipse(picture, (int(x + across * part), int(y + down * part)), (int(width * part), int(tall * part)),
                    angle, 0, 360, (60, 50, 50), -1, cv2.LINE_AA)
    picture[:] = cv2.GaussianBlur(picture, (5, 5), 0)


def scene(width=320, height=240):
    """A room without anybody: every pixel another, so that nothing moves unseen."""
    noise = numpy.random.default_rng(7).integers(0, 60, (height // 8, width // 8, 3), numpy.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) + 60


def marker_seen(words, number, camera, side, rotation, position):
    """A white picture with a marker in it, as the camera sees it there."""
    import markers
    width, height = camera.size
    pixels = 240
    drawn = markers.render(number, words, pixels)
    border = (drawn.shape[0] - pixels) / 2
    half = side / 2 * drawn.shape[0] / pixels
    corners = numpy.array([[-half, half, 0], [half, half, 0], [half, -half, 0], [-half, -half, 0]])
    seen, _jacobian = cv2.projectPoints(
        corners, numpy.float64(rotation), numpy.float64(position), camera.matrix, camera.distortion)
    # Pixels have their middle at whole numbers.
    paper = numpy.float32([[0, 0], [1, 0], [1, 1], [0, 1]]) * (pixels + 2 * border) - 0.5
    plane = cv2.getPerspectiveTransform(paper, seen.reshape(4, 2).astype(numpy.float32))
    return cv2.cvtColor(cv2.warpPerspective(
        drawn, plane, (width, height), flags=cv2.INTER_AREA, borderValue=255), cv2.COLOR_GRAY2BGR)


def write_model(path, outputs, size=(64, 64), dynamic=False):
    """An ONNX model that takes a picture and says the same of each: the arrays, by name.

    The picture counts with a weight of zero, since a network whose outputs do not depend on its input is none.
    """
    from onnx import TensorProto, checker, helper, numpy_helper, save
    nodes, weights = [], []

    def weight(name, value):
        weights.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    nodes.append(helper.make_node("GlobalAveragePool", ["picture"], ["pool"]))
    nodes.append(helper.make_node("Reshape", ["pool", weight("row", numpy.int64([1, 3]))], ["mean"]))
    made = []
    for name, value in outputs.items():
        value = numpy.float32(value)
        nodes.append(helper.make_node(
            "Gemm", ["mean", weight(f"{name}.zeros", numpy.zeros((value.size, 3), numpy.float32)),
                     weight(f"{name}.values", value.ravel())], [f"{name}.row"], transB=1))
        nodes.append(helper.make_node(
            "Reshape", [f"{name}.row", weight(f"{name}.shape", numpy.int64(value.shape))], [name]))
        made.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape))
    sides = ["height", "width"] if dynamic else size[::-1]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, *sides])
    graph = helper.make_graph(nodes, "a model of a test", [picture], made, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    checker.check_model(model)
    save(model, path)
