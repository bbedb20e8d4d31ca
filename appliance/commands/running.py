"""Talks to the server that has the data folder open, if there is one. Knows no command."""

import os
import socket
from typing import Any

import msgspec

from appliance.base.errors import StartError
from appliance.store.snapshot.layout import Layout

_WORDS = {
    "conflict busy": "another save is under way",
    "conflict damaged": "that generation is damaged",
    "conflict flagged": "some of it looks dangerous; --include-flagged takes it all the same",
    "conflict newer": "that was saved by a newer program",
    "conflict untrusted": "this box does not know the one that signed it: compare its id, then --trust",
    "conflict not_empty": "this data folder holds a box already; import without --rebuild merges into it",
    "bad_request not_an_archive": "that is not an archive of PiChat",
    "bad_request truncated": "the archive is not complete",
    "bad_request signature": "the signature of the archive is not that of its box",
    "bad_request changed": "the archive is not what was signed",
    "bad_request missing": "a file is missing from the archive",
    "bad_request unlisted": "the archive holds a file that was not signed",
    "bad_request paths": "a path in the archive leads out of it",
    "bad_request manifest": "the manifest of the archive cannot be read",
    "bad_request database": "a database in the archive cannot be read",
    "bad_request bomb": "the archive would unpack to far more than it is",
    "conflict not_administrator": "that account is not an administrator's",
    "conflict disabled": "that account is disabled",
    "name_taken": "there is an account of that name already",
    "weak_password": "that password is too weak",
    "not_found": "there is no such generation",
    "not_found rooms": "there is no such room",
    "not_found files": "there is no such file",
    "not_found account": "there is no such account",
    "no_space": "the disk is full",
}


def ask(layout: Layout, do: str, **values: object) -> Any:
    """The server's answer; None when no server is running. Raises StartError with what it refuses."""
    connection = _connected(layout)
    if connection is None:
        return None
    with connection, connection.makefile("rb") as incoming:
        connection.sendall(msgspec.json.encode({"do": do, **values}) + b"\n")
        line = incoming.readline()
    if not line:
        raise StartError("the server ended before it answered")
    answer = msgspec.json.decode(line)
    if "error" in answer:
        raise StartError(in_words(answer["error"]["code"], answer["error"]["params"]))
    return answer["ok"] if answer["ok"] is not None else {}


def is_running(layout: Layout) -> bool:
    connection = _connected(layout)
    if connection is not None:
        connection.close()
    return connection is not None


def in_words(code: str, params: dict[str, Any]) -> str:
    """A refusal as one line for the console."""
    reason = f"{code} {params['reason']}" if "reason" in params else code
    words = _WORDS.get(reason) or _WORDS.get(code) or f"refused: {reason}"
    return f"{words}: {params['name']}" if params.get("field") == "archive" and params.get("name") else words


def _connected(layout: Layout) -> socket.socket | None:
    """Through the folder, because the name of a socket may be no longer than 107 bytes."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        folder = os.open(layout.data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            connection.connect(f"/proc/self/fd/{folder}/{layout.control.name}")
        finally:
            os.close(folder)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise StartError(f"{layout.control} cannot be opened: {error.strerror}") from error
    return connection
