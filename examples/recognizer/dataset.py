# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded pictures on the disk: a folder for each tag, a JPEG for each picture.

The folders may be tidied by hand as well.
"""

import os
import pathlib
import re
import shutil
import threading
import time
import unicodedata

import cv2

MOST_TAGS = 100
MOST_PICTURES = 2000  # of a tag
_TAG = re.compile(r"\w[\w .-]{0,39}")
_PICTURE = re.compile(r"[0-9]{1,20}(-[0-9]{1,9})?\.jpg")


class Refused(Exception):
    """What was asked for cannot be; the HTTP status goes with the words."""

    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


def check_tag(tag):
    """The tag as it is written on the disk: a name, and never a path."""
    tag = unicodedata.normalize("NFC", tag or "")
    if not _TAG.fullmatch(tag) or tag[-1] in " ." or len(tag.encode()) > 120:
        raise Refused(422, "A tag is a word: up to 40 letters, digits, spaces, dots, hyphens and underscores. "
                           "It begins with a letter or a digit.")
    return tag


def _is_tag(name):
    try:
        return check_tag(name) == name
    except Refused:
        return False


class Dataset:
    """Any thread may use it."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()  # two recordings that come at once get names of their own
        for unfinished in self._folder.glob("*/.part-*"):
            unfinished.unlink(missing_ok=True)

    def tags(self):
        """{tag: how many pictures it has}, by name."""
        # A folder made by hand may have any name, which must not be in the way of the others.
        folders = sorted(entry.name for entry in self._folder.iterdir() if entry.is_dir() and _is_tag(entry.name))
        return {tag: len(self.pictures(tag)) for tag in folders}

    def pictures(self, tag):
        """Names of a tag's pictures, the oldest first; none where nobody has recorded any."""
        try:
            return sorted(entry.name for entry in os.scandir(self._path(tag)) if _PICTURE.fullmatch(entry.name))
        except FileNotFoundError:
            return []

    def record(self, tag, picture):
        """Writes a picture, whole or not at all; its name."""
        folder = self._path(tag)
        well, encoded = cv2.imencode(".jpg", picture)
        if not well:
            raise Refused(500, "The picture cannot be written as JPEG.")
        with self._lock:
            if not folder.exists() and len(self.tags()) >= MOST_TAGS:
                raise Refused(409, f"There are {MOST_TAGS} tags already.")
            if len(self.pictures(tag)) >= MOST_PICTURES:
                raise Refused(409, f"{tag} has {MOST_PICTURES} pictures already.")
            return self._write(folder, encoded.tobytes())

    def _write(self, folder, content):
        name = f"{time.time_ns() // 1000000}.jpg"
        count = 1
        while (folder / name).exists():
            name = f"{time.time_ns() // 1000000}-{count}.jpg"
            count += 1
        unfinished = folder / f".part-{name}"
        try:
            folder.mkdir(exist_ok=True)
            with open(unfinished, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(folder / name)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise Refused(507, f"The picture cannot be written: {error.strerror}.") from error
        return name

    def read(self, tag, name):
        """A picture's file."""
        try:
            return self._picture(tag, name).read_bytes()
        except FileNotFoundError:
            raise Refused(404, f"There is no picture {name} of {tag}.") from None

    def remove(self, tag, name):
        try:
            self._picture(tag, name).unlink()
        except FileNotFoundError:
            raise Refused(404, f"There is no picture {name} of {tag}.") from None

    def remove_tag(self, tag):
        folder = self._path(tag)
        if not folder.is_dir():
            raise Refused(404, f"Nothing is recorded for {tag}.")
        shutil.rmtree(folder)

    def _path(self, tag):
        return self._folder / check_tag(tag)

    def _picture(self, tag, name):
        if not _PICTURE.fullmatch(name):
            raise Refused(404, f"There is no picture {name} of {tag}.")
        return self._path(tag) / name
