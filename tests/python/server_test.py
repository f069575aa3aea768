# SPDX-License-Identifier: LGPL-2.1-or-later
"""The C API's server from Python, through the typelib: routes, a folder, a WebSocket, an offer."""

import base64
import hashlib
import json
import os
import pathlib
import queue
import socket
import struct
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20  # s

Gst.init(None)


def ask(server, path, method="GET", body=None, headers=None):
    url = f"http://127.0.0.1:{server.get_port()}{path}"
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class WebSocket:
    """The least that is one: short texts both ways."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            .encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline() != b"\r\n":
            pass

    def send(self, text):
        data = text.encode()
        self.socket.sendall(struct.pack("!BB4s", 0x81, 0x80 | len(data), bytes(4)) + data)

    def receive(self):
        head, length = self.file.read(2)
        return head & 15, self.file.read(length).decode()

    def close(self):
        self.file.close()
        self.socket.close()


class ServerTest(unittest.TestCase):
    def setUp(self):
        self.server = GstWebRTCServer.Server.new("webrtc://127.0.0.1:0")
        self.assertTrue(self.server.start())
        self.addCleanup(self.server.stop)

    def test_routes(self):
        texts = {}

        def greet(server, request):
            self.assertEqual(server, self.server)
            body = json.loads(request.get_body().get_data())
            texts[request.get_capture("name")] = body["text"]
            request.respond_json(200, json.dumps({"hello": request.get_capture("name")}))

        self.server.add_handler("PATCH", "/greet/{name}", greet)
        self.server.add_handler("POST", "/greet/{name}", greet)
        for method in ("PATCH", "POST"):
            status, body = ask(self.server, "/greet/w%C3%B6rld", method, b'{"text":"hi"}')
            self.assertEqual((status, json.loads(body)), (200, {"hello": "wörld"}))
        self.assertEqual(texts, {"wörld": "hi"})
        # A handler that lets go of a request has not answered it, and its client is told so.
        self.server.add_handler("GET", "/drop", lambda server, request: None)
        self.assertEqual(ask(self.server, "/drop")[0], 500)
        self.server.remove_route("/greet/{name}")
        self.assertEqual(ask(self.server, "/greet/x", "PATCH", b"{}")[0], 404)

    def test_answers_later(self):
        kept = queue.Queue()
        self.server.add_handler("GET", "/later", lambda server, request: kept.put(request))
        answers = []
        client = threading.Thread(target=lambda: answers.append(ask(self.server, "/later")))
        client.start()
        kept.get(timeout=PATIENCE).respond(200, "text/plain", GLib.Bytes.new(b"late"))
        client.join(PATIENCE)
        self.assertEqual(answers, [(200, b"late")])

    def test_handlers_run_in_the_main_loop(self):
        loop = GLib.MainLoop()
        threads = []

        def handle(_server, request):
            threads.append(threading.get_ident())
            request.respond_error(418, "Short and stout.")
            loop.quit()

        self.server.add_handler("GET", "/", handle)
        answers = []
        client = threading.Thread(target=lambda: answers.append(ask(self.server, "/")))
        GLib.idle_add(client.start)
        loop.run()
        client.join(PATIENCE)
        self.assertEqual(answers[0][0], 418)
        self.assertEqual(threads, [threading.get_ident()])

    def test_folder(self):
        with tempfile.TemporaryDirectory() as parent:
            folder = pathlib.Path(parent) / "folder"
            folder.mkdir()
            (folder / "page.html").write_text("<p>hello", encoding="utf-8")
            (folder.parent / "outside.html").write_text("<p>hidden", encoding="utf-8")
            self.server.add_folder("/files", str(folder))
            self.assertEqual(ask(self.server, "/files/page.html"), (200, b"<p>hello"))
            for way in ("..", "%2e%2e"):
                for slash in ("/", "%2f"):
                    path = f"/files/{way}{slash}outside.html"
                    self.assertEqual(ask(self.server, path)[0], 404, path)

    def test_socket(self):
        closed = threading.Event()

        def opened(_server, web_socket):
            web_socket.connect("message", lambda source, text: source.send(text.upper()))
            web_socket.connect("closed", lambda source: closed.set())

        self.server.add_socket("/chat", opened)
        client = WebSocket(self.server.get_port(), "/chat")
        self.assertEqual(client.status, 101)
        client.send("hello")
        self.assertEqual(client.receive(), (1, "HELLO"))
        client.close()
        self.assertTrue(closed.wait(PATIENCE))

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            self.server.add_handler("GET", "/api/mine", lambda server, request: None)
        self.assertTrue(caught.exception.matches(GstWebRTCServer.error_quark(),
                                                 GstWebRTCServer.Error.FAILED))
        self.assertIn("server's own", caught.exception.message)
        other = GstWebRTCServer.Server(uri=self.server.props.uri, tls=GstWebRTCServer.Tls.OFF)
        self.assertTrue(other.start())
        self.assertEqual(other.get_port(), self.server.get_port())
        other.stop()
        other = GstWebRTCServer.Server(uri=self.server.props.uri,
                                       ice_servers=["stun:stun.example.org:3478"])
        with self.assertRaises(GLib.Error) as caught:
            other.start()
        self.assertTrue(caught.exception.matches(GstWebRTCServer.error_quark(),
                                                 GstWebRTCServer.Error.SETTINGS_CONFLICT))

    def test_answer_offer(self):
        loop = GLib.MainLoop()
        errors = []

        def done(server, result):
            try:
                server.answer_offer_finish(result)
            except GLib.Error as error:
                errors.append(error)
            loop.quit()

        self.server.answer_offer_async("output", "v=0\r\n", None, None, done)
        loop.run()
        self.assertTrue(errors[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
        self.assertEqual(self.server.get_ice_servers(), "[]")

    def test_answer_offer_for_a_token(self):
        loop = GLib.MainLoop()
        errors = []

        def answered(server, result, request):
            try:
                server.answer_offer_finish(result)
            except GLib.Error as error:
                errors.append(error)
            request.respond_error(422, "There is no answer.")

        def offer(server, request):
            server.answer_offer_async("output", "v=0\r\n", request, None, answered, request)

        def client(server, tokens):
            for token in tokens:
                ask(server, "/offer", "POST", b"", {"Authorization": f"Bearer {token}"})
            loop.quit()

        tokens = {"neighbour": "other", "viewer": "output"}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "tokens.json"
            path.touch(mode=0o600)
            path.write_text(json.dumps([
                {"sha256": hashlib.sha256(token.encode()).hexdigest(), "streams": [stream],
                 "allow": ["view"]} for token, stream in tokens.items()]), encoding="utf-8")
            server = GstWebRTCServer.Server.new(f"webrtc://127.0.0.1:0?auth-tokens={path}")
            self.assertTrue(server.start())
            self.addCleanup(server.stop)
        server.add_handler("POST", "/offer", offer)
        thread = threading.Thread(target=client, args=(server, tokens))
        GLib.idle_add(thread.start)
        loop.run()
        thread.join(PATIENCE)
        # Only who may view the stream hears that it is not there.
        self.assertTrue(errors[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.PERMISSION_DENIED))
        self.assertTrue(errors[1].matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))


class Lists(unittest.TestCase):
    def test_lists_of_texts_are_lists(self):
        origins = ["https://pages.example", "http://localhost:5173"]
        turn = ["turn://joe:secret@turn.example:3478"]
        server = GstWebRTCServer.Server(uri="webrtc://127.0.0.1:0", allowed_origins=origins, turn_servers=turn)
        self.assertEqual((server.props.allowed_origins, server.props.turn_servers), (origins, turn))
        self.assertTrue(server.start())
        self.addCleanup(server.stop)
        for origin, status in ((origins[0], 405), ("https://other.example", 403)):
            self.assertEqual(ask(server, "/nothing", "POST", b"x", {"Origin": origin})[0], status)
        # An element that wants the same shares it.
        port = server.get_port()
        sink = Gst.parse_launch("videotestsrc is-live=true ! webrtcsink allowed-origins=<"
                                + ",".join(f'"{origin}"' for origin in origins)
                                + f"> uri=webrtc://127.0.0.1:{port}/output")
        self.addCleanup(sink.set_state, Gst.State.NULL)
        self.assertNotEqual(sink.set_state(Gst.State.PLAYING), Gst.StateChangeReturn.FAILURE)

    def test_lists_in_an_address(self):
        server = GstWebRTCServer.Server.new(
            'webrtc://127.0.0.1:0?allowed-origins=<"https://pages.example",null>'
            '&ice-servers=<"stun:stun.example:3478">')
        self.assertEqual(server.props.allowed_origins, ["https://pages.example", "null"])
        self.assertEqual(server.props.ice_servers, ["stun:stun.example:3478"])
        for wrong in ("allowed-origins=<1,2>", "allowed-origins=x"):
            with self.assertRaises(GLib.Error) as error:
                GstWebRTCServer.Server.new("webrtc://127.0.0.1:0?" + wrong).start()
            self.assertIn("it takes a list", error.exception.message)


if __name__ == "__main__":
    unittest.main()
