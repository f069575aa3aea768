# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the page asks of the recognizer, over HTTP."""

import json
import pathlib

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib  # noqa: E402

from dataset import Refused, check_tag  # noqa: E402

PAGE = pathlib.Path(__file__).parent / "page"


class Routes:
    """Handlers run one after another, where the main loop is."""

    def __init__(self, server, dataset, trainer, newest, stream):
        self._dataset = dataset
        self._trainer = trainer
        self._newest = newest  # gives the picture that is seen now, or None
        self._stream = stream  # whose tokens say who may record and train
        server.add_folder("/page", str(PAGE))
        for method, pattern, handler, changes in (
            ("GET", "/", self._page, False),
            ("GET", "/recognizer", self._state, False),
            ("POST", "/recognizer/train", self._train, True),
            ("GET", "/recognizer/tags/{tag}", self._list, False),
            ("POST", "/recognizer/tags/{tag}", self._record, True),
            ("DELETE", "/recognizer/tags/{tag}", self._remove_tag, True),
            ("GET", "/recognizer/tags/{tag}/{picture}", self._read, False),
            ("DELETE", "/recognizer/tags/{tag}/{picture}", self._remove, True),
        ):
            server.add_handler(method, pattern, self._guarded(handler, "control" if changes else "view"))

    def state(self):
        return {"tags": self._dataset.tags(), **self._trainer.state()}

    def _guarded(self, handler, permission):
        def handle(_server, request):
            try:
                if not request.is_allowed(self._stream, permission):
                    raise Refused(403, f"The token does not allow to {permission} {self._stream}.")
                handler(request)
            except Refused as refusal:
                request.respond_error(refusal.status, str(refusal))
            except OSError as error:
                request.respond_error(500, f"The recordings cannot be read: {error.strerror}.")
        return handle

    @staticmethod
    def _page(request):
        request.respond(200, "text/html; charset=utf-8", GLib.Bytes.new((PAGE / "index.html").read_bytes()))

    def _state(self, request):
        request.respond_json(200, json.dumps(self.state()))

    def _train(self, request):
        try:
            asked = json.loads(request.get_body().get_data() or b"{}")
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            raise Refused(400, "The body is a JSON object, such as {\"kind\": \"svm\"}.")
        self._trainer.start(asked.get("kind", "svm"))
        request.respond_json(202, json.dumps(self.state()))

    def _list(self, request):
        tag = check_tag(request.get_capture("tag"))
        request.respond_json(200, json.dumps({"tag": tag, "pictures": self._dataset.pictures(tag)}))

    def _record(self, request):
        tag = check_tag(request.get_capture("tag"))
        picture = self._newest()
        if picture is None:
            raise Refused(409, "There is no picture to record: nobody sends a camera.")
        request.respond_json(201, json.dumps({"tag": tag, "picture": self._dataset.record(tag, picture)}))

    def _remove_tag(self, request):
        self._dataset.remove_tag(request.get_capture("tag"))
        request.respond_json(200, json.dumps(self.state()))

    def _read(self, request):
        content = self._dataset.read(request.get_capture("tag"), request.get_capture("picture"))
        request.respond(200, "image/jpeg", GLib.Bytes.new(content))

    def _remove(self, request):
        self._dataset.remove(request.get_capture("tag"), request.get_capture("picture"))
        request.respond_json(200, json.dumps(self.state()))
