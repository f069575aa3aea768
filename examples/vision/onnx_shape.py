# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an ONNX file takes and gives, which cv2.dnn knows and does not tell.

An ONNX file is a message of protocol buffers (onnx.proto). Only what leads to inputs and outputs is read; the
weights are stepped over.
"""

import mmap

# Numbers of the fields, from onnx.proto.
MODEL_GRAPH, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 7, 5, 11, 12
INITIALIZER_NAME, VALUE_NAME, VALUE_TYPE = 8, 1, 2
TYPE_TENSOR, TENSOR_SHAPE, SHAPE_DIMENSION, DIMENSION_VALUE = 1, 2, 1, 1


def _varint(data, position, end):
    value = shift = 0
    while position < end and shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number without an end")


def _fields(data, span):
    """Yields (number, value): an integer, or the (begin, end) of what has a length."""
    position, end = span
    while position < end:
        key, position = _varint(data, position, end)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("a field without a number")
        if kind == 0:
            value, position = _varint(data, position, end)
        elif kind == 2:
            length, begin = _varint(data, position, end)
            position = begin + length
            value = (begin, position)
        elif kind in (1, 5):
            position += 8 if kind == 1 else 4
            value = None
        else:
            raise ValueError(f"a field of kind {kind}")
        if position > end:
            raise ValueError("a field that is longer than the file")
        yield number, value


def _inside(data, span, number):
    """The spans of the fields of this number."""
    return [value for found, value in _fields(data, span) if found == number and isinstance(value, tuple)]


def _name(data, span, number):
    return next((bytes(data[begin:end]) for begin, end in _inside(data, span, number)), b"")


def _shape(data, value):
    sizes = []
    for kind in _inside(data, value, VALUE_TYPE):
        for tensor in _inside(data, kind, TYPE_TENSOR):
            for shape in _inside(data, tensor, TENSOR_SHAPE):
                for dimension in _inside(data, shape, SHAPE_DIMENSION):
                    known = [size for number, size in _fields(data, dimension) if number == DIMENSION_VALUE]
                    sizes.append(known[0] if known else 0)
    return sizes


def describe(path):
    """The shape of the model's one input, 0 where the model leaves it open, and the names of its outputs.

    Raises OSError where the file cannot be read, and ValueError where it is no ONNX model.
    """
    with open(path, "rb") as file:
        # An empty file cannot be mapped.
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            inputs, outputs = [], []
            for graph in _inside(data, (0, len(data)), MODEL_GRAPH):
                # Older files list the weights among the inputs.
                weights = {_name(data, span, INITIALIZER_NAME) for span in _inside(data, graph, GRAPH_INITIALIZER)}
                inputs += [span for span in _inside(data, graph, GRAPH_INPUT)
                           if _name(data, span, VALUE_NAME) not in weights]
                outputs += [_name(data, span, VALUE_NAME).decode("utf-8", "replace")
                            for span in _inside(data, graph, GRAPH_OUTPUT)]
            if len(inputs) != 1:
                raise ValueError(f"a model of one input is needed, and this has {len(inputs)}")
            return _shape(data, inputs[0]), outputs
