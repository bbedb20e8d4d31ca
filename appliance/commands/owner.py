"""Whose files a command makes: the owner's of the data folder, also when root types it. Knows no command."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def acting_for(data: Path) -> Iterator[None]:
    """Root becomes the owner of the folder meanwhile, so that the server can open whatever is made there."""
    with contextlib.suppress(FileNotFoundError):
        found = data.stat()
        if os.geteuid() == 0 and found.st_uid != 0:
            with _being(found.st_uid, found.st_gid):
                yield
            return
    yield


@contextlib.contextmanager
def own_rights() -> Iterator[None]:
    """Back to who typed the command, for a path that he named and the owner may not reach: a USB stick."""
    user, group = os.geteuid(), os.getegid()
    if user == os.getuid():
        yield
        return
    os.seteuid(os.getuid())
    os.setegid(os.getgid())
    try:
        yield
    finally:
        os.setegid(group)
        os.seteuid(user)


@contextlib.contextmanager
def _being(user: int, group: int) -> Iterator[None]:
    had, groups = os.getegid(), os.getgroups()
    os.setgroups([group])
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(had)
        os.setgroups(groups)
