"""The wire itself: bytes out, bytes in, and a second server on the services of a box."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from appliance.host.certificates import Certificates
from appliance.server.app import make_app
from appliance.server.front import Front
from appliance.server.route import Route
from appliance.server.routes import ROUTES
from appliance.server.tls import Tls

SECONDS = 20  # nothing here takes so long; it only ends a test that hangs


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


class Wire:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, text: str | bytes) -> None:
        self.writer.write(text.encode("latin1") if isinstance(text, str) else text)
        await self.writer.drain()

    async def get(self, path: str, *headers: str, host: str = "localhost") -> Reply:
        await self.send("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]))
        return await self.reply()

    async def reply(self, body: bool = True) -> Reply:
        """The next answer; `body=False` for one to HEAD."""
        async with asyncio.timeout(SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            length = int(headers.get("content-length", 0)) if body else 0
            return Reply(int(first.split()[1]), headers, await self.reader.readexactly(length))

    async def rest(self) -> bytes:
        """Everything until the other side closes."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def is_closed(self) -> bool:
        return self.reader.at_eof()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def wire(port: int, host: str = "127.0.0.1", **more: Any) -> AsyncIterator[Wire]:
    one = Wire(*await asyncio.open_connection(host, port, **more))
    try:
        yield one
    finally:
        await one.close()


async def exchange(port: int, text: str | bytes) -> bytes:
    """Sends these bytes and reads until the box closes."""
    async with wire(port) as one:
        await one.send(text)
        return await one.rest()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for nobody in particular, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=pichat", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


@asynccontextmanager
async def another_server(box: Any, *routes: Route, **settings: Any) -> AsyncIterator[int]:
    """The box's services behind a second server, with other settings or more rows. Yields its port."""
    changed = replace(box.settings, port=0, **settings)
    secrets = box.settings.data / "secrets"
    tls = Tls(changed, box.services.network, Certificates(secrets, box.services.clock))
    app = make_app(replace(box.services, settings=changed, tls=tls), box.hub, (*ROUTES, *routes))
    front = Front(app, changed, app.doors, tls)
    try:
        yield front.port
    finally:
        front.stop()
        await front.close_all_connections()
        front.close()
