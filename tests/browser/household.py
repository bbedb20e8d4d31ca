"""A box with people in it, made over its API, so that a story begins where it is about something."""

import io
import json
import secrets
import struct
import urllib.request
import wave
import zlib
from typing import Any

from playwright.sync_api import Page
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.browser.conftest import Windows
from tests.browser.test_story import ADMIN, ANA
from tests.served import Served

UMA = ("Uma", "uma", "la luna de papel 9")
ROLES = {ANA[1]: "cliente", UMA[1]: "usuario"}
PASSWORDS = {who[1]: who[2] for who in (ADMIN, ANA, UMA)}


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    lines = (b"\0" + b"\x40\x80\x48" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    packed = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def silence(seconds: int) -> bytes:
    """A WAV of nothing."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000 * seconds))
    return file.getvalue()


class Household:
    """Marta, who has the box; Ana, who may upload; Uma, who may not."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.tokens: dict[str, str] = {}
        claim = {"code": served.claim_code, "username": ADMIN[1], "password": ADMIN[2], "name": ADMIN[0]}
        self.tokens[ADMIN[1]] = self.call("POST", "/api/claim", claim)["access_token"]
        for name, username, password in (ANA, UMA):
            account = {"username": username, "name": name, "password": password, "role": ROLES[username]}
            self.call("POST", "/api/users", account, ADMIN[1])
            login = self.call("POST", "/api/users/login", {"username": username, "password": password})
            self.tokens[username] = login["access_token"]

    def call(self, method: str, path: str, body: Any = None, who: str = "") -> Any:
        """One request as `who`; bytes go as they are. Returns what the answer holds."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.served.url + path, data, method=method)
        request.add_header("Content-Type", "application/json")
        if who:
            request.add_header("Authorization", f"Bearer {self.tokens[who]}")
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def say(self, who: str, *lines: str, **more: Any) -> list[int]:
        """Messages in General, over one connection; returns their places."""
        url = self.served.url.replace("http", "ws", 1) + "/ws"
        with connect(url, subprotocols=[Subprotocol("pichat.v1")], compression=None) as socket:
            hello = {
                "type": "hello",
                "id": 1,
                "v": 1,
                "token": self.tokens[who],
                "client": "story",
                "lang": "es",
            }
            socket.send(json.dumps(hello))
            for number, body in enumerate(lines):
                send = {
                    "type": "send",
                    "room": "r_general",
                    "cid": secrets.token_hex(16),
                    "body": body,
                    **more,
                }
                socket.send(json.dumps({"id": number + 2, **send}))
            places: dict[int, int] = {}
            while len(places) < len(lines):
                frame = json.loads(socket.recv(timeout=20))
                assert frame["type"] != "error", frame
                if frame["type"] == "ack":
                    places[frame["id"]] = frame["seq"]
        return [places[number + 2] for number in range(len(lines))]

    def enter(self, windows: Windows, who: str, path: str = "/chat/r_general", **how: Any) -> Page:
        """A window of somebody's own, signed in."""
        window = windows.open(**how)
        body = {"username": who, "password": PASSWORDS[who], "session": "cookie"}
        assert window.context.request.post("/api/users/login", data=body).ok
        window.page.goto(path)
        return window.page
