# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the page of Holoscan's webrtc_holoviz_server asks of its server.

POST /offer, GET /iceServers, POST /config, and the page's own files. On the main context. What is asked
for in vain is answered with a reason, and changes nothing.
"""

import json
import mimetypes
import pathlib

import gi

gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, GstWebRTCServer  # noqa: E402

MAX_TEXT = 64  # characters
MAX_SPEED = 100


class Refusal(Exception):
    """Why a request is not carried out; its words are for the page."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def read_object(request):
    """The JSON object that is the body of a request."""
    try:
        content = json.loads(request.get_body().get_data() or b"")
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refusal(400, "The body of this request is a JSON object.")
    return content


def text_of(content, name):
    text = content.get(name)
    if not isinstance(text, str) or "\0" in text:
        raise Refusal(400, f'"{name}" is a text.')
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        raise Refusal(400, f'"{name}" is a text.') from None
    return text


def speed_of(content):
    """Of the slider, whose value the page sends as text."""
    speed = content.get("speed")
    try:
        if isinstance(speed, bool):
            raise TypeError
        speed = float(speed)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(400, '"speed" is a number.') from None
    if not 0 <= speed <= MAX_SPEED:  # which NaN is not either
        raise Refusal(422, '"speed" is from 0 to 100.')
    return speed


def status_of(error):
    codes = GstWebRTCServer.Error
    if error.matches(codes.quark(), codes.PROTOCOL):
        return 400
    return 422 if error.matches(codes.quark(), codes.NO_COMMON_CODEC) else 503


class Holoviz:
    """The routes on `server` for its stream `stream`.

    `watch()`: somebody has come to watch the stream. `configure(text, speed)`: both are taken.
    """

    def __init__(self, server, stream, watch, configure):
        self._server = server
        self._stream = stream
        self._watch = watch
        self._configure = configure
        for method, path, handler in (("POST", "/offer", self._offer),
                                      ("GET", "/iceServers", self._ice_servers),
                                      ("POST", "/config", self._config)):
            server.add_handler(method, path, self._guard, handler)

    def serve_page(self, folder):
        """Serves the files of a folder, none of those of its folders; index.html is the page at /.

        Returns which are left out, as their names are taken: a sentence each.
        """
        left_out = []
        for path in pathlib.Path(folder).iterdir():
            if path.name.startswith(".") or not path.is_file():
                continue
            if path.name == self._stream:
                left_out.append(f"The file “{path.name}” would hide the stream.")
                continue
            for route in (f"/{path.name}", "/") if path.name == "index.html" else (f"/{path.name}",):
                try:
                    self._server.add_handler("GET", route, self._guard, self._file, path)
                except GLib.Error as error:
                    left_out.append(error.message)
        return left_out

    def _guard(self, _server, request, handler, *more):
        try:
            handler(request, *more)
        except Refusal as refusal:
            request.respond_error(refusal.status, str(refusal))

    def _offer(self, request):
        content = read_object(request)
        sdp = text_of(content, "sdp")
        if content.get("type") != "offer":
            raise Refusal(400, '"type" is "offer".')

        def answered(server, result):
            try:
                answer = server.answer_offer_finish(result)
            except GLib.Error as error:
                request.respond_error(status_of(error), error.message)
            else:
                # There is somebody to see it.
                self._watch()
                request.respond_json(200, json.dumps({"sdp": answer, "type": "answer"}))

        self._server.answer_offer_async(self._stream, sdp, request, None, answered)

    def _ice_servers(self, request):
        request.respond_json(200, self._server.get_ice_servers())

    def _config(self, request):
        content = read_object(request)
        text = text_of(content, "text")
        if len(text) > MAX_TEXT:
            raise Refusal(422, '"text" has at most 64 characters.')
        self._configure(text, speed_of(content))
        request.respond(200, "text/plain", None)

    def _file(self, request, path):
        """A file of the page. It is read anew each time, so that a page can be worked on."""
        try:
            body = path.read_bytes()
        except OSError:
            raise Refusal(404, "This file is not there any more.") from None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        request.respond(200, kind, GLib.Bytes.new(body))
