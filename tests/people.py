"""People who use a box: REST over a real HTTP client, chat over a real WebSocket client."""

import asyncio
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websockets
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from websockets.asyncio.client import ClientConnection

from tests.boxes import ADMIN

PASSWORD = "la luna de papel 9"


@dataclass
class Answer:
    """What came back; `json` parses on demand."""

    status: int
    headers: Any
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The error code, or an empty text."""
        return str(self.json.get("error", {}).get("code", "")) if self.content else ""


class Person:
    """One client. Signs in for a bearer token; `cookie=True` behaves as a browser does."""

    def __init__(self, box: Any, username: str = "", password: str = PASSWORD) -> None:
        self.box = box
        self.username = username
        self.password = password
        self.token = ""
        self.cookie = ""
        self.trust: Path | None = None  # certificates, PEM: from then on everything goes by HTTPS
        self.me: dict[str, Any] = {}
        self.sockets: list[Socket] = []
        self._http: AsyncHTTPClient = SimpleAsyncHTTPClient(force_instance=True, max_body_size=1 << 31)

    @property
    def url(self) -> str:
        if self.trust is not None:
            return f"https://127.0.0.1:{self.box.services.tls.port}"
        return f"http://127.0.0.1:{self.box.port}"

    async def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """`body`: bytes as they are, anything else as JSON, None as no body."""
        send = dict(headers or {})
        data: bytes | None = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            send.setdefault("Content-Type", "application/json")
        if self.token:
            send.setdefault("Authorization", f"Bearer {self.token}")
        if self.cookie:
            send.setdefault("Cookie", self.cookie)
        request = HTTPRequest(
            self.url + path,
            method=method,
            headers=send,
            body=data,
            follow_redirects=False,
            allow_nonstandard_methods=True,
            request_timeout=60,
            decompress_response=False,
            ca_certs=str(self.trust) if self.trust else None,
        )
        response = await self._http.fetch(request, raise_error=False)
        if response.code == 599:
            raise response.error or ConnectionError()
        return Answer(response.code, response.headers, response.body or b"")

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request("GET", path, headers=headers)

    async def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        return await self.request("POST", path, {} if body is None else body, headers)

    async def patch(self, path: str, body: Any) -> Answer:
        return await self.request("PATCH", path, body)

    async def delete(self, path: str) -> Answer:
        return await self.request("DELETE", path)

    async def put(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        return await self.request("PUT", path, body, headers)

    async def sign_in(self, *, cookie: bool = False) -> "Person":
        body = {"username": self.username, "password": self.password}
        if cookie:
            body["session"] = "cookie"
        answer = await self.post("/api/users/login", body)
        assert answer.status == 200, answer.text
        if cookie:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        else:
            self.token = answer.json["access_token"]
        self.me = answer.json["user"]
        return self

    async def connect(self, **hello: Any) -> "Socket":
        """Opens a chat connection and says hello; `welcome` is on the socket."""
        socket = await Socket.open(self, **hello)
        self.sockets.append(socket)
        return socket

    async def leave(self) -> None:
        for socket in self.sockets:
            await socket.close()
        self._http.close()


class Socket:
    """One `pichat.v1` connection, read in the background."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.welcome: dict[str, Any] = {}
        self._id = 1
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, person: Person, **hello: Any) -> "Socket":
        connection = await websockets.connect(
            f"ws{person.url.removeprefix('http')}/ws",
            ssl=ssl.create_default_context(cafile=person.trust) if person.trust else None,
            subprotocols=[websockets.Subprotocol("pichat.v1")],
            compression=None,
            max_size=None,
            ping_interval=None,
        )
        socket = cls(connection)
        frame = {"type": "hello", "v": 1, "client": f"test-{id(socket)}", "lang": "es", **hello}
        if person.token:
            frame.setdefault("token", person.token)
        socket.welcome = await socket.ask(frame)
        return socket

    async def send(self, frame: dict[str, Any]) -> None:
        await self.connection.send(json.dumps(frame))

    async def ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Sends with an id and returns the one answer that bears it; other frames stay queued."""
        number = self._id
        self._id += 1
        await self.send({**frame, "id": number})
        return await self.wait(lambda f: f.get("id") == number)

    async def wait(self, wanted: Any, seconds: float = 10) -> dict[str, Any]:
        """The next frame of this `type` (or that a function accepts); frames before it are kept."""
        match = wanted if callable(wanted) else (lambda f: f.get("type") == wanted)
        kept: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frame = await self.frames.get()
                    if match(frame):
                        return frame
                    kept.append(frame)
        except TimeoutError:
            raise AssertionError(f"no such frame; seen: {[k.get('type') for k in kept]}") from None
        finally:
            later = [self.frames.get_nowait() for _ in range(self.frames.qsize())]
            for frame in kept + later:
                self.frames.put_nowait(frame)

    async def closed(self, seconds: float = 10) -> int:
        """Waits for the end; returns the close code."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        return int(self.connection.close_code or 0)

    async def close(self) -> None:
        await self.connection.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                self.frames.put_nowait(json.loads(text))
        except websockets.ConnectionClosed:
            pass


class People:
    """The usual company of a test."""

    def __init__(self, box: Any) -> None:
        self.box = box
        self.admin = Person(box, ADMIN[0], ADMIN[1])
        self.ana = Person(box, "ana")
        self.beto = Person(box, "beto")
        self.uma = Person(box, "uma")

    async def gather(self) -> None:
        await self.admin.sign_in()
        for person, role in ((self.ana, "cliente"), (self.beto, "cliente"), (self.uma, "usuario")):
            account = {
                "username": person.username,
                "role": role,
                "name": person.username.title(),
                "password": PASSWORD,
            }
            answer = await self.admin.post("/api/users", account)
            assert answer.status == 201, answer.text
            await person.sign_in()

    async def leave(self) -> None:
        for person in (self.admin, self.ana, self.beto, self.uma):
            await person.leave()
