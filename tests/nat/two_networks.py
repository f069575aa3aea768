#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""two_networks.py VIEWER…: a server and a viewer in two networks without a route between them.

      server 10.87.1.2 ── 10.87.1.1 ┐ the middle, a network namespace too:    ┌ 10.87.2.1 ── 10.87.2.2 viewer
                                    └ coturn on 10.87.9.1, forwards signalling ┘

Both reach 10.87.9.1 and nothing else of the other side. Without a TURN server the session has to fail,
and to say why; through the TURN server the media has to arrive. Exits with 77, which is a skip, where
the kernel allows no namespaces.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 60  # seconds, for what takes less than one
SKIP = 77
MIDDLE = "WEBRTCSERVER_TEST_MIDDLE"
TURN = "10.87.9.1"
SERVER, SERVER_GATE = "10.87.1.2", "10.87.1.1"
VIEWER, VIEWER_GATE = "10.87.2.2", "10.87.2.1"
PORT, PORT_WITHOUT_TURN = 8554, 8555

processes = []


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def run(*command):
    subprocess.run(command, check=True)


def start(*command, **options):
    process = subprocess.Popen(command, **options)
    processes.append(process)
    return process


def new_network(name, address, gate, other):
    """A namespace behind a cable of its own, away from the network `other`. Returns the process that
    holds it. Browsers look for the default route."""
    holder = start("unshare", "--net", "sh", "-c", "echo ready; exec sleep 300",
                   stdout=subprocess.PIPE)
    holder.stdout.readline()
    run("ip", "link", "add", "name", f"to-{name}", "type", "veth", "peer", "name", "out",
        "netns", str(holder.pid))
    run("ip", "address", "add", f"{gate}/24", "dev", f"to-{name}")
    run("ip", "link", "set", f"to-{name}", "up")
    for command in (("link", "set", "lo", "up"), ("address", "add", f"{address}/24", "dev", "out"),
                    ("link", "set", "out", "up"), ("route", "add", "default", "via", gate),
                    ("route", "add", "unreachable", other)):
        run(*inside(holder), "ip", *command)
    return holder


def inside(holder):
    return ("nsenter", f"--net=/proc/{holder.pid}/ns/net", "--")


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(downstream, port):
    """Joins a connection of the viewer with one to the server, once that listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            upstream = socket.create_connection((SERVER, port))
            break
        except OSError:
            if time.monotonic() > deadline:
                downstream.close()
                return
            time.sleep(0.1)
    threading.Thread(target=copy, args=(upstream, downstream), daemon=True).start()
    copy(downstream, upstream)


def forward(port):
    listener = socket.create_server((VIEWER_GATE, port))

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0], port), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def start_server(network, port, *properties):
    start(*inside(network), "gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!",
          "video/x-raw,format=I420,width=160,height=120,framerate=30/1", "!", "webrtcserversink",
          f"uri=webrtc://{SERVER}:{port}/output", *properties)


def start_viewer(program, network, port):
    return start(*inside(network), *program, f"ws://{VIEWER_GATE}:{port}/output", VIEWER,
                 stdout=subprocess.PIPE, text=True)


def test(program, folder):
    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", f"{TURN}/32", "dev", "lo")
    server = new_network("server", SERVER, SERVER_GATE, "10.87.2.0/24")
    viewer = new_network("viewer", VIEWER, VIEWER_GATE, "10.87.1.0/24")
    if subprocess.run([*inside(viewer), "ip", "route", "get", SERVER], check=False,
                      capture_output=True).returncode == 0:
        sys.exit("the viewer has a route to the server: this would test nothing")
    start("turnserver", "-n", "--no-cli", "--no-tls", "--realm=test",
          f"--listening-ip={TURN}", f"--relay-ip={TURN}", "--use-auth-secret",
          "--static-auth-secret=north", "--log-file=stdout", "--pidfile=/dev/null",
          f"--userdb={folder}/users", stdout=subprocess.DEVNULL)
    start_server(server, PORT, f'turn-servers=<"turn:{TURN}:3478">', "turn-secret=north")
    start_server(server, PORT_WITHOUT_TURN)
    forward(PORT)
    forward(PORT_WITHOUT_TURN)
    viewers = {port: start_viewer(program, viewer, port) for port in (PORT, PORT_WITHOUT_TURN)}
    said = {port: process.communicate(timeout=2 * PATIENCE)[0].strip()
            for port, process in viewers.items()}
    print(f"through the TURN server: {said[PORT]}")
    print(f"without it: {said[PORT_WITHOUT_TURN]}")
    if said[PORT] != "media":
        sys.exit("no media came through the TURN server")
    # Browsers hide their addresses; other viewers do not.
    if not re.search("no network in common|hides its addresses", said[PORT_WITHOUT_TURN]):
        sys.exit("the session that cannot have a path does not say why")


def main():
    for program in ("unshare", "nsenter", "ip", "turnserver"):
        if not shutil.which(program):
            skip(f"{program} is not installed")
    if MIDDLE not in os.environ:
        command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
        if subprocess.run([*command, "ip", "link", "add", "name", "probe", "type",
                           "veth"], check=False).returncode:
            skip("the kernel allows no network namespaces here")
        os.environ[MIDDLE] = "1"
        os.execvp("unshare", [*command, sys.executable, *sys.argv])
    try:
        with tempfile.TemporaryDirectory() as folder:
            test(sys.argv[1:], folder)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


main()
