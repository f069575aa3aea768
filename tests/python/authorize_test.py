#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GstWebRTCServer.Server.set_authorize(): the application decides who comes in."""

import base64
import json
import os
import queue
import socket
import threading
import unittest
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PATIENCE = 20  # s

Gst.init(None)


def ask(server, path, token=None, method="GET", body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body:
        headers["Content-Type"] = "application/sdp"
    request = urllib.request.Request(f"http://127.0.0.1:{server.get_port()}{path}", data=body,
                                     method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class WebSocket:
    """A client that opens one and waits for its end."""

    def __init__(self, server, path):
        port = server.get_port()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            "User-Agent: test\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline() not in (b"\r\n", b""):
            pass

    def rest(self):
        """What comes until the server closes it."""
        return self.file.read()

    def close(self):
        self.file.close()
        self.socket.close()


class AuthorizeTest(unittest.TestCase):
    def setUp(self):
        self.asked = []
        self.server = GstWebRTCServer.Server.new("webrtc://127.0.0.1:0")
        self.server.set_authorize(self.decide)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.stream = self.server.add_stream("camera", None)

    def decide(self, server, who):
        self.assertEqual(server, self.server)
        token = who.get_token()
        self.asked.append((token, who.get_method(), who.get_path(), who.get_stream(),
                           who.get_permission(), who.get_peer_address()))
        if token == "all":
            who.allow(None, None, None)
        elif token == "viewer":
            who.allow(["view"], ["cam*"], None)
        elif token == "brief":
            who.allow(None, None, GLib.DateTime.new_now_utc().add_seconds(2))
        elif token == "past":
            who.allow(None, None, GLib.DateTime.new_now_utc().add_seconds(-1))
        elif token == "later":
            threading.Thread(target=who.allow, args=(None, None, None)).start()
        elif token == "wrong":
            with self.assertRaises(GLib.Error) as wrong:
                who.allow(["fly"], None, None)
            self.assertIn("fly", wrong.exception.message)
            who.refuse("Nobody flies here.")
        elif token != "silent":
            who.refuse(None)

    def open(self, path):
        client = WebSocket(self.server, path)
        self.addCleanup(client.close)
        return client

    def test_requests_are_asked_about(self):
        self.assertEqual(ask(self.server, "/api/streams")[0], 401)
        self.assertEqual(ask(self.server, "/api/streams", "nobody")[0], 401)
        status, body = ask(self.server, "/api/streams", "all")
        self.assertEqual((status, list(json.loads(body))), (200, ["/camera"]))
        self.assertEqual(ask(self.server, "/api/streams", "later")[0], 200)
        self.assertEqual(ask(self.server, "/api/streams?token=viewer")[0], 200)
        status, body = ask(self.server, "/api/streams", "wrong")
        self.assertEqual((status, json.loads(body)["detail"]), (401, "Nobody flies here."))
        self.assertEqual(ask(self.server, "/api/streams", "past")[0], 401)
        # Who lets go of the question has not answered it.
        self.assertEqual(ask(self.server, "/api/streams", "silent")[0], 401)
        self.assertEqual(self.asked[2], ("all", "GET", "/api/streams", None, None, "127.0.0.1"))

    def test_what_is_public_is_not_asked_about_nor_what_is_not_there(self):
        for path in ("/", "/healthz", "/webrtc-client.js"):
            self.assertEqual(ask(self.server, path)[0], 200)
        self.assertEqual(ask(self.server, "/no/such/thing", "all")[0], 401)
        self.assertEqual(self.asked, [])

    def test_a_grant_is_for_what_it_says(self):
        offer = b"v=0\r\n" + b"x" * 20000
        for token, path, status in (("viewer", "/camera/whep", 400), ("viewer", "/door/whep", 403),
                                    ("viewer", "/camera/whip", 403), ("nobody", "/camera/whep", 401),
                                    ("all", "/camera/whip", 404)):
            self.assertEqual(ask(self.server, path, token, "POST", offer)[0], status, (token, path))
        self.assertEqual([entry[3:5] for entry in self.asked],
                         [("camera", "view"), ("door", "view"), ("camera", "publish"),
                          ("camera", "view"), ("camera", "publish")])
        self.assertEqual(ask(self.server, "/api/controls/camera", "viewer", "PATCH", b"{}")[0], 403)
        self.assertEqual(self.asked[-1][3:5], ("camera", "control"))

    def test_sockets_wait_for_the_answer(self):
        self.assertEqual(self.open("/camera").status, 401)
        self.assertEqual(self.open("/door?token=viewer").status, 403)
        for token in ("viewer", "later", "all"):
            viewer = self.open(f"/camera?token={token}")
            self.assertEqual(viewer.status, 101)
            viewer.file.read(1)  # it is greeted: there is a session
        self.assertEqual(len(self.stream.get_sessions()), 3)
        self.assertEqual({session.props.may_control for session in self.stream.get_sessions()},
                         {True, False})
        self.assertEqual(self.stream.get_sessions()[0].props.user_agent, "test")

    def test_sessions_end_with_their_grant(self):
        self.assertIn(b"expired", self.open("/camera?token=brief").rest())
        stays = self.open("/camera?token=all")
        goes = self.open("/camera?token=viewer")
        self.assertEqual((stays.status, goes.status), (101, 101))
        stays.file.read(1)
        goes.file.read(1)
        self.server.revoke_token("viewer")
        self.assertIn(b"revoked", goes.rest())
        self.assertEqual(len(self.stream.get_sessions()), 1)

    def test_routes_and_their_sockets(self):
        self.server.add_handler("POST", "/echo", lambda server, request: request.respond_json(
            200, json.dumps([request.is_allowed("camera", "view"),
                             request.is_allowed("camera", "control"),
                             len(request.get_body().get_data())])))
        status, body = ask(self.server, "/echo", "viewer", "POST", b"x" * 30000)
        self.assertEqual((status, json.loads(body)), (200, [True, False, 30000]))
        self.assertEqual(ask(self.server, "/echo", None, "POST", b"x" * 30000)[0], 401)

    def test_a_front_page_of_the_applications_is_asked_about(self):
        self.server.add_handler("GET", "/", lambda server, request: request.respond_json(200, "[17]"))
        self.assertEqual(ask(self.server, "/")[0], 401)
        self.assertEqual(ask(self.server, "/", "viewer"), (200, b"[17]"))
        self.server.remove_route("/")
        self.assertIn(b"<html", ask(self.server, "/")[1])

    def test_who_has_come_in_unasked_goes(self):
        self.server = GstWebRTCServer.Server.new("webrtc://127.0.0.1:0")
        self.server.add_socket("/chat", lambda server, socket: None)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.server.add_stream("camera", None)
        viewer, chatter = self.open("/camera"), self.open("/chat")
        self.assertEqual((viewer.status, chatter.status), (101, 101))
        self.server.set_authorize(self.decide)
        self.assertIn(b"revoked", viewer.rest())
        self.assertIn(b"does not count any more", chatter.rest())
        self.assertEqual(self.asked, [])

    def test_nobody_comes_in_unasked_afterwards(self):
        sink = Gst.parse_launch("videotestsrc is-live=true ! webrtcsink name=sink "
                                f"uri=webrtc://127.0.0.1:{self.server.get_port()}/other")
        self.addCleanup(sink.set_state, Gst.State.NULL)
        sink.set_state(Gst.State.PLAYING)
        self.assertEqual(sink.get_state(PATIENCE * Gst.SECOND)[0], Gst.StateChangeReturn.SUCCESS)
        port = self.server.get_port()
        self.server.set_authorize(None)
        self.assertEqual(ask(self.server, "/api/streams", "all")[0], 401)
        self.server.stop()
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/streams", timeout=PATIENCE)
        self.assertEqual(refused.exception.code, 401)

    def test_one_object_decides(self):
        other = GstWebRTCServer.Server.new(f"webrtc://127.0.0.1:{self.server.get_port()}")
        other.set_authorize(lambda server, who: None)
        with self.assertRaises(GLib.Error) as conflict:
            other.start()
        self.assertEqual(conflict.exception.code, GstWebRTCServer.Error.SETTINGS_CONFLICT)

    def test_so_many_are_asked_about_at_a_time(self):
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.server.set_authorize(lambda server, who: (gate.wait(PATIENCE), who.allow(None, None, None)))
        clients = []
        answers = queue.Queue()
        for _ in range(70):
            clients.append(threading.Thread(
                target=lambda: answers.put(ask(self.server, "/api/streams", "x")[0])))
            clients[-1].start()
        self.assertEqual(answers.get(timeout=PATIENCE), 503)
        self.assertEqual(ask(self.server, "/healthz")[0], 200)
        gate.set()
        for client in clients:
            client.join()
        statuses = [503] + [answers.get() for _ in range(69)]
        self.assertEqual(set(statuses), {200, 503})
        # What else the application is told waits among them.
        self.assertGreater(statuses.count(200), 32)


if __name__ == "__main__":
    unittest.main(verbosity=2)
