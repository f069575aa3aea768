#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The .deb packages in a Debian that has nothing else:  debian_test.py BUILD-TREE

They are installed by apt into a fresh root and used there; HTTP and WHEP clients outside of it see
what comes. Ends with 77, and a reason, where there can be no such root.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from fresh_root import FreshRoot, why_not

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = SOURCE / "tests/foreign/aiortc"
ADDRESS = "192.0.2.1"  # of the network that the programs are alone in
BASE = f"http://{ADDRESS}:8554"
DEADLINE = 60  # s; generous, because the machine may be busy with other things
PYTHON = "/usr/bin/python3"  # the one that Debian's modules are for


def until(what, probe, otherwise=lambda: ""):
    """What `probe` gives as soon as that is something; looks again and again."""
    end = time.monotonic() + DEADLINE
    while True:
        result = probe()
        if result:
            return result
        if time.monotonic() > end:
            sys.exit(f"waited {DEADLINE} s in vain: {what}\n{otherwise()}")
        time.sleep(0.1)


def leave_the_network():
    """From here on there is nobody but us: port 8554 is free, and nothing outside is reached."""
    new_network = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(new_network) != 0:
        sys.exit(f"no network of its own: {os.strerror(ctypes.get_errno())}")
    for words in ("link set lo up", "link add outside type veth peer name far", "link set far up",
                  f"addr add {ADDRESS}/24 dev outside", "link set outside up"):
        subprocess.run(["ip", *words.split()], check=True)


@contextlib.contextmanager
def running(start, *words):
    """A process, ended afterwards; gives what it has said so far."""
    with tempfile.TemporaryFile("w+") as output:
        process = start(*words, output=output)

        def said():
            output.flush()
            return pathlib.Path(f"/proc/self/fd/{output.fileno()}").read_text(errors="replace")

        try:
            yield process, said
        finally:
            process.kill()
            process.wait()


def start_here(*words, output):
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
                            env={**os.environ, "AIORTC_ADDRESS": ADDRESS})


def get(path):
    try:
        with urllib.request.urlopen(BASE + path) as response:
            return response.read().decode()
    except (urllib.error.URLError, ConnectionError):
        return None


def until_served(path, process, said):
    def look():
        if process.poll() is not None:
            sys.exit(f"ended before it served {path}:\n{said()}")
        return get(path)
    return until(f"{path} is served", look, said)


def watch_a_picture(stream, process, said):
    """Size of what aiortc, which is nothing of ours, decodes by WHEP."""
    with running(start_here, PYTHON, str(CLIENTS / "watch.py"), f"{BASE}/{stream}/whep", "video") as (_, seen):
        def decoded():
            if process.poll() is not None:
                sys.exit(f"ended while it was watched:\n{said()}")
            events = (json.loads(line) for line in seen().splitlines() if line.startswith("{"))
            return next((event for event in events if event["event"] == "video"), None)
        picture = until(f"a picture of {stream} by WHEP", decoded, lambda: said() + seen())
    return picture["width"], picture["height"]


def first_one_liner():
    """What README.md begins with."""
    return re.search(r"```sh\n(gst-launch-1\.0 [^\n]*)\n```", (SOURCE / "README.md").read_text()).group(1)


def check_lint(_root, packages):
    if shutil.which("lintian") is None:
        print("  lintian is not installed")
        return
    # Whose address the packages carry is for who makes them to say (CPACK_PACKAGE_CONTACT).
    found = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0", "--suppress-tags",
         "bogus-mail-host,bogus-mail-host-in-debian-changelog", *packages],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(found.stdout.rstrip())
    if found.returncode != 0:
        sys.exit("lintian finds errors")


def check_installs(root, packages):
    root.add_repository(packages)
    root.install("gstreamer1.0-webrtcserver", "gstreamer1.0-tools")
    # What webrtcbin is made of comes with the library, not by what else is on the machine.
    for element in ("webrtcsink", "webrtcsrc", "webrtcbin", "nicesrc", "dtlsdec", "srtpenc", "rtpvp8pay", "vp8enc"):
        root.run("gst-inspect-1.0", element)
    root.install("gir1.2-gstwebrtcserver-1.0", "python3-gi", "webrtcserver-tools")
    # What the headers depend on are hundreds of megabytes; that Debian has all of it is what counts.
    said = root.run("apt-get", "install", "-sy", "--no-install-recommends", "libgstwebrtcserver-dev").stdout
    assert "Inst libgstreamer1.0-dev" in said, said
    leave_the_network()


