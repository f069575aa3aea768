# SPDX-License-Identifier: LGPL-2.1-or-later
"""The memory of buffers as arrays, and that of arrays as buffers, without a copy.

PyGObject copies on both ways, hence GStreamer's own functions. Usable on any thread.
"""

import ctypes
import threading

from gi.repository import Gst

_glib = ctypes.CDLL("libglib-2.0.so.0")
_gst = ctypes.CDLL("libgstreamer-1.0.so.0")


class _MapInfo(ctypes.Structure):
    _fields_ = [
        ("memory", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("maxsize", ctypes.c_size_t),
        ("user_data", ctypes.c_void_p * 4),
        ("_gst_reserved", ctypes.c_void_p * 4),
    ]


def _declare(function, result, *arguments):
    function.restype = result
    function.argtypes = arguments
    return function


_map = _declare(_gst.gst_buffer_map, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_MapInfo), ctypes.c_int)
_unmap = _declare(_gst.gst_buffer_unmap, None, ctypes.c_void_p, ctypes.POINTER(_MapInfo))
_append = _declare(_gst.gst_buffer_append_memory, None, ctypes.c_void_p, ctypes.c_void_p)
_new_wrapped = _declare(
    _gst.gst_memory_new_wrapped, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t,
    ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
_allocate_zeroed = _declare(_glib.g_malloc0, ctypes.c_void_p, ctypes.c_size_t)
_free = _declare(_glib.g_free, None, ctypes.c_void_p)
_count_up = ctypes.cast(_glib.g_atomic_int_inc, ctypes.c_void_p)


def _address(buffer):
    """Where the GstBuffer is: what PyGObject hashes a structure by."""
    return ctypes.c_void_p(hash(buffer))


class Mapping:
    """A mapped buffer. It is unmapped with the last array that shows a part of it."""

    def __init__(self, buffer, flags=Gst.MapFlags.READ, owner=None):
        self._info = _MapInfo()
        self._buffer = buffer
        self._owner = owner  # what keeps the buffer
        self._unmap = None
        if not _map(_address(buffer), ctypes.byref(self._info), int(flags)):
            raise MemoryError("The memory of this frame cannot be read or written by the processor.")
        self._unmap = _unmap  # at the end of the program, the module's names go first
        self.address = self._info.data
        self.size = self._info.size
        self._read_only = not flags & Gst.MapFlags.WRITE

    def __del__(self):
        if self._unmap:
            self._unmap(_address(self._buffer), ctypes.byref(self._info))

    def view(self, offset, shape, strides, kind):
        """What numpy.asarray() makes an array of. `kind` is an array-interface type such as "|u1"."""
        size = int(kind[2:])
        end = offset + size + sum((count - 1) * stride for count, stride in zip(shape, strides))
        if offset < 0 or end > self.size:
            raise ValueError(f"This frame has {self.size} bytes; its caps say that there are {end}.")
        return _View(self, self.address + offset, shape, strides, kind, self._read_only)


class _View:
    def __init__(self, mapping, address, shape, strides, kind, read_only):
        self._mapping = mapping
        self.__array_interface__ = {
            "version": 3, "data": (address, read_only), "shape": tuple(shape),
            "strides": tuple(strides), "typestr": kind}


class _Lent:
    """Arrays whose memory GStreamer uses.

    Streaming threads let go of memory, and must not wait for Python's lock: they count up a number,
    and what has been given back is looked for when the next array is lent. The references are not
    objects' that the end of the program would drop: threads may still read then.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._entries = []

    def lend(self, array):
        flag = _allocate_zeroed(ctypes.sizeof(ctypes.c_int))
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(array))
        with self._lock:
            self._entries.append((flag, id(array)))
        return flag

    def collect(self):
        """Lets go of what has been given back; how many there still are."""
        with self._lock:
            back = [entry for entry in self._entries if ctypes.c_int.from_address(entry[0]).value]
            self._entries = [entry for entry in self._entries if entry not in back]
            remaining = len(self._entries)
        for flag, address in back:
            _free(flag)
            ctypes.pythonapi.Py_DecRef(ctypes.cast(address, ctypes.py_object))
        return remaining


_lent = _Lent()


def collect():
    """Drops the arrays that GStreamer has let go of; how many it still has."""
    return _lent.collect()


def wrap(array):
    """A buffer whose memory is that of a contiguous array, which lives for as long as the buffer."""
    collect()
    buffer = Gst.Buffer.new()
    # Read-only: an element that changes pictures in place takes a copy.
    memory = _new_wrapped(
        int(Gst.MemoryFlags.READONLY), array.__array_interface__["data"][0], array.nbytes, 0, array.nbytes,
        _lent.lend(array), _count_up)
    _append(_address(buffer), memory)
    return buffer
