"""Two people on connections of their own, talking to a card over its WebSocket."""

import json
import time
from typing import Any

from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

from tests.image.device import Failed

SECONDS = 120  # a busy emulator takes its time


def chat(address: str, *tokens: str) -> None:
    """What one writes the other reads, both ways. Raises Failed."""
    with connected(address, tokens[0]) as one, connected(address, tokens[1]) as two:
        room = frame(one, "welcome")["rooms"][0]["id"]
        frame(two, "welcome")
        for speaker, listener, body in ((one, two, "hola-berta"), (two, one, "hola-caja")):
            speaker.send(json.dumps({"type": "send", "id": 9, "room": room, "cid": body, "body": body}))
            frame(speaker, "ack")
            if frame(listener, "message", body=body)["room"] != room:
                raise Failed("chat: a message in another room")


def connected(address: str, token: str) -> ClientConnection:
    protocol = Subprotocol("pichat.v1")
    connection = connect(f"ws://{address}/ws", subprotocols=[protocol], open_timeout=SECONDS)
    hello = {"type": "hello", "id": 1, "v": 1, "token": token, "client": token[-8:], "lang": "es"}
    connection.send(json.dumps(hello))
    return connection


def frame(connection: ClientConnection, kind: str, **wanted: str) -> Any:
    """The next frame of this kind with these fields."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = json.loads(connection.recv(timeout=SECONDS))
        if found["type"] == kind and wanted.items() <= found.items():
            return found
        if found["type"] == "error":
            raise Failed(f"chat: {found}")
    raise Failed(f"chat: no {kind} {wanted}")