def check_first_one_liner(root, _packages):
    with running(root.start, "sh", "-c", f"exec {first_one_liner()}") as (process, said):
        page = until_served("/", process, said)
        assert "<webrtc-" in page or "webrtc-client" in page or "<script" in page, page[:500]
        assert "customElements" in get("/webrtc-client.js")
        streams = until("the stream is listed", lambda: json.loads(get("/api/streams")), said)
        assert "/output" in streams, streams
        assert watch_a_picture("output", process, said) == (320, 240)


def check_python_program(root, _packages):
    shutil.copy(SOURCE / "tests/packages/video_loop.py", root.path / "tmp")
    with running(root.start, "python3", "/tmp/video_loop.py") as (process, said):
        until_served("/", process, said)
        until("the stream is listed", lambda: "/input" in json.loads(get("/api/streams")), said)
        with running(start_here, PYTHON, str(CLIENTS / "publish.py"), f"{BASE}/input/whip"):
            until("there is an output", lambda: "/output" in json.loads(get("/api/streams")), said)
            assert watch_a_picture("output", process, said) == (640, 360)


def check_tools(root, _packages):
    for path in root.run("dpkg", "-L", "webrtcserver-tools").stdout.splitlines():
        if path.startswith("/usr/bin/"):
            print(f"  {path} --help")
            assert "--" in root.run(path, "--help").stdout


def check_video_viewer(root, _packages):
    with running(root.start, "video-viewer", "--headless", "test://", "webrtc://@:8554/output") as (process, said):
        until_served("/", process, said)
        watch_a_picture("output", process, said)
    # What the service starts is where the package has put it.
    unit = (root.path / "usr/lib/systemd/system/video-viewer@.service").read_text()
    program = re.search(r"^ExecStart=/(\S+)", unit, re.MULTILINE).group(1)
    assert (root.path / program).is_file(), program


def check_removal(root, packages):
    names = [pathlib.Path(package).name.split("_")[0] for package in packages]
    installed = [name for name in names if root.run("dpkg", "-s", name, check=False).returncode == 0]
    assert len(installed) >= 4, installed
    files = {path for name in installed for path in root.run("dpkg", "-L", name).stdout.splitlines()
             if (root.path / path.lstrip("/")).is_file()}
    assert any(path.endswith(".so") for path in files), files
    root.run("apt-get", "purge", "-qy", *installed)
    left = [path for path in files if (root.path / path.lstrip("/")).exists()]
    assert not left, f"still there: {left}"
    named = root.run("find", "/", "-xdev", "-ipath", "*webrtc*server*", "-not", "-path", "/packages/*",
                     "-not", "-path", "/proc/*", "-not", "-path", "/var/cache/*", "-not", "-path", "/root/*").stdout
    assert not named.split(), f"left behind: {named}"
    states = root.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n").stdout
    assert not re.search(r"^(?!ii ).*webrtcserver", states, re.MULTILINE), states
    assert root.run("gst-inspect-1.0", "webrtcsink", check=False).returncode != 0


def main(tree):
    reason = why_not()
    if reason is None and subprocess.run([PYTHON, "-c", "import aiortc"], stderr=subprocess.DEVNULL,
                                         check=False).returncode != 0:
        reason = "python3-aiortc, which watches, is not installed"
    if reason is not None:
        print(f"skipped: {reason}")
        sys.exit(77)
    packages = sorted(str(path) for path in pathlib.Path(tree, "packages").glob("*.deb"))
    assert packages, f"there are no packages in {tree}/packages"
    start = time.monotonic()
    folder = pathlib.Path(tree, "fresh-root")
    root = FreshRoot(folder)
    print(f"a fresh root: {time.monotonic() - start:.0f} s", flush=True)
    for check in (check_lint, check_installs, check_first_one_liner, check_python_program, check_tools,
                  check_video_viewer, check_removal):
        start = time.monotonic()
        check(root, packages)
        print(f"{check.__name__[6:].replace('_', ' ')}: {time.monotonic() - start:.0f} s", flush=True)
    root.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
