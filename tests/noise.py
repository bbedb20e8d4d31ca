"""Bytes that are nothing: pure chance now and then begins like some kind of file, and is held back for it."""

import os

_START = b"~" * 64  # no kind of file that libmagic knows begins so


def noise(size: int) -> bytes:
    """`size` bytes, different at every call, that look like no kind of file."""
    return (_START + os.urandom(size))[:size]
