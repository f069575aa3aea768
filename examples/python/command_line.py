# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the command lines of these examples have in common: addresses, the options of video-viewer, a clean end."""

import os
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTCServer", "1.0")
from gi.repository import GLib, Gst, GstWebRTCServer  # noqa: E402

PROGRAM = os.path.basename(sys.argv[0])


def parse(usage, least, most):
    """The options, and from `least` to `most` addresses."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(usage)
        sys.exit()
    Gst.init(None)
    options = GstWebRTCServer.VideoOptions()
    _ok, rest = options.parse(sys.argv)
    addresses = rest[1:]
    if not least <= len(addresses) <= most:
        sys.exit(f"{PROGRAM}: {len(addresses)} addresses are too {'few' if len(addresses) < least else 'many'}.\n{usage}")
    return options, addresses


def where(element, address):
    """What to open in a browser, where it is one's; else the address."""
    urls = element.props.urls if element and element.find_property("urls") else None
    return ", ".join(urls or [address])


def run(main):
    """main(), which Ctrl-C and SIGTERM end as they end a `with`: files are finished. Errors are told in words."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (GLib.Error, ValueError) as error:
        sys.exit(f"{PROGRAM}: {getattr(error, 'message', error)}")
