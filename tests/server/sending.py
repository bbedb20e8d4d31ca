"""Uploads as real programs send them: curl, http.client, a browser's form. Each says what it saw."""

import asyncio
import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.people import Person

PIECE = 64 * 1024


@dataclass
class Seen:
    """What a client was told."""

    status: int
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


def bearer(person: Person | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"} if person and person.token else {}


async def curl(port: int, path: str, *words: str, by: Person | None = None) -> Seen:
    """The real curl, quiet; its answer and the status that it reports."""
    headers = [word for name, value in bearer(by).items() for word in ("-H", f"{name}: {value}")]
    url = f"http://127.0.0.1:{port}{path}"
    process = await asyncio.create_subprocess_exec(
        *("curl", "-sS", "-w", "\n%{http_code}", *headers, *words, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    content, _, status = output.rpartition(b"\n")
    return Seen(int(status), content)


async def http_client(
    port: int, path: str, body: bytes, *, by: Person | None = None, method: str = "PUT", **headers: str
) -> Seen:
    """Python's http.client, which sends the whole body before it looks for an answer."""

    def run() -> Seen:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {**bearer(by), **named})
            response = connection.getresponse()
            return Seen(response.status, response.read())
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def form(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, str]:
    """A multipart body as browsers write it, and its Content-Type. A part: name, file name, bytes."""
    mark = "----tests-boundary"
    body = b""
    for name, filename, data in parts:
        file = "" if filename is None else f'; filename="{_quoted(filename)}"'
        body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += data + b"\r\n"
    return body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _quoted(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def bodies(box: Any) -> list[Path]:
    """Every body of this session, and every part that is not finished."""
    live = box.store.live
    return sorted([*live.glob("blobs/??/*"), *live.glob("incoming/*")])


async def nothing_left(box: Any) -> None:
    """What was refused or given up goes a moment after the answer: places, parts and bodies."""
    async with asyncio.timeout(10):
        while box.services.arrivals.under_way or bodies(box):
            await asyncio.sleep(0.01)
