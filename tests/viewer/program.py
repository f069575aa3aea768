# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program under test as a process, and what its tests need beside it."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

PROGRAM = pathlib.Path(os.environ["WEBRTCSERVER_BUILD_DIR"]) / "examples" / "video-viewer"
PATIENCE = 45  # s; only what fails takes so long


class Program:
    """A process whose words are read as they come."""

    def __init__(self, *arguments, command=PROGRAM, cwd=None, env=None):
        # Without a display: what the machine has is not for tests.
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("DISPLAY", "WAYLAND_DISPLAY", "NOTIFY_SOCKET")}
        environment.update(env or {})
        self.arguments = [str(argument) for argument in arguments]
        self.process = subprocess.Popen(
            [str(command), *self.arguments], cwd=cwd, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            errors="replace")
        self.stdout = ""
        self.stderr = ""
        self.changed = threading.Condition()
        self.readers = [
            threading.Thread(target=self.read, args=("stdout", self.process.stdout)),
            threading.Thread(target=self.read, args=("stderr", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def read(self, name, stream):
        for line in stream:
            with self.changed:
                setattr(self, name, getattr(self, name) + line)
                self.changed.notify_all()
        with self.changed:
            setattr(self, name + "_ended", True)
            self.changed.notify_all()

    stdout_ended = False
    stderr_ended = False

    def wait_for(self, pattern, where="stdout"):
        """The match, once the words are there; it fails when the program ends without them."""
        with self.changed:
            def found():
                return re.search(pattern, getattr(self, where)) or getattr(self, where + "_ended")
            self.changed.wait_for(found, PATIENCE)
            match = re.search(pattern, getattr(self, where))
        if not match:
            raise AssertionError(f"no {pattern!r} on {where}:\n{self.story()}")
        return match

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        """The exit status, once all words have been read."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.close()
            raise AssertionError(f"it does not end:\n{self.story()}") from None
        for reader in self.readers:
            reader.join(PATIENCE)
        return status

    def end(self, number=signal.SIGINT):
        self.send(number)
        return self.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def story(self):
        return (f"{' '.join(self.arguments)}\nstatus {self.process.poll()}\n"
                f"--- stdout\n{self.stdout}--- stderr\n{self.stderr}")


def run(*arguments, **options):
    """The program that has ended."""
    program = Program(*arguments, **options)
    try:
        program.wait()
    finally:
        program.close()
    return program


def free_port(kind=socket.SOCK_STREAM):
    """A port of the loopback interface that nobody has at the moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
