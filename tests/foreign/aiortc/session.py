# SPDX-License-Identifier: LGPL-2.1-or-later
"""One session by WHIP or WHEP for an aiortc connection: what the two protocols need is a POST and a
DELETE."""
import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

import aioice.ice
from aiortc import RTCPeerConnection, RTCSessionDescription

# The tests stay on this machine, and do without a network, or with one that they made.
ADDRESS = os.environ.get("AIORTC_ADDRESS", "127.0.0.1")
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [ADDRESS]


def say(event, **members):
    print(json.dumps({"event": event, **members}), flush=True)


def request(method, url, body=None, headers=None):
    """(status, headers, text); an error's status is an answer as well."""
    message = urllib.request.Request(
        url, data=body.encode() if body else None, headers=headers or {}, method=method
    )
    try:
        response = urllib.request.urlopen(message)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read().decode()


async def told_to_leave():
    """Returns when standard input says so, or ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.readline()


async def run_session(connection: RTCPeerConnection, url: str) -> None:
    """Opens the session, keeps it until it is told to leave, and ends it."""

    @connection.on("connectionstatechange")
    def on_state():
        say("state", state=connection.connectionState)

    # aiortc gathers candidates before it returns; there are none to send later.
    await connection.setLocalDescription(await connection.createOffer())
    status, headers, text = request(
        "POST", url, connection.localDescription.sdp, {"Content-Type": "application/sdp"}
    )
    say("answered", status=status, text=text)
    if status != 201:
        sys.exit(1)
    await connection.setRemoteDescription(RTCSessionDescription(text, "answer"))
    await told_to_leave()
    session = urljoin(url, headers["Location"])
    status, _, _ = request("DELETE", session)
    say("deleted", status=status)
    await connection.close()
