# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of Flask, as its visitors have it; tests/browser/web_examples.test.js sees its page."""

import importlib.util
import json
import pathlib
import re
import select
import signal
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "examples/web/flask/app.py"
PATIENCE = 40  # s

if importlib.util.find_spec("flask") is None:
    sys.exit(77)


def ask(url, method="GET", body=None, headers=None):
    """(status, headers, text); an error's status is an answer as well."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode()


class Flask(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = subprocess.Popen([sys.executable, PROGRAM, "--port", "0", "--stream-port", "0"],
                                       stdout=subprocess.PIPE, text=True)
        if not select.select([cls.program.stdout], [], [], PATIENCE)[0]:
            cls.program.kill()
            raise AssertionError("the application says nothing")
        cls.base = re.match(r"Open (http\S+)/", cls.program.stdout.readline()).group(1)
        cls.stream = re.search(r'src="(http://127\.0\.0\.1:\d+)/output"', ask(cls.base + "/")[2]).group(1)

    @classmethod
    def tearDownClass(cls):
        cls.program.send_signal(signal.SIGTERM)
        try:
            status = cls.program.wait(PATIENCE)
        finally:
            cls.program.kill()
            cls.program.stdout.close()
        assert status == 0, status

    def change(self, values, content_type="application/json"):
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        status, _, text = ask(self.base + "/api/picture", "PATCH", body, {"Content-Type": content_type})
        return status, json.loads(text)

    def values(self):
        return json.loads(ask(self.base + "/api/picture")[2])

    def test_the_page_has_the_stream_and_the_sliders(self):
        status, _, page = ask(self.base + "/")
        self.assertEqual(status, 200)
        self.assertIn(f'<script type="module" src="{self.stream}/webrtc-client.js">', page)
        for name in ("speed", "brightness", "saturation"):
            self.assertRegex(page, f'<input type="range" name="{name}"')
        self.assertEqual(ask(self.stream + "/webrtc-client.js")[0], 200)
        self.assertIn("/output", json.loads(ask(self.stream + "/api/streams")[2]))

    def test_values_are_the_pipelines(self):
        self.assertEqual(self.change({"speed": 7, "brightness": -0.5, "text": "a < b & c"})[0], 200)
        values = self.values()
        self.assertEqual([values[name] for name in ("speed", "brightness", "text")], [7, -0.5, "a < b & c"])
        # And what the page says to who comes now.
        self.assertIn("a &lt; b &amp; c", ask(self.base + "/")[2])

    def test_bad_values_change_nothing(self):
        self.change({"speed": 3, "text": "before"})
        before = self.values()
        for body, status, words in (
            (b"", 400, "JSON object"), (b"{", 400, "JSON object"), ([1], 400, "JSON object"), (b"[" * 9000, 400, "JSON"),
            ({"pattern": "ball"}, 422, "There is no pattern"), ({"speed": 21}, 422, "from -20 to 20"),
            ({"speed": "7"}, 422, "whole number"), ({"speed": 1.5}, 422, "whole number"), ({"speed": True}, 422, "whole"),
            ({"speed": None}, 422, "whole"), (b'{"brightness": NaN}', 422, "number from -1 to 1"),
            (b'{"brightness": 1e999}', 422, "number from -1 to 1"),
            (b'{"speed": 1' + b"0" * 400 + b"}", 422, "whole number"), ({"text": "x" * 41}, 422, "at most 40"),
            ({"text": "two\nlines"}, 422, "a line"), ({"text": 7}, 422, "a line"), ({"text": "\ud800"}, 422, "a line"),
            ({"text": "new", "speed": 99}, 422, "speed"),
        ):
            answered, problem = self.change(body)
            self.assertEqual(answered, status, body)
            self.assertIn(words, problem["detail"], body)
        self.assertEqual(self.change({"speed": 5}, "text/plain")[0], 400)
        self.assertEqual(self.values(), before)
        # More than is ever needed is not read.
        self.assertEqual(ask(self.base + "/api/picture", "PATCH", b" " * 20000, {"Content-Type": "application/json"})[0], 400)

    def test_the_stream_knows_its_page_and_no_others(self):
        for origin, allowed in ((self.base, True), ("http://www.example.org", False)):
            _, headers, _ = ask(self.stream + "/api/streams", headers={"Origin": origin})
            self.assertEqual(headers.get("Access-Control-Allow-Origin") in (origin, "*"), allowed, origin)

    def test_a_port_that_is_taken_is_named(self):
        taken = self.base.rsplit(":", 1)[1]
        for option, other in (("--port", "--stream-port"), ("--stream-port", "--port")):
            done = subprocess.run([sys.executable, PROGRAM, option, taken, other, "0"], capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(taken, done.stderr)
            self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
